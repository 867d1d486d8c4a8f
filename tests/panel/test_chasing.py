"""The ladder and its pauses, as the office edits them in a browser."""

from sqlalchemy import select

from portal.directory.model import Organisation
from portal.referrals.chasemodel import ChaseSilence, ChaseStep


def test_a_pause_is_kept_changed_and_removed(enter, world):
    browser = enter("maya")
    form = browser.get("/control/reference/silence/add").forms["form1"]
    form["organisation_id"], form["reason"] = "Polres Indramayu", "Pindah kantor."
    form["first_day"], form["last_day"] = "09-03-2026", "06-03-2026"
    refused = form.submit("add", expect_errors=True)
    assert refused.status_int == 422
    assert "Hari terakhir sebelum hari pertama." in refused
    form["last_day"] = "13-03-2026"
    page = form.submit("add").follow()
    changed = next(f for f in page.forms.values() if "reason" in f.fields)
    assert changed["organisation_id"].value == "Polres Indramayu"
    changed["reason"] = "Pindah gedung."
    assert "Perubahan disimpan." in changed.submit("save").follow()
    with world.site.sessions() as session:
        kept = session.scalars(select(ChaseSilence)).one()
        assert (kept.organisation_id, kept.reason) == (world.organisations["polres"], "Pindah gedung.")
    here = f"/control/reference/silence/{kept.id}"
    assert "Baru dihapus" in browser.press(browser.get(here), f"{here}/remove").follow()


def test_a_rung_says_how_and_to_whom(enter, world):
    form = enter("maya").get("/control/reference/ladder/add").forms["form1"]
    form["code"], form["name"], form["days"], form["way"], form["level"] = (
        "again",
        "Surat kedua",
        "8",
        "letter",
        "office",
    )
    refused = form.submit("add", expect_errors=True)
    assert "Huruf besar, angka, garis bawah." in refused
    assert "Pilih jenis suratnya." in refused
    form["code"], form["letter_type"] = "AGAIN", "reminder"
    assert form.submit("add").status_int == 303
    with world.site.sessions() as session:
        assert session.get_one(ChaseStep, "AGAIN").days == 8


def test_the_office_above_is_named_in_the_directory(enter, world):
    browser = enter("maya")
    with world.site.sessions() as session:
        name = session.get_one(Organisation, world.organisations["polres"]).name
    form = browser.get(f"/directory/{name}/@edit").forms["form1"]
    form["superior_id"] = "BPJS Ketenagakerjaan Cabang Cirebon"
    page = form.submit("save").follow()
    assert "BPJS Ketenagakerjaan Cabang Cirebon" in page
    with world.site.sessions() as session:
        assert session.get_one(Organisation, world.organisations["polres"]).superior_id == world.organisations["bpjs"]
    form = browser.get(f"/directory/{name}/@edit").forms["form1"]
    form["superior_id"] = ""
    form.submit("save")
    with world.site.sessions() as session:
        assert session.get_one(Organisation, world.organisations["polres"]).superior_id is None
