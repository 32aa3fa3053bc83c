"""The prompt's own echo, taken out of what the caller's phone sends back before anybody listens to it.

Decided: a partitioned frequency-domain adaptive filter (Soo and Pang 1990: blocks of 20 ms, 16 of them, 320 ms of echo
path) needs no estimate of the delay, and a frame that comes 20 ms late does not put it out. Two of them (Ochiai 1977):
one always learns, the other cancels and takes over what was learned only where that is better, so the caller's voice
cannot spoil it. A frame is the caller's only if what is left stands 6 dB over the echo to be expected in it; until 0.8
a second of prompt has been heard the echo may be as loud as -3 dB of the prompt.
Where no echo shows (most lines), frames pass to the bit; while nothing is played the cost is a comparison, and until
a filter has been taken over nothing is computed with it. A line that was silent for half a second under a prompt sends
no echo back: what sounds on it then is the caller, and for a second of that nothing is computed at all. Who is let in
ends the prompt sooner; what outlasts it may be an echo that has come since (a loudspeaker was switched on).
What goes out is kept as a strip of spectra that grows at its front, so that the last sixteen are always one piece of
memory and none is ever moved to make room.
"""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

_BLOCK = 160
_PARTS = 16
_BINS = _BLOCK + 1
_STRIP = 4 * _PARTS
_STEP = 0.5
_LOUD = 1000.0  # mean square of samples; -60 dBFS
_LEARNING_FRAMES = 40
_SHOWN_CLEAR_FRAMES = 25
_TAKEN_CLEAR_FRAMES = 50
_MARGIN = 4.0
_LOUDEST_ECHO = 0.5
_LEAD_FRAMES = 1
_MOST_LEAD_FRAMES = 6
_EVIDENCE = 0.5
_SILENCE = bytes(2 * _BLOCK)
_PCM = np.dtype("<i2")

_Spectrum = NDArray[np.complex64]
_Signal = NDArray[np.float32]


