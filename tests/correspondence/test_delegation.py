"""Absence and mandates: for whom, within which days, for which letters, with which block; never over one's own draft."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal import journal
from portal.accounts import delegations
from portal.accounts import verbs as accounts
from portal.accounts.delegations import Delegation
from portal.accounts.model import Account
from portal.acts import Refused
from portal.correspondence import chain, letters
from portal.correspondence.model import Letter
from tests.correspondence.test_chain import refusals, submitted

TODAY = date(2026, 3, 2)


@pytest.fixture
def stand_in(office):
    """`stand_in("rina", "rudi")`: from today on for three days, recorded by the first, unless said otherwise."""

    def stand_in(giver, deputy, kind="plh", *, by="", starts=0, days=3, types=(), unit=None):
        with office.world.act(by or giver) as act:
            return delegations.delegate(
                act,
                giver_id=office.world.accounts[giver],
                deputy_id=office.world.accounts[deputy],
                unit_id=unit or office.world.office,
                kind=kind,
                from_day=TODAY + timedelta(days=starts),
                until_day=TODAY + timedelta(days=starts + days - 1),
                basis="SPRIN-12/KA/III/2026 tanggal 1 Maret 2026",
                letter_types=types,
            ).id

    return stand_in


def why(call, *given, **more):
    with pytest.raises(Refused) as refusal:
        call(*given, **more)
    return " ".join(reason.text("id") for reason in refusal.value.reasons)


def block_of(office, letter):
    page = office.letter(letter).snapshot["page"]["signer"]
    return [*page["prefix_lines"], page["office"], page["name"]]


def test_a_deputy_approves_in_the_days_of_the_absence_and_the_letter_says_so(office, stand_in):
    stand_in("rina", "maya")
    letter = office.initialled()
    office.do("maya", "approve", letter)
    office.do("tono", "issue", letter)
    assert block_of(office, letter) == ["Plh. Direktur Layanan Pengaduan", "Koordinator Crisis Center", "Maya Lestari"]
    with office.site.sessions() as session:
        found = session.get_one(Letter, letter)
        row = letters.last_decision(found, "approved")
        assert (row.by_name, row.for_name) == ("Maya Lestari", "Rina Kusuma")
        line = session.scalar(select(journal.Entry).where(journal.Entry.event == "letter_approved"))
        assert (line.by_name, line.on_behalf_id) == ("Maya Lestari", office.world.accounts["rina"])
        assert "SPRIN-12" in line.data["basis"]


BLOCKS = {
    "plt": ["Plt. Direktur Layanan Pengaduan", "Kepala Subdirektorat"],
    "an": ["a.n. Direktur Layanan Pengaduan", "Kepala Subdirektorat"],
}


@pytest.mark.parametrize("kind", BLOCKS)
def test_each_form_has_its_own_lines(office, stand_in, kind):
    stand_in("rina", "rudi", kind)
    letter = office.initialled()
    office.do("rudi", "approve", letter)
    office.do("tono", "issue", letter)
    assert block_of(office, letter) == [*BLOCKS[kind], "Rudi Setiawan"]


def test_who_holds_a_mandate_passes_it_on_one_step_further(office, stand_in):
    assert "u.b. hanya dari" in why(stand_in, "rudi", "maya", "ub")
    stand_in("rina", "rudi", "an")
    stand_in("rudi", "maya", "ub")
    letter = office.initialled()
    office.do("maya", "approve", letter)
    office.do("tono", "issue", letter)
    assert block_of(office, letter) == [
        "a.n. Direktur Layanan Pengaduan",
        "Kepala Subdirektorat",
        "u.b.",
        "Koordinator Crisis Center",
        "Maya Lestari",
    ]


def test_before_its_first_day_and_after_its_last_it_gives_nothing(office, stand_in):
    stand_in("rina", "maya", starts=1, days=2)
    letter = office.initialled()
    assert "ditandatangani oleh Rina Kusuma" in refusals(office, "maya", "approve", letter)
    office.site.clock.move(days=3)
    assert "ditandatangani oleh Rina Kusuma" in refusals(office, "maya", "approve", letter)
    office.site.clock.move(days=-1)
    office.do("maya", "approve", letter)


def test_its_days_are_days_in_jakarta(office, stand_in):
    stand_in("rina", "maya", starts=1, days=1)
    letter = office.initialled()
    office.site.clock.move(hours=13, minutes=59)
    refusals(office, "maya", "approve", letter)
    office.site.clock.move(minutes=1)
    office.do("maya", "approve", letter)


def test_it_reaches_only_the_letters_that_it_names(office, stand_in):
    stand_in("rina", "maya", types=["ref_police"])
    letter = office.initialled()
    assert "ditandatangani oleh Rina Kusuma" in refusals(office, "maya", "approve", letter)


def test_a_mandate_is_for_signing_and_not_for_initials(office, stand_in):
    stand_in("rudi", "maya", "an")
    letter = submitted(office)
    assert "Bukan giliran Anda" in refusals(office, "maya", "initial", letter)


def test_a_deputy_initials_for_the_absent_reviewer(office, stand_in):
    stand_in("rudi", "maya")
    letter = submitted(office)
    office.do("maya", "initial", letter)
    with office.site.sessions() as session:
        [row] = chain.standing(session.get_one(Letter, letter)).values()
        assert (row.by_name, row.for_name) == ("Maya Lestari", "Rudi Setiawan")
    office.do("rina", "approve", letter)


@pytest.mark.parametrize("giver", ["rudi", "rina"])
def test_nobody_decides_over_his_own_draft_through_a_delegation(office, stand_in, giver):
    stand_in(giver, "agus")
    letter = submitted(office)
    if giver == "rina":
        office.do("rudi", "initial", letter)
    step = {"rudi": "initial", "rina": "approve"}[giver]
    assert "juga lewat pengganti" in refusals(office, "agus", step, letter)


def test_the_signers_own_draft_is_not_approved_by_the_signers_deputy(office, stand_in):
    stand_in("rina", "maya")
    letter = office.draft(office.case())
    with office.site.act() as act:
        act.session.get_one(Letter, letter).created_by = office.world.accounts["rina"]
    office.do("agus", "submit", letter)
    office.do("rudi", "initial", letter)
    assert "juga lewat pengganti" in refusals(office, "maya", "approve", letter)


def test_a_letter_is_not_dated_after_the_deputys_last_day(office, stand_in):
    stand_in("rina", "maya", days=1)
    letter = office.initialled()
    office.do("maya", "approve", letter)
    office.site.clock.move(days=1)
    assert "Masa pelimpahan kepada Maya Lestari sudah berakhir" in refusals(office, "tono", "issue", letter)
    office.do("agus", "revise", letter)
    assert office.letter(letter).acting == {}
    office.do("agus", "submit", letter)
    office.do("rudi", "initial", letter)
    office.do("rina", "approve", letter)
    office.do("tono", "issue", letter)
    assert block_of(office, letter) == ["Direktur Layanan Pengaduan", "Rina Kusuma"]


def test_a_deputys_lines_changed_behind_our_back_stop_the_issue(office, stand_in):
    stand_in("rina", "maya")
    letter = office.initialled()
    office.do("maya", "approve", letter)
    with office.site.act() as act:
        found = act.session.get_one(Letter, letter)
        found.acting = found.acting | {"name": "Orang Lain"}
    assert "berubah sejak disetujui" in refusals(office, "tono", "issue", letter)


def test_what_a_delegation_may_not_be(office, stand_in):
    assert "menunjuk diri sendiri" in why(stand_in, "rina", "admin", by="admin")
    assert "Hanya administrator" in why(stand_in, "rina", "maya", by="rudi")
    assert "menunjuk diri sendiri" in why(stand_in, "rina", "maya", by="maya")
    assert "selain yang digantikan" in why(stand_in, "rina", "rina")
    assert "bukan petugas aktif" in why(stand_in, "rina", "joko")
    assert "berlaku surut" in why(stand_in, "rina", "maya", starts=-1)
    assert "mendahului" in why(stand_in, "rina", "maya", days=0)
    stand_in("rina", "maya")
    assert "sudah ada Plh." in why(stand_in, "rina", "rudi", "plt", starts=2)
    stand_in("rina", "rudi", "plt", starts=3, by="admin")


def test_who_left_or_ended_it_early_no_longer_stands_in(office, stand_in):
    number = stand_in("rina", "maya")
    letter = office.initialled()
    with office.world.act("rina") as act:
        delegations.end(act, act.session.get_one(Delegation, number))
    assert "ditandatangani oleh Rina Kusuma" in refusals(office, "maya", "approve", letter)
    stand_in("rina", "dewi")
    with office.world.act("admin") as act:
        accounts.disable(act, act.session.get_one(Account, office.world.accounts["dewi"]))
    assert office.world.who("dewi").deputy_in == frozenset()


def test_the_folder_of_the_deputy_says_for_whom(office, stand_in, enter):
    letter = office.initialled()
    dewi = enter("dewi")
    assert not dewi.get("/letters/approvals").html.select(".folder")
    stand_in("rina", "dewi")
    shown = dewi.get("/letters/approvals").html.select_one(".folder").text
    assert "untuk Rina Kusuma (Plh.)" in " ".join(shown.split())
    dewi.set_up_factor()
    dewi.get(office.address(letter) + "/")
    form = next(f for f in dewi.get("/letters/approvals").forms.values() if "item" in f.fields)
    form["item"] = True
    assert "disetujui" in form.submit().html.select_one(".results").text
    page = " ".join(dewi.get(office.address(letter) + "/").text.split())
    assert "Plh. Direktur Layanan Pengaduan" in page
    assert "Dewi Anggraini (untuk Rina Kusuma) menyetujui surat" in page


def test_absence_is_recorded_on_its_page_and_ended_there(office, enter):
    rina, maya = enter("rina"), enter("maya")
    form = next(f for f in rina.get("/delegations").forms.values() if "basis" in f.fields)
    form["deputy_id"] = str(office.world.accounts["maya"])
    form["kind"], form["from_day"], form["until_day"] = "plh", "2026-03-02", "2026-03-04"
    refused = form.submit(expect_errors=True)
    assert refused.status_int == 422
    form = next(f for f in refused.forms.values() if "basis" in f.fields)
    form["basis"] = "SPRIN-12"
    assert "Maya Lestari untuk Rina Kusuma" in " ".join(
        form.submit().follow().html.select_one(".sendings").text.split()
    )
    assert not [f for f in maya.get("/delegations").forms.values() if f.action.endswith("/end")]
    token = next(f for f in maya.get("/delegations").forms.values() if "basis" in f.fields)["csrf_token"].value
    assert maya.post("/delegations/1/end", {"csrf_token": token}, expect_errors=True).status_int == 404
    done = next(f for f in rina.get("/delegations").forms.values() if f.action.endswith("/end")).submit().follow()
    assert "Berakhir" in done.html.select_one(".sendings").text
