"""Every recorded caller of the project, through the real recogniser: as expected, and the same bytes each time."""

import hashlib
import os

import pytest

from ivr.cli.case_report import BAD, as_text
from ivr.cli.case_setup import case_folders, setup_for
from ivr.qa.run_cases import run_cases
from ivr.settings import load_settings

pytestmark = [pytest.mark.audio, pytest.mark.timeout(1800)]
TWICE = ["bill_then_person", "faq_and_goodbye", "outage_interrupted"]


@pytest.fixture(autouse=True)
def _models(model, monkeypatch, tmp_path):
    model("vosk-model-small-cn-0.22")
    model("vosk-model-small-en-us-0.15")
    monkeypatch.delenv("IVR_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)


def test_the_hotlines_do_what_every_shipped_case_expects():
    run = run_cases(case_folders([]), setup_for(load_settings()), jobs=os.cpu_count() or 1)
    assert len(run.cases) >= 3
    wrong = [as_text(case) for case in run.cases if case.verdict in BAD]
    assert not wrong, "\n".join(wrong)


def test_journals_are_the_same_bytes_decoded_or_remembered_in_any_order_and_number_of_processes(tmp_path):
    def played(name, cases, **how):
        folder = tmp_path / name
        cached = how.pop("cached")
        run_cases(cases, setup_for(load_settings(), folder=folder, cached=cached), **how)
        files = sorted(folder.glob("journals/*.jsonl"))
        return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}

    cases = case_folders(TWICE)
    decoded = played("decoded", cases, cached=False, jobs=2)
    assert len(decoded) == len(TWICE)
    assert played("remembered", cases[::-1], cached=True, jobs=1) == decoded
