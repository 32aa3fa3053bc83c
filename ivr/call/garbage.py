"""Python's garbage collector, kept out of the way of the 20 ms clock.

Decided: what is loaded when a server begins to answer (code, flows, words: hundreds of thousands of objects) lives as
long as the server and is never looked at again (`gc.freeze`). What calls leave behind is freed by counting references
but for a few cycles (tasks and exceptions), so the young are looked at every `_YOUNG` objects instead of 700, and the
old rarely. A look at 5,000 takes 3 to 6 ms with 200 calls; at 20,000 it took 9 to 12, half of a frame.
"""

from __future__ import annotations

import gc

_YOUNG, _MIDDLE, _OLD = 5_000, 80, 50


def keep_out_of_the_way() -> None:
    """Call it once all is loaded, before the first call: takes what a full collection takes, this one time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
