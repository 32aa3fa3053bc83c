"""What can be wrong with a caller's line; line_quality.py finds it, flows have words for it."""

from typing import Literal

LineFault = Literal["quiet", "clipped", "noisy", "gaps", "dead"]
