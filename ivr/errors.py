"""The one root of everything this product raises on purpose.

A message says what went wrong, where, and how to mend it; it is written to be read aloud to the person who
can mend it, so it names a command, a file or a setting and never a class. The command line prints the message alone
and exits with `exit_status`; a traceback is for our own mistakes only.

`ivr_asr` and `ivr_tts` may not import `ivr` (they are engines that anyone can use), so they each have a root
of their own, `ivr_asr.api.RecognitionError` and `ivr_tts.api.SynthesisError`; where an engine is called, these
become events or `IvrError`s.
"""

from __future__ import annotations


class IvrError(Exception):
    """Something a person can mend; the message says how.

    Give the mend after a colon or a full stop, in the imperative: `models/foo is damaged: run "ivr models
    install foo"`.
    """

    exit_status = 1


class UsageError(IvrError):
    """A command was given something it cannot use; exits with 2 as shells expect."""

    exit_status = 2


class SettingsError(IvrError):
    """A setting in ivr.toml or the environment cannot be used."""


class FlowError(IvrError):
    """A flow cannot be used; the message lists every problem as `file:line:column: what: how to mend it`."""


class VersionError(IvrError):
    """A published version of a flow is missing, is not as it was published, or cannot be put to work."""


class ModelError(IvrError):
    """A model is missing, damaged or cannot be had from any of its sources."""


class AudioError(IvrError):
    """A recording cannot be read or is not what it says."""


class JournalError(IvrError):
    """A call's journal cannot be read or replayed."""


class ServerError(IvrError):
    """A port is taken, a peer refuses us, or the telephone side is not as it should be."""


class ProtocolError(IvrError):
    """A peer broke the protocol; the connection is closed and the server goes on."""
