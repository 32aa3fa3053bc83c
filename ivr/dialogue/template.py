"""Values in prompts: `{account}`, `{amount|money}`.

A formatter writes a value out as people say it, so that what is shown, journaled and spoken is the same text. The formatters
are the voice's (`ivr_tts.spoken_text`): one place knows how a number is said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ivr.flow.values import VALUE
from ivr_tts.spoken_text import FORMATTERS

def fill(text: str, values: Mapping[str, str], formats: Mapping[str, str], language: str) -> str:
    """`text` with its values, each by the formatter it names, else by the one `formats` has for it.

    A value that is not there yet is left out (`ivr check` finds such places before a caller does).
    """

    def put(match: re.Match[str]) -> str:
        value = values.get(match[1], "")
        formatter = FORMATTERS.get(match[2] or formats.get(match[1], ""))
        return formatter(value, language) if formatter and value else value

    return VALUE.sub(put, text)
