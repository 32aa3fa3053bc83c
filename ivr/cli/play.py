"""Where `play` stood before; see `ivr.simulate.recorded_call`."""

from ivr.simulate.recorded_call import play

__all__ = ["play"]
