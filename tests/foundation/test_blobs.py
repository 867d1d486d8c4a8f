from __future__ import annotations

import hashlib
import io
import signal
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.blobs import Blobs, Damaged
from tests.foundation.conftest import at_once

DIES = """
import os, signal, sys
from pathlib import Path
from portal.blobs import Blobs

left = int(sys.argv[2])

def dying(step):
    def do(*args, **kwargs):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return step(*args, **kwargs)
    return do

os.fsync, Path.rename, Path.mkdir = dying(os.fsync), dying(Path.rename), dying(Path.mkdir)
Blobs(Path(sys.argv[1])).put(b"isi surat" * 1000)
print("kept", flush=True)
"""
CONTENT = b"isi surat" * 1000


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


@given(content=st.binary(max_size=200_000))
def test_what_is_kept_comes_back(tmp_path_factory, content):
    blobs = Blobs(tmp_path_factory.mktemp("blobs"))
    kept, streamed = blobs.put(content), blobs.put(io.BytesIO(content))
    assert kept == streamed
    assert (kept.size, kept.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert blobs.read(kept.sha256) == content
    assert len(files(blobs.folder)) == 1


def test_the_same_content_from_many_at_once_is_kept_once(tmp_path):
    blobs = Blobs(tmp_path)
    assert len({blob.sha256 for blob in at_once(8, lambda _number: blobs.put(CONTENT))}) == 1
    assert len(files(tmp_path)) == 1


def test_a_changed_file_is_named_and_never_handed_out(tmp_path):
    blobs = Blobs(tmp_path)
    kept = blobs.put(CONTENT)
    blobs.path(kept.sha256).write_bytes(CONTENT[:-1] + b"X")
    with pytest.raises(Damaged, match=kept.sha256):
        blobs.read(kept.sha256)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(Damaged, match="a" * 64):
        Blobs(tmp_path).read("a" * 64)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a" * 63, "A" * 64, "a" * 62 + "/.", "a" * 65, "é" * 64])
def test_only_a_hash_names_a_file(tmp_path, name):
    with pytest.raises(Damaged):
        Blobs(tmp_path).read(name)


def test_a_damaged_file_is_mended_when_its_content_comes_again(tmp_path):
    blobs = Blobs(tmp_path)
    kept = blobs.put(CONTENT)
    blobs.path(kept.sha256).write_bytes(b"")
    blobs.put(CONTENT)
    assert blobs.read(kept.sha256) == CONTENT


@pytest.mark.parametrize("step", range(1, 8))
def test_a_crash_at_any_step_leaves_the_whole_file_or_none(tmp_path, step):
    child = subprocess.run(
        [sys.executable, "-c", DIES, tmp_path, str(step)], check=False, capture_output=True, text=True
    )
    was_killed = child.returncode == -signal.SIGKILL
    assert was_killed or child.stdout == "kept\n", child.stderr
    blobs, name = Blobs(tmp_path), hashlib.sha256(CONTENT).hexdigest()
    if blobs.path(name).exists():
        assert blobs.read(name) == CONTENT
    else:
        assert was_killed
    assert blobs.put(CONTENT).sha256 == name
    assert blobs.read(name) == CONTENT


def test_the_crash_test_reaches_every_step_and_the_end(tmp_path):
    ends = []
    for step in range(1, 8):
        child = subprocess.run(
            [sys.executable, "-c", DIES, tmp_path / str(step), str(step)], check=False, capture_output=True
        )
        ends.append(child.returncode)
    assert ends[:5] == [-signal.SIGKILL] * 5
    assert ends[-1] == 0


def test_a_disk_that_cannot_write_gives_an_error_and_no_file(tmp_path, monkeypatch):
    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        Blobs(tmp_path).put(CONTENT)
    assert files(tmp_path) == []
