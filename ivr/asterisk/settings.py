"""What the telephone side needs to know. Every message that blames a setting names it as it stands in ivr.toml."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from ivr.errors import SettingsError

MEDIA_NAMES = {"audiosocket": "AudioSocket", "websocket": "media WebSocket"}


@dataclass(frozen=True, slots=True)
class AsteriskSettings:
    """Section `[asterisk]` of ivr.toml; hosts are names or addresses, ports 0 (any free one) to 65535, `_s` are
    seconds.

    - `agi_host`, `agi_port`: where our FastAGI server listens; the dialplan's IVR_AGI names it.
    - `audio_host`, `audio_port`: where our AudioSocket server, or media WebSocket, listens. `audio_advertised`: what
      Asterisk is told to connect its AudioSocket to; empty: the address at which it has reached our FastAGI server.
    - `media`: how sound comes, `audiosocket` or `websocket` (chan_websocket of Asterisk 22.8 or newer), which connects
      as the section `media_connection` of Asterisk's websocket_client.conf says. Which to choose: see "The way of the
      sound".
    - `ami_*`: Asterisk's manager. An empty `ami_secret` means: no AMI.
    - `context`: the dialplan context of the hotline; `queues`: the queues that must exist (both for the doctor).
    - `max_calls`: how many callers at once; the next one gets the dialplan's busy treatment (another node, a prompt,
      people), and so does every new one while the strain lasts: `busy_lag_ms`, live audio waits so many milliseconds
      for the recogniser; `busy_late_ms`, the process comes so late to its timers. 0: not looked at.
    - `opening_s`: how long a client may take over its headers or its uuid.
    - `reply_s`: how long Asterisk may take over one AGI command.
    - `dead_man_s`: a frozen IVR loses its callers to people after so long; needs AMI.
    - `call_limit_s`: the same without AMI, so this is the longest call then.
    """

    agi_host: str = "127.0.0.1"
    agi_port: int = 4573
    audio_host: str = "127.0.0.1"
    audio_port: int = 4574
    audio_advertised: str = ""
    media: str = "audiosocket"
    media_connection: str = "ivr"
    ami_host: str = "127.0.0.1"
    ami_port: int = 5038
    ami_user: str = "ivr"
    ami_secret: str = field(default="", repr=False)
    context: str = "ivr"
    queues: tuple[str, ...] = ("support",)
    max_calls: int = 100
    busy_lag_ms: int = 1000
    busy_late_ms: int = 100
    opening_s: float = 3.0
    reply_s: float = 3.0
    dead_man_s: float = 6.0
    call_limit_s: float = 1800.0

    def __post_init__(self) -> None:
        """Raises SettingsError for a value that is out of range."""
        for name in (item.name for item in fields(self)):
            value = getattr(self, name)
            if name.endswith("_port") and not 0 <= value <= 65535:
                raise SettingsError(f"{name} in [asterisk] is {value}: give a port from 0 (any) to 65535.")
            if name.endswith("_s") and not value > 0:
                raise SettingsError(f"{name} in [asterisk] is {value:g}: give seconds, more than 0.")
        for name in ("busy_lag_ms", "busy_late_ms"):
            if getattr(self, name) < 0:
                raise SettingsError(
                    f"{name} in [asterisk] is {getattr(self, name)}: give milliseconds, or 0 for never."
                )
        if self.media not in MEDIA_NAMES:
            raise SettingsError(f"media in [asterisk] is {self.media!r}: give one of {', '.join(MEDIA_NAMES)}.")
        if self.max_calls < 1:
            raise SettingsError(f"max_calls in [asterisk] is {self.max_calls}: give 1 or more.")
