"""case.yaml as a JSON Schema for editors, made from the models that read it: docs/case.schema.json."""

from __future__ import annotations

from typing import Any

from ivr.flow.json_schema import WrittenForm, schema_of
from ivr.qa import case, twin

MODELS = (case.Case, case.TurnSpec, case.SpokenTurnExpected, case.SpokenCallExpected)
_FORMS = (
    WrittenForm(twin.Texts, "texts", {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
    WrittenForm(twin.Moment, "moment", {"description": "Such as 2026-02-17 03:00.", "type": "string"}),
    WrittenForm(case.Keys, "keys", {"type": ["string", "integer"], "pattern": case.KEYS_PATTERN}),
    WrittenForm(case.PromptMoment, "prompt_moment", {"type": "string", "pattern": "^prompt +[\"“”'].+[\"“”']$"}),
    WrittenForm(case.NoiseBehind, "noise", {"type": "string", "pattern": f"^({'|'.join(case.NOISES)}) -?[0-9.]+ ?dB$"}),
)


def case_schema() -> dict[str, Any]:
    """The words of case.yaml as one JSON Schema (draft 2020-12)."""
    return schema_of("A recorded case", MODELS, _FORMS)
