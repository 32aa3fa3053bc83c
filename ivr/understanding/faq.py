"""A bank of questions and answers, as understanding sees it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FaqEntry:
    """One answer and the ways to ask for it: `id` is unique in its set, `variants` are other wordings of `question`,
    `called` its short name, "" if it has none."""

    id: str
    question: str
    variants: tuple[str, ...]
    answer: str
    called: str = ""

    @property
    def wordings(self) -> tuple[str, ...]:
        """The question and its variants, the question first."""
        wordings = (self.question, *self.variants, self.called)
        return tuple(dict.fromkeys(wording for wording in wordings if wording))
