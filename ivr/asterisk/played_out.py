"""What of the sound that was sent the caller has heard, where Asterisk keeps a queue; pure.

Decided:
- Asterisk plays one frame each 20 ms and is kept `LEAD_FRAMES` ahead, so that a late tick of ours is not heard. When
  it has run dry, the lead is given again, as silence.
- It is asked and not guessed: its answer to GET_STATUS, sent right before FLUSH_MEDIA, is how many frames the flush
  threw away. Of these the silence of the lead is none of the prompt's. A mark behind a prompt tells when it was heard.
- After a stall both the lead and the made-up frames are in the queue. Once a second it is looked at, and what is too
  much is taken out of our next silence, so that no caller goes on hearing us late.
"""

from __future__ import annotations

LEAD_FRAMES = 3
LOOK_EVERY = 50
"""Frames sent between two looks at Asterisk's queue."""
_TOLERATED = 1
"""Frames over the lead that are no surplus: ours and Asterisk's 20 ms do not begin together."""


class PlayedOut:
    """One call's account of Asterisk's queue."""

    def __init__(self) -> None:
        self._after_lead = 0
        self._to_look = LOOK_EVERY
        self._surplus = 0

    def lead_given(self) -> None:
        """LEAD_FRAMES of silence were sent."""
        self._after_lead = 0

    def sends(self, *, silence: bool) -> bool:
        """Whether the next frame is to be sent: always, but for silence while Asterisk has too much."""
        if silence and self._surplus:
            self._surplus -= 1
            return False
        self._after_lead += 1
        return True

    def look_due(self) -> bool:
        """Count a frame; whether it is time to ask how long the queue is."""
        self._to_look -= 1
        if self._to_look:
            return False
        self._to_look = LOOK_EVERY
        return True

    def looked(self, frames: int) -> None:
        """The queue is so many frames long."""
        self._surplus = max(0, frames - LEAD_FRAMES - _TOLERATED)

    @property
    def sent_after_lead(self) -> int:
        """Frames sent since the lead was given; keep it with the question whose answer `unheard` takes."""
        return self._after_lead


def unheard(frames: int, sent_after_lead: int) -> int:
    """How many of the last frames sent are among the `frames` in Asterisk's queue, the lead's silence left out."""
    if frames <= sent_after_lead:
        return frames
    return sent_after_lead + max(0, frames - sent_after_lead - LEAD_FRAMES)
