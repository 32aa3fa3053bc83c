"""Fetching from addresses, against a server on loopback: going on after a break, and what a wrong server can do."""

from __future__ import annotations

import http.server
import threading

import pytest

from ivr.errors import ModelError
from ivr.models import web as web_module
from ivr.models.downloads import place_for
from ivr.models.web import UnreachableError, Web

pytestmark = pytest.mark.unit

CONTENT = bytes(range(256)) * 40


class Server(http.server.ThreadingHTTPServer):
    """Serves CONTENT below any path; `cut_after` closes the connection early, `ranges` False ignores Range."""

    daemon_threads = True
    cut_after: int | None = None
    ranges = True
    content = CONTENT

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = []

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self):
        begins = self.headers.get("Range", "")
        self.server.asked.append((self.path, begins))
        if self.path.startswith("/missing"):
            self.send_error(404)
            return
        start = int(begins.removeprefix("bytes=").removesuffix("-")) if begins and self.server.ranges else 0
        if start > len(self.server.content):
            self.send_error(416)
            return
        body = self.server.content[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{start + len(body) - 1}/{start + len(body)}")
        self.end_headers()
        cut, self.server.cut_after = self.server.cut_after, None
        self.wfile.write(body[:cut])
        self.close_connection = True

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(web_module.urllib.request, "getproxies", dict)
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def fetch(server, source, tmp_path, told):
    """Fetch one address, which is published with CONTENT's size and sha256; gives the path."""

    def run(path="/ears.zip"):
        (fetched,) = Web().fetch(source("web", server.address + path, content=CONTENT), tmp_path, told)
        return fetched

    return run


@pytest.fixture
def partial(server, source, tmp_path):
    """Where an earlier try left what it got."""
    target = place_for(source("web", server.address + "/ears.zip").downloads[0], tmp_path)
    return target.with_name(target.name + ".part")


def test_a_download_arrives_whole_under_its_own_name(fetch, server, told):
    path = fetch()
    assert path.name == "ears.zip"
    assert path.read_bytes() == CONTENT
    assert told.reached == len(CONTENT)
    assert fetch() == path
    assert len(server.asked) == 1  # what is there is not fetched again


def test_a_connection_that_breaks_off_is_continued_where_it_broke(fetch, server):
    server.cut_after = 5000
    assert fetch().read_bytes() == CONTENT
    assert server.asked == [("/ears.zip", ""), ("/ears.zip", "bytes=5000-")]


def test_an_earlier_run_is_continued(fetch, server, partial):
    partial.write_bytes(CONTENT[:7000])
    assert fetch().read_bytes() == CONTENT
    assert server.asked == [("/ears.zip", "bytes=7000-")]


def test_a_server_that_cannot_continue_begins_again(fetch, server, partial):
    server.ranges = False
    partial.write_bytes(CONTENT[:7000])
    assert fetch().read_bytes() == CONTENT


def test_a_beginning_that_was_something_else_is_thrown_away(fetch, server, partial):
    partial.write_bytes(b"x" * 7000)
    assert fetch().read_bytes() == CONTENT
    assert server.asked == [("/ears.zip", "bytes=7000-"), ("/ears.zip", "")]


def test_other_content_than_published_is_refused(fetch, server):
    server.content = CONTENT[::-1]
    with pytest.raises(ModelError, match="has another sha256 than expected"):
        fetch()


def test_a_server_that_never_stops_is_stopped(fetch, server):
    server.content = CONTENT * 3
    with pytest.raises(ModelError, match=f"longer than the {len(CONTENT)} bytes expected"):
        fetch()


def test_an_answer_other_than_the_file_is_told(fetch, server):
    with pytest.raises(ModelError, match="answers 404 Not Found"):
        fetch("/missing.zip")
    assert len(server.asked) == 1


def test_a_host_that_does_not_answer_is_asked_once_in_a_run(source, tmp_path, told, monkeypatch):
    knocks = []

    def refuse(address, timeout):
        knocks.append((address, timeout))
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(web_module.urllib.request, "getproxies", dict)
    monkeypatch.setattr(web_module.socket, "create_connection", refuse)
    web = Web(["https://models.example/ears.zip", "https://voices.example/mouth.zip"])
    for what in ("https://models.example/ears.zip", "https://models.example/b.zip", "https://voices.example/mouth.zip"):
        with pytest.raises(UnreachableError, match=r"\.example cannot be reached \(Connection refused\)"):
            web.fetch(source("web", what), tmp_path, told)
    assert sorted(knocks) == [(("models.example", 443), 5.0), (("voices.example", 443), 5.0)]


def test_a_server_that_hangs_up_without_a_byte_is_asked_once(server, source, tmp_path, told):
    server.cut_after = 0
    web = Web()
    for _ in range(2):
        with pytest.raises(ModelError, match=r"127\.0\.0\.1:\d+ (broke off|cannot be reached)|connection to"):
            web.fetch(source("web", server.address + "/ears.zip", content=CONTENT), tmp_path, told)
    assert len(server.asked) == 1


def test_a_name_lookup_that_hangs_costs_no_more_than_the_limit(source, tmp_path, told, monkeypatch):
    hanging = threading.Event()

    def hang(*_, **__):
        hanging.wait(5)
        raise OSError("too late")

    monkeypatch.setattr(web_module.urllib.request, "getproxies", dict)
    monkeypatch.setattr(web_module.socket, "create_connection", hang)
    monkeypatch.setattr(web_module, "_SECONDS_TO_CONNECT", 0.01)
    try:
        with pytest.raises(UnreachableError, match=r"models\.example cannot be reached \(no answer in"):
            Web().fetch(source(), tmp_path, told)
    finally:
        hanging.set()
