"""`ivr bench asr` on speech of our own: what it measures, through the engines that serve callers."""

import json

import pytest

from ivr.cli.main import main

pytestmark = pytest.mark.audio

DOMAIN = (
    "怎么提前还款",
    "怎么还款",
    "提前还款要手续费吗",
    "借款要手续费吗",
    "怎么取消借款",
    "取消借款要多久",
    "借款要多久到账",
)
ASKED = "提前还款要多久到账"


def bench(tmp_path, rows, *options):
    (tmp_path / "rows.tsv").write_text("\n".join(rows), encoding="utf-8")
    (tmp_path / "domain.txt").write_text("\n".join(DOMAIN), encoding="utf-8")
    asked = ["bench", "asr", "--transcripts", str(tmp_path / "rows.tsv"), "--speak", "--phone", "--no-free"]
    assert main([*asked, *options, "--json", str(tmp_path / "figures.json")]) == 0
    return json.loads((tmp_path / "figures.json").read_text("utf-8"))


@pytest.fixture(autouse=True)
def engines(model):
    model("vosk-model-small-cn-0.22")
    model("kokoro-82m-v1.0-int8")


def test_an_unseen_question_is_heard_with_the_domains_words_and_its_pair_is_kept(tmp_path):
    pairs = tmp_path / "pairs.tsv"
    figures = bench(tmp_path, [ASKED], "--domain", str(tmp_path / "domain.txt"), "--pairs", str(pairs))
    assert figures["ways"][0]["way"] == "phrases"
    assert figures["ways"][0]["error_percent"] <= 25
    assert figures["in_domain"]["rejected"] == 0
    assert pairs.read_text("utf-8").split("\t")[0] == ASKED


def test_a_spoken_number_is_read_at_its_length(tmp_path):
    figures = bench(tmp_path, ["六二二二三四幺零", ASKED], "--digits")
    assert [way["turns"] for way in figures["ways"]] == [1, 1]
    assert figures["ways"][-1]["error_percent"] <= 25
