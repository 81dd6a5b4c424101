# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are complete or not there; parts of runs that died; downloads that end."""

from __future__ import annotations

import contextlib
import hashlib
import http.server
import os
import stat
import subprocess
import sys
import threading
import time

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import fetch as _fetch
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import files as _files
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError

MIB = 2**20
CONTENT = b"head" + b"\0" * (3 * MIB) + b"end"


@pytest.mark.parametrize("in_kernel", [True, False])
def test_copy_keeps_content_and_holes(tmp_path, monkeypatch, in_kernel):
    if not in_kernel:
        monkeypatch.delattr(os, "copy_file_range", raising=False)
    source = tmp_path / "a"
    with source.open("wb") as stream:
        stream.write(b"head")
        stream.seek(3 * MIB, os.SEEK_CUR)
        stream.write(b"end")
        stream.seek(MIB, os.SEEK_CUR)
        stream.truncate()
    content = CONTENT + b"\0" * MIB
    target = tmp_path / "b"
    with _files.open_source(str(source)) as stream, _files.part_of(str(target)) as part:
        _files.copy_file(stream, part, 16 * MIB)
        assert _files.digest_of(part) == hashlib.sha256(content).hexdigest()
        _files.place(part, str(target), 0o644)
    assert target.read_bytes() == content
    assert stat.S_IMODE(target.stat().st_mode) == 0o644
    assert target.stat().st_blocks * 512 < len(content)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "b"]


def test_a_copy_has_a_limit(tmp_path):
    source = tmp_path / "a"
    source.write_bytes(CONTENT)
    with contextlib.ExitStack() as stack:
        stream = stack.enter_context(_files.open_source(str(source)))
        part = stack.enter_context(_files.part_of(str(tmp_path / "b")))
        with pytest.raises(FuyajoError, match="more than 1000 are refused"):
            _files.copy_file(stream, part, 1000)
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_a_pipe_is_no_source(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FuyajoError, match="not a regular file"):
        _files.open_source(str(tmp_path / "pipe"))


def test_a_failed_write_leaves_nothing(tmp_path, monkeypatch):
    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FuyajoError, match="No space left"):
        _files.replace_file(str(tmp_path / "seed.iso"), b"x", 0o600)
    assert list(tmp_path.iterdir()) == []


def test_parts_of_the_dead_are_swept_and_those_of_the_living_stay(tmp_path):
    code = (
        "import os, signal, sys\n"
        "from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import files\n"
        "with files.part_of(sys.argv[1]) as part:\n"
        "    part.write(b'x'); part.flush()\n"
        "    print(part.name, flush=True)\n"
        "    sys.stdin.read()\n"
    )
    target = str(tmp_path / "base-0123456789abcdef.qcow2")
    child = subprocess.Popen(
        [sys.executable, "-c", code, target],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ,
    )  # fmt: skip
    part = child.stdout.readline().strip()
    foreign = tmp_path / "movie.mkv.part"
    foreign.touch()
    assert _files.sweep_parts(str(tmp_path)) == []
    child.kill()
    child.wait()
    child.stdin.close()
    child.stdout.close()
    assert os.path.exists(part)
    assert _files.sweep_parts(str(tmp_path)) == [os.path.basename(part)]
    assert list(tmp_path.iterdir()) == [foreign]
    assert _files.sweep_parts(str(tmp_path / "nothing")) == []


class Handler(http.server.BaseHTTPRequestHandler):
    """What a good and a bad server may say."""

    def do_GET(self):
        go = {"/away": "ftp://127.0.0.1/x", "/file": "file:///etc/passwd", "/loop": "/loop",
              "/again": "/good"}.get(self.path)  # fmt: skip
        if go is not None:
            self.send_response(302)
            self.send_header("Location", go)
            self.end_headers()
            return
        if self.path == "/missing":
            self.send_error(404)
            return
        if self.path == "/silent":
            self.server.stop.wait(10)
            return
        self.send_response(200)
        if self.path == "/good":
            self.send_header("Content-Length", str(len(CONTENT)))
        if self.path == "/boast":
            self.send_header("Content-Length", str(10**12))
        self.end_headers()
        self.body()

    def body(self):
        if self.path in ("/good", "/endless"):
            self.wfile.write(CONTENT)
        while self.path == "/endless":
            self.wfile.write(b"\0" * MIB)
        while self.path == "/drip" and not self.server.stop.wait(0.05):
            self.wfile.write(b"x")

    def log_message(self, *_arguments):
        pass


@pytest.fixture(scope="module")
def server():
    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.handle_error = lambda *_arguments: None  # clients that hang up are what this is about
    made.daemon_threads = True
    made.stop = threading.Event()
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{made.server_address[1]}"
    made.stop.set()
    made.shutdown()
    made.server_close()


@pytest.mark.parametrize("path", ["/good", "/again"])
def test_a_download_is_hashed_on_its_way(server, tmp_path, path):
    with (tmp_path / "x").open("w+b") as out:
        found = _fetch.download(server + path, out, 16 * MIB, 10)
    assert found == hashlib.sha256(CONTENT).hexdigest()
    assert (tmp_path / "x").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/away", "leads from http to ftp"),
        ("/file", "the server said 302"),
        ("/loop", "the server said 302"),
        ("/missing", "the server said 404"),
        ("/boast", "more than"),
        ("/endless", "more than"),
        ("/drip", "not finished in time"),
        ("/silent", "no answer within"),
    ],
)
def test_downloads_that_end_early(server, tmp_path, path, why):
    begin = time.monotonic()
    with (tmp_path / "x").open("w+b") as out, pytest.raises(FuyajoError, match=why):
        _fetch.download(server + path, out, 4 * MIB, 0.4)
    assert time.monotonic() - begin < 5


def test_nobody_there(tmp_path):
    with (tmp_path / "x").open("w+b") as out, pytest.raises(FuyajoError, match="refused"):
        _fetch.download("http://127.0.0.1:1/x", out, MIB, 5)


@pytest.mark.parametrize(
    ("before", "after", "fine"),
    [
        ("http://a/", "http://b/", True),
        ("http://a/", "https://b/", True),
        ("https://a/", "https://b/", True),
        ("https://a/", "http://b/", False),
        ("https://a/", "file:///etc/passwd", False),
    ],
)
def test_redirects_never_become_weaker(before, after, fine):
    import urllib.request

    request = urllib.request.Request(before)
    follow = _fetch._Redirects().redirect_request
    if fine:
        assert follow(request, None, 302, "Found", {}, after).full_url == after
        return
    with pytest.raises(FuyajoError, match="leads from"):
        follow(request, None, 302, "Found", {}, after)
