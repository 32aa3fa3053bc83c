"""Sentences that are for no hotline, so that models and thresholds learn what to reject. See data/elsewhere.*.txt."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files


@cache
def elsewhere(language: str) -> tuple[str, ...]:
    """The sentences that come with the project for `language`, a BCP 47 tag: English for English, else Mandarin."""
    name = f"elsewhere.{'en' if language.lower().startswith('en') else 'zh-CN'}.txt"
    lines = files("ivr.understanding").joinpath("data", name).read_text("utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


@cache
def words_from_elsewhere(language: str) -> tuple[str, ...]:
    """The words of these sentences, one by one; in Mandarin, written without spaces, its sentences."""
    found = " ".join(elsewhere(language)).casefold()
    words = re.findall(r"[a-z]+(?:'[a-z]+)?", found) if language.lower().startswith("en") else elsewhere(language)
    return tuple(dict.fromkeys(words))
