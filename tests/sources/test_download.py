"""Downloads from a server on loopback: whole, broken and resumed, refused, changed."""

import hashlib
import http.server
import threading

import pytest

from exante.quantities.errors import SourceError
from exante.sources.download import AGENT, download

BODY = bytes(range(256)) * 1024


class Handler(http.server.BaseHTTPRequestHandler):
    asked: list[dict[str, str]]
    breaks = 0

    def do_GET(self):
        kind = type(self)
        kind.asked.append(dict(self.headers))
        if self.path == "/absent":
            self.send_error(404)
            return
        start, tag = 0, '"one"'
        if "Range" in self.headers and self.headers.get("If-Range") == tag:
            start = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
            self.send_response(206)
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(BODY) - start))
        self.send_header("ETag", tag)
        self.end_headers()
        if kind.breaks:
            kind.breaks -= 1
            self.wfile.write(BODY[start : start + 100_000])
            return
        self.wfile.write(BODY[start:])

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    handler = type("Fresh", (Handler,), {"asked": [], "breaks": 0})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}", handler
        running.shutdown()


def test_a_file_comes_whole_politely_and_once(server, tmp_path):
    base, handler = server
    seen = []
    target = tmp_path / "deep" / "a.bin"
    found = download(f"{base}/a.bin", target, progress=lambda *now: seen.append(now))
    assert found.read_bytes() == BODY
    assert handler.asked[0]["User-Agent"] == AGENT
    assert seen[-1] == ("a.bin", len(BODY), len(BODY))
    assert sorted(p.name for p in target.parent.iterdir()) == ["a.bin", "a.bin.sha256"]
    download(f"{base}/a.bin", target)
    assert len(handler.asked) == 1


def test_a_broken_download_goes_on_where_it_stopped(server, tmp_path):
    base, handler = server
    handler.breaks = 1
    with pytest.raises(SourceError) as error:
        download(f"{base}/a.bin", tmp_path / "a.bin")
    assert "a.bin could not be downloaded" in str(error.value)
    assert "(100000 bytes are kept), or give the files with --mirror DIR." in str(error.value)
    assert not (tmp_path / "a.bin").exists()
    download(f"{base}/a.bin", tmp_path / "a.bin")
    assert handler.asked[1]["Range"] == "bytes=100000-"
    assert (tmp_path / "a.bin").read_bytes() == BODY


def test_a_damaged_cache_is_fetched_again(server, tmp_path):
    base, handler = server
    target = download(f"{base}/a.bin", tmp_path / "a.bin")
    target.write_bytes(b"damaged")
    assert download(f"{base}/a.bin", target).read_bytes() == BODY
    assert len(handler.asked) == 2


def test_a_refusal_names_the_address(server, tmp_path):
    base, _ = server
    with pytest.raises(SourceError) as error:
        download(f"{base}/absent", tmp_path / "a.bin")
    assert str(error.value) == (
        f"a.bin could not be downloaded (Not Found) (in {base}/absent). Run the command again (0 bytes are kept), "
        "or give the files with --mirror DIR."
    )


def test_another_file_than_expected_is_refused(server, tmp_path):
    base, _ = server
    with pytest.raises(SourceError) as error:
        download(f"{base}/a.bin", tmp_path / "a.bin", sha256="0" * 64)
    assert str(error.value) == (
        f"a.bin is not the expected file: sha256 {hashlib.sha256(BODY).hexdigest()}, expected {'0' * 64} "
        f"(in {base}/a.bin). The publisher changed it: check it and update the city's document."
    )
    assert list(tmp_path.iterdir()) == []


def test_only_web_addresses_are_fetched(tmp_path):
    with pytest.raises(SourceError) as error:
        download("file:///etc/hosts", tmp_path / "a")
    assert str(error.value) == ("'file:///etc/hosts' is no http or https address. Correct it in the city's document.")
