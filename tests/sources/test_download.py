"""Downloads from a server on loopback: whole, broken and resumed, busy, refused, changed, and not data at all."""

import hashlib

import pytest

from exante.quantities.errors import SourceError
from exante.sources.download import AGENT, ATTEMPTS, Note, download

BODY = bytes(range(256)) * 1024


@pytest.fixture
def portal(portal):
    portal.files["/a.bin"] = BODY
    return portal


def _error(*arguments, **options):
    with pytest.raises(SourceError) as error:
        download(*arguments, **options)
    return str(error.value)


def test_a_file_comes_whole_politely_and_once(portal, tmp_path):
    seen = []
    target = tmp_path / "deep" / "a.bin"
    found = download(f"{portal.base}/a.bin", target, progress=lambda *now: seen.append(now))
    assert found.read_bytes() == BODY
    assert portal.asked[0][1]["User-Agent"] == AGENT
    assert seen[-1] == ("a.bin", len(BODY), len(BODY))
    assert sorted(p.name for p in target.parent.iterdir()) == ["a.bin", "a.bin.sha256"]
    download(f"{portal.base}/a.bin", target)
    assert len(portal.asked) == 1


def test_two_requests_to_one_server_are_apart(portal, tmp_path):
    portal.files["/b.bin"] = b"b"
    download(f"{portal.base}/a.bin", tmp_path / "a.bin")
    assert portal.pauses == []
    download(f"{portal.base}/b.bin", tmp_path / "b.bin")
    assert len(portal.pauses) == 1
    assert 0 < portal.pauses[0] <= 1.0


def test_a_broken_line_is_taken_up_again_by_itself(portal, tmp_path):
    portal.breaks["/a.bin"] = 2
    download(f"{portal.base}/a.bin", tmp_path / "a.bin")
    half, quarter = len(BODY) // 2, len(BODY) // 4
    assert [asked.get("Range") for _, asked in portal.asked] == [None, f"bytes={half}-", f"bytes={half + quarter}-"]
    assert (tmp_path / "a.bin").read_bytes() == BODY
    assert [p for p in portal.pauses if p > 1] == [2.0, 4.0]


def test_a_line_that_stays_broken_keeps_what_came(portal, tmp_path):
    portal.breaks["/a.bin"] = ATTEMPTS
    told = _error(f"{portal.base}/a.bin", tmp_path / "a.bin")
    kept = len(BODY) - len(BODY) // 2**ATTEMPTS
    assert told.startswith(f"a.bin could not be downloaded in {ATTEMPTS} attempts (")
    assert told.endswith(f"Run the command again ({kept} bytes are kept), or give the files with --mirror DIR.")
    assert not (tmp_path / "a.bin").exists()
    download(f"{portal.base}/a.bin", tmp_path / "a.bin")
    assert portal.asked[-1][1]["Range"] == f"bytes={kept}-"
    assert (tmp_path / "a.bin").read_bytes() == BODY


def test_a_file_that_changed_while_the_line_was_broken_starts_anew(portal, tmp_path):
    portal.breaks["/a.bin"] = ATTEMPTS
    _error(f"{portal.base}/a.bin", tmp_path / "a.bin")
    portal.files["/a.bin"] = BODY[::-1]
    assert download(f"{portal.base}/a.bin", tmp_path / "a.bin").read_bytes() == BODY[::-1]


def test_a_busy_server_is_asked_again_when_it_says(portal, tmp_path):
    portal.refusals["/a.bin"] = [503, 500]
    download(f"{portal.base}/a.bin", tmp_path / "a.bin")
    assert [p for p in portal.pauses if p > 1] == [7.0, 4.0]


def test_a_damaged_cache_and_another_address_are_fetched_again(portal, tmp_path):
    target = download(f"{portal.base}/a.bin", tmp_path / "a.bin")
    target.write_bytes(b"damaged")
    assert download(f"{portal.base}/a.bin", target).read_bytes() == BODY
    portal.files["/moved.bin"] = b"moved"
    assert download(f"{portal.base}/moved.bin", target).read_bytes() == b"moved"
    assert len(portal.asked) == 3


def test_a_newer_file_is_asked_for_and_fetched_only_if_there_is_one(portal, tmp_path):
    target = download(f"{portal.base}/a.bin", tmp_path / "a.bin")
    note = Note.read(tmp_path / "a.bin.sha256")
    assert (note.sha256, note.etag) == (hashlib.sha256(BODY).hexdigest(), portal.tag("/a.bin"))
    before = target.stat().st_mtime_ns
    download(f"{portal.base}/a.bin", target, refresh=True)
    assert portal.asked[-1][1]["If-None-Match"] == note.etag
    assert target.stat().st_mtime_ns == before
    portal.files["/a.bin"] = b"newer"
    assert download(f"{portal.base}/a.bin", target, refresh=True).read_bytes() == b"newer"


@pytest.mark.parametrize(
    ("code", "what"),
    [
        (404, "the portal has no such file (404)"),
        (403, "the portal refuses it (403)"),
        (410, "the portal has withdrawn it (410)"),
        (418, "the portal answers 418 I'm a Teapot (418)"),
    ],
)
def test_a_refusal_is_told_at_once_and_the_old_file_stays(portal, tmp_path, code, what):
    target = download(f"{portal.base}/a.bin", tmp_path / "a.bin")
    portal.refusals["/a.bin"] = [code]
    told = _error(f"{portal.base}/a.bin", target, refresh=True)
    assert told.startswith(f"a.bin could not be downloaded: {what} (in {portal.base}/a.bin). ")
    assert len(portal.asked) == 2
    assert target.read_bytes() == BODY


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"\xef\xbb\xbf\n<!DOCTYPE html><title>Accept cookies</title>", "a web page came instead of data"),
        (b"", "the answer was empty"),
    ],
)
def test_what_is_no_data_is_refused(portal, tmp_path, body, what):
    portal.files["/a.csv"] = body
    told = _error(f"{portal.base}/a.csv", tmp_path / "a.csv")
    assert told == (
        f"a.csv could not be downloaded: {what} (in {portal.base}/a.csv). The portal may ask for consent or a login: "
        "open the address in a browser, then use --mirror DIR."
    )
    assert list(tmp_path.iterdir()) == []


def test_another_file_than_expected_is_refused(portal, tmp_path):
    told = _error(f"{portal.base}/a.bin", tmp_path / "a.bin", sha256="0" * 64)
    assert told == (
        f"a.bin is not the expected file: sha256 {hashlib.sha256(BODY).hexdigest()}, expected {'0' * 64} "
        f"(in {portal.base}/a.bin). The publisher changed it: check it and update the city's document."
    )
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_not_there_is_told_after_all_attempts(portal, tmp_path):
    told = _error("http://127.0.0.1:1/a.bin", tmp_path / "a.bin")
    assert told.startswith(f"a.bin could not be downloaded in {ATTEMPTS} attempts (")
    assert "refused" in told


def test_only_web_addresses_are_fetched(tmp_path):
    assert _error("file:///etc/hosts", tmp_path / "a") == (
        "'file:///etc/hosts' is no http or https address. Correct it in the city's document."
    )
