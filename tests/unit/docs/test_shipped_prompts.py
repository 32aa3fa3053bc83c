"""A first start needs no rendering: what a shipped hotline says of its own accord is in tts/prompts."""

from pathlib import Path

import pytest

from ivr.dialogue.prompts import fixed_prompts
from ivr.flow.load import load

pytestmark = pytest.mark.unit
ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("folder", sorted((ROOT / "flows").iterdir()), ids=lambda folder: folder.name)
def test_every_fixed_prompt_of_a_shipped_hotline_is_rendered_and_nothing_else_is(folder):
    prompts = ROOT / "tts" / "prompts" / folder.name
    lines = (prompts / "prompts.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rendered = dict(line.split("\t") for line in lines)
    mend = f"run `ivr prompts {folder.name} --to tts/prompts/{folder.name}`"
    assert set(rendered.values()) == set(fixed_prompts(load(folder))), mend
    assert set(rendered) == {path.name for path in prompts.glob("*.flac")}, mend