class EchoCanceller:
    """One call's. Give it every frame that goes out (`played`), and every frame of the caller (`hear`)."""

    def __init__(self) -> None:
        self._coming: deque[bytes] = deque([_SILENCE] * _LEAD_FRAMES)
        self._pair = np.zeros(2 * _BLOCK, dtype=np.float32)  # the last two of what went out, one after the other
        self._unseen: deque[bytes] = deque(maxlen=_PARTS + 1)  # the last of all that went out since one looked
        self._strip = np.zeros((_STRIP, _BINS), dtype=np.complex64)
        self._front = _STRIP - _PARTS
        self._spectra = self._strip[self._front :]
        self._powers: deque[float] = deque([0.0] * _PARTS, maxlen=_PARTS)
        self._loudest = 0.0
        self._loud_parts = self._silent_under_prompt = self._clear_frames = 0
        self._silent_frames = 0
        self._has_played = self._has_spoken = False
        self._learner = np.zeros((_PARTS, _BINS), dtype=np.complex64)
        self._filter: _Spectrum | None = None  # nothing learned was worth taking over yet
        self._turn = 0
        self._learned_frames = 0
        self._heard_power = self._left_power = self._learner_power = 0.0
        self._leak = 2.0
        self._echo_tail = 0.0
        self.left = _SILENCE
        """The last frame less its echo, doubtful ones too: silence in their place would cost the first word."""

    @property
    def confirmed(self) -> bool:
        """Whether there is an echo on this line: more than 3 dB of what came back is taken out."""
        return self._left_power < _EVIDENCE * self._heard_power

    @property
    def playing(self) -> bool:
        """Whether the caller hears something just now."""
        return self._loudest >= _LOUD

    @property
    def prompting(self) -> bool:
        """Whether a prompt is being said, its pauses too, or the call's first has yet to begin."""
        return self._silent_frames <= _PARTS if self._has_spoken else self._has_played

    def played(self, frame: bytes) -> None:
        """20 ms went out to the caller."""
        self._has_played = True
        self._coming.append(frame)
        while len(self._coming) > _MOST_LEAD_FRAMES:
            self._coming.popleft()

    def missing(self, frames: int) -> None:
        """That many of the caller's frames never came."""
        for _ in range(min(frames, _PARTS + len(self._coming))):
            self._reference()

    def hear(self, frame: bytes) -> bytes:
        """What of `frame` is surely the caller's: the frame, the frame less its echo, or silence. To judge by; `left`
        is what to recognise."""
        self.left = frame
        self._reference()
        if not self.playing:
            return frame
        if frame != _SILENCE:  # what is spared in silence is half of a simulated call, and of one whose phone is muted
            heard = np.frombuffer(frame, _PCM).astype(np.float32)
            power = _power(heard)
        if frame == _SILENCE or power < _LOUD:  # no voice, and nothing to be learned but that there is no echo
            self._learned_frames += self._powers[0] >= _LOUD
            self._shows_clear()
            return frame
        if self._is_clear():
            return frame
        self._look()
        left, left_power, echo_power = heard, power, 0.0
        if self._filter is not None:
            echo = self._echo(self._filter)
            left = heard - echo
            left_power, echo_power = _power(left), _power(echo)
        error = heard - self._echo(self._learner)
        is_callers = left_power > _MARGIN * self._expected(echo_power, left_power)
        self._learn(error)
        self._compare(power, left_power, _power(error))
        if self.confirmed:
            self.left = np.clip(left, -32768, 32767).astype("<i2").tobytes()
        return self.left if is_callers else _SILENCE

    def _shows_clear(self) -> None:
        """Nothing came back. That tells of the line only while most of what may echo is loud."""
        self._silent_under_prompt += self._loud_parts > _PARTS // 2
        if self._silent_under_prompt >= _SHOWN_CLEAR_FRAMES:
            self._clear_frames = _TAKEN_CLEAR_FRAMES

    def _is_clear(self) -> bool:
        """Something came back: whether it is not worth a look, for this line has just shown that it has no echo."""
        self._silent_under_prompt = 0
        if self._filter is not None or not self._clear_frames or self._learned_frames < _LEARNING_FRAMES:
            return False
        self._clear_frames -= 1
        return True

    def _reference(self) -> None:
        frame = self._coming.popleft() if self._coming else _SILENCE
        if self._silent_frames > _PARTS and frame == _SILENCE:
            return  # all that is remembered is silence already: this was half of what a call cost besides decoding
        self._unseen.append(frame)
        oldest = self._powers[-1]
        power = 0.0 if frame == _SILENCE else _power(np.frombuffer(frame, _PCM).astype(np.float32))
        self._powers.appendleft(power)
        self._loud_parts += (power >= _LOUD) - (oldest >= _LOUD)
        if power >= self._loudest:
            self._loudest = power
        elif oldest == self._loudest:
            self._loudest = max(self._powers)
        if power:
            self._has_spoken, self._silent_frames = True, 0
        else:
            self._silent_frames += 1

    def _look(self) -> None:
        """The spectra of what went out; not before a caller is heard in it, for most of the time none is."""
        pair = self._pair
        for frame in self._unseen:
            if not self._front:  # the strip is full: once in some fifty frames, the last go to its end
                self._strip[1 - _PARTS :] = self._strip[: _PARTS - 1]
                self._front = _STRIP - _PARTS + 1
            pair[:_BLOCK] = pair[_BLOCK:]
            pair[_BLOCK:] = np.frombuffer(frame, _PCM)
            self._front -= 1
            _spectrum(pair, self._strip[self._front])
        self._unseen.clear()
        self._spectra = self._strip[self._front : self._front + _PARTS]

    def _echo(self, weights: _Spectrum) -> _Signal:
        """What comes back of the prompt in this frame, by these weights."""
        return _signal(np.add.reduce(self._spectra * weights, axis=0))[_BLOCK:]

    def _expected(self, echo: float, left: float) -> float:
        """How much of the echo may be left in this frame, as power."""
        self._echo_tail = max(echo, 0.7 * self._echo_tail)
        if self._learned_frames < _LEARNING_FRAMES:
            return _LOUDEST_ECHO * self._loudest / _MARGIN
        expected = self._leak * self._echo_tail
        if left < _MARGIN * expected and self._echo_tail > _LOUD:
            ratio = left / self._echo_tail
            pace = 0.05 if 2 * ratio > self._leak else 0.15  # the caller's voice may look like more of it, never less
            self._leak = min(2.0, max(0.1, self._leak + pace * (2 * ratio - self._leak)))
        return expected

    def _learn(self, error: _Signal) -> None:
        size = np.sqrt(np.einsum("pb,pb->p", self._learner, np.conjugate(self._learner)).real)
        share = size + 0.1 * float(size.max()) + 1e-3  # parts that hold the echo learn faster (Duttweiler 2000)
        conjugate = np.conjugate(self._spectra)
        parts = conjugate.view(np.float32)
        parts *= share[:, None]
        energy = np.add.reduce((self._spectra * conjugate).real, axis=0)
        energy += _LOUD * _BLOCK * float(share.sum() / _PARTS)
        padded = np.zeros(2 * _BLOCK, dtype=np.float32)
        padded[_BLOCK:] = error
        step = _spectrum(padded)
        step *= _STEP
        step /= energy
        conjugate *= step
        self._learner += conjugate
        self._turn = (self._turn + 1) % _PARTS  # one partition a frame is made causal again, in turn
        taps = _signal(self._learner[self._turn])
        taps[_BLOCK:] = 0
        _spectrum(taps, self._learner[self._turn])

    def _compare(self, heard: float, left: float, error: float) -> None:
        """Smooth the powers over 200 ms; take over what was learned if it is better, forget it if it is worse."""
        if self._powers[0] >= _LOUD:
            self._learned_frames += 1
        self._heard_power += 0.1 * (heard - self._heard_power)
        self._left_power += 0.1 * (left - self._left_power)
        self._learner_power += 0.1 * (error - self._learner_power)
        if self._learner_power < 0.8 * self._left_power:
            self._filter = self._learner.copy()
            self._left_power = self._learner_power
        elif self._learner_power > 2.0 * self._left_power:
            self._learner = np.zeros_like(self._learner) if self._filter is None else self._filter.copy()
            self._learner_power = self._left_power


def _power(signal: _Signal) -> float:
    return float(np.dot(signal, signal)) / _BLOCK


def _spectrum(signal: _Signal, into: NDArray[Any] | None = None) -> _Spectrum:
    """Of 320 samples, in single precision: numpy's own choice of it is half of what its FFT takes."""
    found: NDArray[Any] = np.empty(_BINS, dtype=np.complex64) if into is None else into
    np.fft.rfft(signal, out=found)
    return found


def _signal(spectrum: _Spectrum) -> _Signal:
    """The 320 samples of a spectrum, in single precision."""
    found: NDArray[Any] = np.empty(2 * _BLOCK, dtype=np.float32)
    np.fft.irfft(spectrum, out=found)
    return found
