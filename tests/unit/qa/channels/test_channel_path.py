"""The way of a call's audio: what arrives, how loud, and always the same."""

import hashlib
import subprocess
import sys
from itertools import islice

import numpy as np
import pytest

from ivr.audio import FRAME_BYTES, RATE, SILENCE, frames, level_dbfs, samples, through_g711, to_pcm
from ivr.qa.barge_in_scenes import active_frames
from ivr.qa.channels.codec import coder
from ivr.qa.channels.level import active_dbfs, at_dbfs
from ivr.qa.channels.loss import Jitter, losses
from ivr.qa.channels.noise import NOISES, noise, talkers
from ivr.qa.channels.path import ChannelPath, said_through
from ivr.qa.channels.spec import parse_channel
from ivr.qa.channels.speed import at_speed
from ivr.simulate.caller import CallerTurn

pytestmark = pytest.mark.unit

SPEECH = to_pcm(talkers()[0][: 2 * RATE])


def arrives(spec, *, case="case", pcm=SPEECH, sent=(), skip=0):
    """What arrives, tick by tick, of a call with one turn; `skip` frames of silence before it."""
    turns = said_through(parse_channel(spec), [CallerTurn(pcm=pcm)])
    path = ChannelPath(parse_channel(spec), turns, case)
    for _ in range(skip):
        path.carry(SILENCE)
    path.turn_begins()
    ticks = []
    for number, frame in enumerate(frames(turns[0].pcm)):
        path.sent(sent[number % len(sent)] if sent else SILENCE)
        ticks.append(path.carry(frame))
    return ticks


def sound(ticks):
    return b"".join(b"".join(tick) for tick in ticks)


@pytest.mark.parametrize("spec", ["noise=babble@10dB", "loss=burst@20%", "codec=gsm,noise=car@5dB", "jitter=30ms"])
def test_a_turn_sounds_the_same_whatever_was_said_before_it(spec):
    assert sound(arrives(spec)) == sound(arrives(spec))
    if "jitter" not in spec:  # what is late comes from before
        assert sound(arrives(spec, skip=37)) == sound(arrives(spec))


@pytest.mark.parametrize("spec", ["noise=street@10dB", "loss=single@20%"])
def test_another_case_or_seed_has_other_noise(spec):
    assert sound(arrives(spec)) != sound(arrives(spec, case="other"))
    assert sound(arrives(spec)) != sound(arrives(f"{spec},seed=2"))


