"""What digital silence is spared changes nothing: beside it stands the plain path, which computes all of it."""

import numpy as np
import pytest

from ivr.hearing.echo import EchoCanceller
from ivr.hearing.voice_activity import FRAME_MS, VoiceActivity

pytestmark = pytest.mark.unit

SILENCE = bytes(320)
LOUD = 1000.0


def power(frame):
    signal = np.frombuffer(frame, dtype="<i2").astype(np.float32)
    return float(np.dot(signal, signal)) / 160


class PlainEcho(EchoCanceller):
    def hear(self, frame):
        self.left = frame
        self._reference()
        if self.playing and power(frame) < LOUD:
            self._learned_frames += self._powers[0] >= LOUD
            self._shows_clear()
            return frame
        if not self.playing:
            return frame
        self._coming.appendleft(None)  # `super` takes the reference once more
        return super().hear(frame)

    def _reference(self):
        frame = self._coming.popleft() if self._coming else SILENCE
        if frame is None:
            return
        if self._silent_frames > 16 and frame == SILENCE:
            return
        self._unseen.append(frame)
        self._powers.appendleft(power(frame))
        self._loudest = max(self._powers)
        self._loud_parts = sum(each >= LOUD for each in self._powers)
        self._has_spoken = self._has_spoken or self._powers[0] > 0
        self._silent_frames = 0 if self._powers[0] else self._silent_frames + 1


class PlainVoice(VoiceActivity):
    def _voiced(self, frame, *, listens):
        self.power = power(frame)
        beginning = self._background.interrupting if listens else self._background.floor
        loud = self.power >= (self._background.floor_within if self.speaking else beginning)
        return self._detector.voiced(frame, loud=loud) and loud

    def _judge(self, *, voiced):
        self._recent.append(voiced)
        if self.speaking:
            self.quiet_ms = 0 if voiced else self.quiet_ms + FRAME_MS
            if self.quiet_ms >= self._settings.offset_frames * FRAME_MS:
                self.speaking = False
                self._recent.clear()
        elif sum(self._recent) >= self._settings.onset_frames:
            self.speaking = True
            self.onset_ms = (len(self._recent) - list(self._recent).index(True)) * FRAME_MS
            self.quiet_ms = 0
        else:
            self.quiet_ms += FRAME_MS
        return self.speaking


def sound(chance):
    """Frames in stretches: digital silence, one that is not quite, soft and loud noise, and a voice-like buzz."""
    kind = chance.choice(["silence", "silence", "almost", "soft", "loud", "buzz", "full"])
    for _ in range(int(chance.integers(1, 40))):
        if kind == "silence":
            yield SILENCE
        elif kind == "almost":
            yield SILENCE[:-2] + b"\1\0"
        elif kind == "full":
            yield np.full(160, -32768, dtype="<i2").tobytes()
        elif kind == "buzz":
            at = np.arange(160)
            tones = sum(np.sin(2 * np.pi * f * at / 8000) for f in range(150, 3000, 150))
            yield (600 * tones).astype("<i2").tobytes()
        else:
            yield (chance.normal(size=160) * (20 if kind == "soft" else 3000)).astype("<i2").tobytes()


def frames_of(seed, count=900):
    chance = np.random.default_rng(seed)
    found = []
    while len(found) < count:
        found += sound(chance)
    return found[:count]


@pytest.mark.parametrize("seed", range(8))
def test_the_echo_canceller_gives_and_remembers_what_the_plain_one_does(seed):
    spared, plain = EchoCanceller(), PlainEcho()
    chance, confirmed, torn = (
        np.random.default_rng(seed),
        False,
        seed % 2,
    )  # torn: no echo is learned
    for out, caller in zip(frames_of(seed), frames_of(seed + 100), strict=True):
        if torn and chance.random() < 0.03:
            spared.missing(3)
            plain.missing(3)
        if not torn or chance.random() > 0.03:
            spared.played(out)
            plain.played(out)
        heard = caller if seed % 2 else (np.frombuffer(out, dtype="<i2") // 3 + np.frombuffer(caller, dtype="<i2") // 9)
        frame = heard if isinstance(heard, bytes) else heard.astype("<i2").tobytes()
        assert spared.hear(frame) == plain.hear(frame)
        assert spared.left == plain.left
        assert (spared.playing, spared.prompting, spared.confirmed) == (plain.playing, plain.prompting, plain.confirmed)
        assert (spared._loudest, spared._learned_frames) == (plain._loudest, plain._learned_frames)
        confirmed = confirmed or plain.confirmed
    assert confirmed or torn


@pytest.mark.parametrize("seed", range(8))
def test_the_detector_hears_what_the_plain_one_does(seed):
    spared, plain = VoiceActivity(), PlainVoice()
    chance, spoke = np.random.default_rng(seed), False
    for frame in frames_of(seed):
        if chance.random() < 0.02:
            assert spared.missing(100) == plain.missing(100)
        told = {"listens": chance.random() < 0.5, "kept_back": chance.random() < 0.1}
        assert spared.hear(frame, **told) == plain.hear(frame, **told)
        assert (spared.quiet_ms, spared.onset_ms, spared.power) == (plain.quiet_ms, plain.onset_ms, plain.power)
        assert (spared.room, spared._background.floor) == (plain.room, plain._background.floor)
        spoke = spoke or plain.speaking
    assert spoke
