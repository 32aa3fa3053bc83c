"""A first start needs no rendering: what a hotline that ships prompts says of its own accord is in tts/prompts."""

from pathlib import Path

import pytest

from ivr.dialogue.prompts import fixed_prompts
from ivr.flow.load import load

pytestmark = pytest.mark.unit
ROOT = Path(__file__).resolve().parents[3]
PROMPTS = sorted((ROOT / "tts" / "prompts").iterdir())


def test_the_hotline_of_the_demonstration_ships_its_prompts():
    assert "cloud_support" in {folder.name for folder in PROMPTS}


@pytest.mark.parametrize("prompts", PROMPTS, ids=lambda folder: folder.name)
def test_every_fixed_prompt_of_a_hotline_with_prompts_is_rendered_and_nothing_else_is(prompts):
    lines = (prompts / "prompts.tsv").read_text(encoding="utf-8").splitlines()
    rendered = dict(line.split("\t") for line in lines)
    mend = f"run `ivr prompts {prompts.name} --to tts/prompts/{prompts.name}`"
    flow = load(ROOT / "flows" / prompts.name)
    assert set(rendered.values()) == {text for language in flow.words for text in fixed_prompts(flow, language)}, mend
    assert set(rendered) == {path.name for path in prompts.glob("*.flac")}, mend