def test_another_process_hears_the_same_bytes():
    spec = "noise=babble@10dB,echo=-12dB,codec=gsm,loss=burst@10%,jitter=20ms"
    program = (
        "import hashlib, sys; sys.path.insert(0, 'tests/unit/qa/channels'); import test_channel_path as t;"
        f"print(hashlib.sha256(t.sound(t.arrives('{spec}', sent=[t.SPEECH[:320]]))).hexdigest())"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout.strip() == hashlib.sha256(sound(arrives(spec, sent=[SPEECH[:320]]))).hexdigest()


@pytest.mark.parametrize("name", NOISES)
@pytest.mark.parametrize("below", [20, 5])
def test_noise_is_as_far_below_the_speech_as_was_said(name, below):
    made = noise(name, (1, 2))
    assert len(made) >= 12 * RATE
    assert np.mean(made.astype(float) ** 2) == pytest.approx(1.0, rel=1e-3)
    turns = [CallerTurn(pcm=SPEECH), CallerTurn(pcm=bytes(FRAME_BYTES * 700))]
    path = ChannelPath(parse_channel(f"noise={name}@{below}dB"), turns, "case")
    alone = b"".join(b"".join(path.carry(SILENCE)) for _ in range(len(made) // 160))
    assert active_dbfs([SPEECH]) - level_dbfs(alone) == pytest.approx(below, abs=0.5)


def test_a_clear_channel_and_one_of_loss_alone_change_no_byte_of_what_arrives():
    assert sound(arrives("")) == SPEECH
    came = arrives("loss=burst@10%")
    assert any(not tick for tick in came)
    assert all(not tick or tick == [frame] for tick, frame in zip(came, frames(SPEECH), strict=True))


@pytest.mark.parametrize("kind", ["burst", "single"])
@pytest.mark.parametrize("share", [0.01, 0.1, 0.4])
def test_as_many_packets_are_lost_as_was_said(kind, share):
    lost = np.array(list(islice(losses(kind, share, np.random.default_rng(1)), 100_000)))
    assert lost.mean() == pytest.approx(share, abs=0.01)


def test_bursts_are_bursts():
    lost = {k: np.array(list(islice(losses(k, 0.05, np.random.default_rng(1)), 50_000))) for k in ("burst", "single")}
    after_one = {kind: each[1:][each[:-1]].mean() for kind, each in lost.items()}
    assert after_one["single"] == pytest.approx(0.05, abs=0.02)
    assert after_one["burst"] > 0.35


def test_late_packets_come_in_order_and_none_is_lost():
    line, chance = Jitter(40.0), np.random.default_rng(1)
    came = [line.ticked([bytes([n])], chance) for n in range(200)]
    came += [line.ticked([], chance) for _ in range(100)]
    assert b"".join(b"".join(tick) for tick in came) == bytes(range(200))
    assert max(map(len, came)) > 1
    assert [] in came[:200]


@pytest.mark.parametrize("name", ["ulaw", "alaw", "gsm"])
def test_coded_speech_is_near_what_was_said(name):
    code = coder(name)
    heard = samples(b"".join(map(code, frames(SPEECH))))
    said = samples(SPEECH)
    noise_db = 10 * np.log10(np.mean((heard - said) ** 2) / np.mean(said**2))
    assert noise_db < (-30 if name != "gsm" else -5)
    assert noise_db > -60


def test_the_two_mu_laws_are_the_same_to_a_step():
    table = b"".join(map(coder("ulaw"), frames(SPEECH)))
    apart = np.abs(samples(table) - samples(through_g711(SPEECH)))
    assert (apart <= 0.055 * np.abs(samples(SPEECH)) + 0.002).all()


def test_the_hotline_hears_itself_as_softly_as_was_said_and_only_while_it_speaks():
    voice = list(frames(to_pcm(talkers()[1])))
    quiet = bytes(len(SPEECH))
    with_echo = sound(arrives("echo=-20dB", pcm=quiet, sent=voice))
    said = b"".join(voice[: len(quiet) // FRAME_BYTES])
    assert level_dbfs(with_echo) - level_dbfs(said) == pytest.approx(-20, abs=3)
    assert sound(arrives("echo=-20dB", pcm=quiet)) == quiet


def test_clipped_speech_is_cut_where_was_said():
    highest = np.abs(samples(SPEECH)).max()
    clipped = np.abs(samples(sound(arrives("clip=12dB")))).max()
    assert 20 * np.log10(clipped / highest) == pytest.approx(-12, abs=0.5)


def test_all_turns_of_a_soft_caller_are_softer_by_the_same():
    soft, loud = to_pcm(samples(SPEECH) / 4), SPEECH
    levelled = at_dbfs([soft, loud, b""], -35)
    assert active_dbfs(levelled) == pytest.approx(-35, abs=0.2)
    assert level_dbfs(levelled[1]) - level_dbfs(levelled[0]) == pytest.approx(12, abs=0.3)
    assert levelled[2] == b""


@pytest.mark.parametrize("factor", [0.8, 1.25])
def test_faster_speech_is_shorter_and_as_high(factor):
    at = np.arange(2 * RATE) / RATE
    tone = to_pcm((0.3 * np.sin(2 * np.pi * 200 * at)).astype(np.float32))
    changed = at_speed(tone, factor)
    assert len(changed) == pytest.approx(len(tone) / factor, abs=4)
    spectrum = np.abs(np.fft.rfft(samples(changed)))
    assert np.argmax(spectrum) * RATE / (len(changed) // 2) == pytest.approx(200, abs=2)
    assert level_dbfs(changed) == pytest.approx(level_dbfs(tone), abs=0.3)


def test_speech_at_its_own_speed_is_as_it_was():
    assert at_speed(SPEECH, 1.0) == SPEECH
    assert at_speed(b"", 1.2) == b""


def test_the_talkers_of_the_babble_speak_all_the_time():
    assert len(talkers()) == 6
    for voice in talkers():
        active, _ = active_frames(voice)
        assert active.mean() > 0.5


def test_each_turn_of_a_call_has_its_own_noise_and_losses():
    turns = [CallerTurn(pcm=SPEECH)] * 2
    path = ChannelPath(parse_channel("noise=car@10dB,loss=single@20%"), turns, "case")
    heard = []
    for turn in turns:
        path.turn_begins()
        heard.append([path.carry(frame) for frame in frames(turn.pcm)])
    assert [bool(tick) for tick in heard[0]] != [bool(tick) for tick in heard[1]]
    assert all(one != other for one, other in zip(*heard, strict=True) if one and other)
