"""ivr.toml and the environment: defaults that work, mistakes that are named with their remedy."""

import pytest

from ivr.errors import SettingsError
from ivr.settings import Settings, load_settings

pytestmark = pytest.mark.unit


@pytest.fixture
def written(tmp_path):
    def write(text, **environment):
        path = tmp_path / "ivr.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_settings(path, environment)

    return write


def test_without_a_file_everything_has_a_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_settings(environment={}) == Settings()


def test_what_is_written_counts_and_the_rest_stays_as_it_is(written):
    settings = written('[hotline]\nflow = "mine"\nrecord = false\n[asterisk]\nqueues = ["a", "b"]\nopening_s = 5\n')
    assert (settings.hotline.flow, settings.hotline.record, settings.hotline.calls) == ("mine", False, "calls")
    assert settings.asterisk.queues == ("a", "b")
    assert settings.asterisk.opening_s == 5.0


def test_the_environment_wins(written):
    settings = written(
        '[asterisk]\nami_secret = "file"\n',
        IVR_ASTERISK_AMI_SECRET="environment",
        IVR_ASTERISK_QUEUES="sales, support",
        IVR_HOTLINE_RECORD="False",
        IVR_CONSOLE_PORT="9000",
    )
    assert settings.asterisk.ami_secret == "environment"
    assert settings.asterisk.queues == ("sales", "support")
    assert settings.hotline.record is False
    assert settings.console.port == 9000


def test_the_file_may_be_named_by_the_environment(tmp_path):
    (tmp_path / "other.toml").write_text('[hotline]\nflow = "x"\n')
    assert load_settings(environment={"IVR_CONFIG": str(tmp_path / "other.toml")}).hotline.flow == "x"


def test_a_secret_is_not_printed():
    assert "hush" not in repr(load_settings(environment={"IVR_ASTERISK_AMI_SECRET": "hush"}))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[hotlien]\n", "[hotlien] is not a setting: did you mean `hotline`?"),
        ("[hotline]\nflwo = 'x'\n", "`flwo` in [hotline] is not a setting: did you mean `flow`?"),
        ("[hotline]\nzzz = 1\n", "use one of flow, calls, record"),
        ("hotline = 3\n", "write [hotline] on a line of its own"),
        ("[hotline]\nrecord = 'perhaps'\n", "give true or false"),
        ("[hotline]\nflow = 3\n", "give a text"),
        ("[hotline]\ndrain_s = 'long'\n", "give a number"),
        ("[hotline]\ndrain_s = nan\n", "give a number"),
        ("[console]\nport = 80.5\n", "give a whole number"),
        ("[console]\nport = true\n", "give a whole number"),
        ("[asterisk]\nqueues = 3\n", "give a list of texts"),
        ("[asterisk]\nagi_port = 70000\n", "give a port from 0 (any) to 65535"),
        ("[asterisk]\nreply_s = 0\n", "more than 0"),
        ("[hotline\n", "is not TOML"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_a_mistake_is_named_with_its_remedy(written, text, said):
    with pytest.raises(SettingsError) as error:
        written(text)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_mistake_in_the_environment_names_the_variable(written):
    with pytest.raises(SettingsError, match="IVR_CONSOLE_PORT is 'x': give a whole number"):
        written("", IVR_CONSOLE_PORT="x")


def test_a_named_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(tmp_path / "none.toml", {})
