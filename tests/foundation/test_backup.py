from __future__ import annotations

import json
from dataclasses import replace
from threading import Event, Thread

import pytest
from sqlalchemy import func, select

from portal import backup, journal
from portal.acts import Site, open_site
from portal.backup import Unusable
from portal.content.item import Item
from portal.people import verbs as people
from portal.series import Series


@pytest.fixture
def full(site: Site, world) -> Site:
    """A portal with cases, a file and a secret."""
    for _each in range(3):
        world.case()
    site.blobs.put(b"%PDF-1.7 surat")
    (site.settings.data / "totp.secret").write_bytes(b"rahasia")
    return site


@pytest.fixture
def empty(site: Site, new_database, tmp_path):
    """A portal on an empty database and an empty folder."""
    other = replace(site.settings, data=tmp_path / "restored", database=new_database())
    opened = open_site(other, site.clock)
    yield opened
    opened.engine.dispose()


def census(site):
    with site.readers.connect() as connection:
        return backup.census(connection)


def test_what_was_copied_comes_back_whole(full, empty, tmp_path):
    made = backup.make(full, tmp_path / "copy")
    backup.restore(empty, tmp_path / "copy")
    assert census(empty) == census(full)
    assert made["rows"]["cases"] == 3
    with empty.sessions() as session:
        assert list(journal.problems(session)) == []
        assert session.get(Series, "case/2026").value == 3
    assert {p.name for p in empty.blobs.folder.rglob("*") if p.is_file()} == {
        p.name for p in full.blobs.folder.rglob("*") if p.is_file()
    }
    assert (empty.settings.data / "totp.secret").read_bytes() == b"rahasia"


def test_a_copy_made_while_people_work_comes_back_too(full, empty, tmp_path):
    stopping, counts = Event(), []

    def work():
        while not stopping.is_set():
            with full.act() as act:
                people.record(act, name="Seorang Pekerja")
            counts.append(1)

    worker = Thread(target=work)
    worker.start()
    try:
        while len(counts) < 3:
            stopping.wait(0.01)
        backup.make(full, tmp_path / "copy")
    finally:
        stopping.set()
        worker.join()
    backup.restore(empty, tmp_path / "copy")
    with empty.sessions() as session:
        assert list(journal.problems(session)) == []
        assert 3 <= session.scalar(select(func.count()).where(Item.kind == "person")) <= len(counts) + 3


@pytest.mark.parametrize("harm", ["changed", "shorter", "gone"])
def test_a_damaged_copy_is_refused_and_the_file_is_named(full, empty, tmp_path, harm):
    backup.make(full, tmp_path / "copy")
    for path in sorted(p for p in (tmp_path / "copy").rglob("*") if p.is_file() and p.name != backup.MANIFEST):
        kept = path.read_bytes()
        if harm == "gone":
            path.unlink()
        else:
            path.write_bytes(bytes([kept[0] ^ 1]) + kept[1:] if harm == "changed" else kept[:-1])
        with pytest.raises(Unusable, match=path.name):
            backup.restore(empty, tmp_path / "copy")
        path.write_bytes(kept)
    backup.restore(empty, tmp_path / "copy")


@pytest.mark.parametrize("text", [None, "", "[]", "{}", "{not json"])
def test_a_folder_without_a_manifest_is_no_backup(empty, tmp_path, text):
    if text is not None:
        (tmp_path / backup.MANIFEST).write_text(text)
    with pytest.raises(Unusable, match=backup.MANIFEST):
        backup.restore(empty, tmp_path)


def test_a_file_that_the_manifest_does_not_know_is_not_restored(full, empty, tmp_path):
    backup.make(full, tmp_path / "copy")
    stranger = tmp_path / "copy" / "blobs" / "ab" / ("ab" + "0" * 62)
    stranger.parent.mkdir(parents=True, exist_ok=True)
    stranger.write_bytes(b"dari luar")
    with pytest.raises(Unusable, match=stranger.name):
        backup.restore(empty, tmp_path / "copy")


def test_a_backup_goes_into_an_empty_folder_only(full, tmp_path):
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "lama").write_text("x")
    with pytest.raises(Unusable, match="not empty"):
        backup.make(full, tmp_path / "copy")


def test_a_restore_never_writes_over_a_portal(full, tmp_path):
    backup.make(full, tmp_path / "copy")
    with pytest.raises(Unusable, match=r"exists|not empty"):
        backup.restore(full, tmp_path / "copy")


def test_rows_that_differ_from_the_manifest_are_noticed(full, empty, tmp_path):
    backup.make(full, tmp_path / "copy")
    manifest = json.loads((tmp_path / "copy" / backup.MANIFEST).read_text())
    manifest["rows"]["cases"] += 1
    (tmp_path / "copy" / backup.MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(Unusable, match="differs"):
        backup.restore(empty, tmp_path / "copy")
