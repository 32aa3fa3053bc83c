"""What is written for a channel: read, refused with a remedy, and written back."""

import pytest

from ivr.errors import UsageError
from ivr.qa.channels.spec import CLEAR, KINDS, Effect, parse_channel, parse_sweep

pytestmark = pytest.mark.unit


def test_effects_are_read_in_any_order_and_written_in_one():
    channel = parse_channel(" codec=gsm, noise=babble@10dB ,loss=burst@5%")
    assert str(channel) == "noise=babble@10dB,codec=gsm,loss=burst@5%"
    assert parse_channel(str(channel)) == channel
    assert channel.get("noise") == Effect("noise", "babble", 10.0)
    assert channel.get("echo") is None


def test_units_may_be_left_out():
    assert str(parse_channel("noise=car@7.5,level=-40")) == "level=-40dBFS,noise=car@7.5dB"


def test_nothing_written_is_the_recordings_as_they_are():
    assert parse_channel("") == CLEAR
    assert not CLEAR


def test_a_seed_is_part_of_what_a_channel_is_called():
    channel = parse_channel("loss=single@1%,seed=7")
    assert (channel.seed, str(channel)) == (7, "loss=single@1%,seed=7")


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_of_every_kind_can_be_used(kind):
    assert str(parse_channel(KINDS[kind].example)) == KINDS[kind].example


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nois=babble@10dB", "did you mean `noise`?"),
        ("noise=babbel@10dB", "did you mean `babble`?"),
        ("noise=babble", "such as noise=babble@10dB"),
        ("noise=babble@loud", "from -10 to 60 dB"),
        ("noise=babble@10%", "write noise=babble@10dB"),
        ("loss=burst@90%", "from 0 to 40 %"),
        ("speed=2", "from 0.8 to 1.25"),
        ("codec=amr", "write one of ulaw, alaw, gsm"),
        ("codec=gsm@3", "codec"),
        ("noise=car@1dB,noise=babble@1dB", "keep one of them"),
        ("seed=x", "write seed=2"),
        ("echo=nan", "from -60 to 0 dB"),
        (",", "is no effect"),
    ],
)
def test_what_is_wrong_is_told_with_what_to_write(text, told):
    with pytest.raises(UsageError) as error:
        parse_channel(text)
    assert told in str(error.value)


def test_a_sweep_is_one_kind_at_several_strengths():
    base = parse_channel("codec=gsm")
    swept = [str(channel) for channel in parse_sweep("noise=babble@20,10, 5dB", base)]
    assert swept == [f"noise=babble@{strength}dB,codec=gsm" for strength in (20, 10, 5)]
    assert [str(channel) for channel in parse_sweep("speed=0.8,1.25")] == ["speed=0.8", "speed=1.25"]
    assert [str(channel) for channel in parse_sweep("codec=alaw,gsm")] == ["codec=alaw", "codec=gsm"]


@pytest.mark.parametrize("text", ["noise=babble@10,10dB", "noise=babble@10,", "nonsense", "codec=gsm,codec=alaw"])
def test_a_sweep_that_makes_no_sense_is_refused(text):
    with pytest.raises(UsageError):
        parse_sweep(text)


def test_a_sweep_over_what_the_base_has_already_is_refused():
    with pytest.raises(UsageError, match="said twice"):
        parse_sweep("codec=alaw,gsm", parse_channel("codec=ulaw"))
