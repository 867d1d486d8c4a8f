"""The chain of paraf: asked for by the office's rules, in their order, by other people than the author, over this text."""

from datetime import timedelta

import pytest

from portal.accounts import verbs as accounts
from portal.acts import Refused
from portal.correspondence import approval_rules, chain, letters, remarks
from portal.correspondence.approval_rules import ApprovalRule
from portal.correspondence.model import Letter
from portal.directory.model import Organisation


@pytest.fixture
def rule(office):
    """Adds a rule; the shipped ones are gone, so that a test says all that holds."""
    with office.site.act() as act:
        act.session.query(ApprovalRule).delete()

    def rule(stage=1, kind="hierarchy", **limits):
        known = {name: [] for name in approval_rules.LISTS} | limits
        with office.site.act() as act:
            act.session.add(ApprovalRule(stage=stage, kind=kind, **known))

    return rule


@pytest.fixture
def hire(office):
    """Hires another reviewer."""

    def hire(login, name, title, unit=None, role="REVIEWER"):
        with office.world.act("admin") as act:
            made = accounts.create_account(
                act, login=login, name=name, email=f"{login}@rujukan.example", office_title=title
            )
            accounts.join(act, made, unit or office.world.office, {role})
            office.world.accounts[login] = made.id

    return hire


def refusals(office, who, step, letter, **answers):
    with pytest.raises(Refused) as refusal:
        office.do(who, step, letter, **answers)
    return " ".join(reason.text("id") for reason in refusal.value.reasons)


def submitted(office, **more):
    letter = office.draft(office.case(), **more)
    office.do("agus", "submit", letter)
    return letter


def turn_of(office, letter):
    with office.site.sessions() as session:
        found = session.get_one(Letter, letter)
        return {person.name for turn in chain.waiting(session, found) for person in turn.people}


def test_the_shipped_rules_name_letters_that_exist():
    with_rules = {
        code for row in approval_rules.vocabulary.rows("approval_rules") for code in row["letter_types"].split(";")
    }
    assert with_rules <= set(letters.letter_types())


def test_without_its_paraf_a_letter_is_not_approved(office):
    letter = submitted(office)
    assert "Belum diparaf: Paraf hierarki" in refusals(office, "rina", "approve", letter)
    office.do("rudi", "initial", letter)
    office.do("rina", "approve", letter)


def test_stages_come_one_after_the_other(office, rule, hire):
    hire("sinta", "Sinta Maharani", "Kepala Seksi")
    rule(1, office_title="Kepala Seksi")
    rule(2, office_title="Kepala Subdirektorat")
    letter = submitted(office)
    assert turn_of(office, letter) == {"Sinta Maharani"}
    assert "Bukan giliran Anda memaraf; ditunggu: Sinta Maharani" in refusals(office, "rudi", "initial", letter)
    office.site.clock.move(hours=2)
    office.do("sinta", "initial", letter)
    assert turn_of(office, letter) == {"Rudi Setiawan"}
    with office.site.sessions() as session:
        [turn] = chain.waiting(session, session.get_one(Letter, letter))
        assert turn.since == office.site.clock.now()
    office.do("rudi", "initial", letter)
    assert turn_of(office, letter) == {"Rina Kusuma"}


def test_a_stage_side_by_side_waits_for_all_of_it_in_any_order(office, rule, hire):
    hire("sinta", "Sinta Maharani", "Kepala Seksi")
    rule(1, office_title="Kepala Seksi")
    rule(1, office_title="Kepala Subdirektorat")
    letter = submitted(office)
    assert turn_of(office, letter) == {"Sinta Maharani", "Rudi Setiawan"}
    office.do("rudi", "initial", letter)
    assert "Kepala Seksi" in refusals(office, "rina", "approve", letter)
    assert "Bukan giliran Anda" in refusals(office, "rudi", "initial", letter)
    office.do("sinta", "initial", letter)
    office.do("rina", "approve", letter)


def test_one_person_does_not_give_two_parafs_in_his_own_name(office, rule):
    rule(1)
    rule(2, office_title="Kepala Subdirektorat")
    letter = submitted(office)
    office.do("rudi", "initial", letter)
    assert "Bukan giliran Anda" in refusals(office, "rudi", "initial", letter)


def test_another_unit_coordinates_and_sees_the_letter_alone(office, rule, hire, enter):
    hire("wati", "Wati Ningsih", "Kepala Seksi", unit=office.world.other_office)
    accounts_of = office.world.accounts
    with office.world.act("admin") as act:
        account = act.session.get_one(accounts.Account, accounts_of["wati"])
        accounts.set_password(act, account, "kereta-senja-di-utara")
        code = act.session.get_one(Organisation, office.world.other_office).unit_code
    rule(1, kind="coordination", unit_code=code)
    letter = office.draft(office.case())
    here = office.address(letter)
    wati, joko = enter("wati"), enter("joko")
    assert wati.get(here + "/", expect_errors=True).status_int == 404
    office.do("agus", "submit", letter)
    assert "Paraf koordinasi: BP3MI Jawa Timur" in refusals(office, "rina", "approve", letter)
    assert wati.get(here + "/").status_int == 200
    assert wati.get(here.rpartition("/")[0] + "/", expect_errors=True).status_int == 404
    assert joko.get(here + "/", expect_errors=True).status_int == 404
    for closed in ("/@edit", "/@history", "/@versions", "/@workflow/revise", "/@workflow/approve"):
        assert wati.get(here + closed, expect_errors=True).status_int in {403, 404}, closed
    form = next(f for f in wati.get(here + "/").forms.values() if "quote" in f.fields)
    form["text"] = "Kami setuju."
    assert "Kami setuju." in form.submit().follow().text
    assert "Kami setuju." in wati.get(here + "/@comments").text
    with office.world.act("agus") as act:
        found = act.session.get_one(Letter, letter)
        [said] = remarks.remarks_on(act.session, found)
        remarks.answer(act, found, said.comment, text="Terima kasih.")
    assert office.letter(letter).title in wati.get("/letters/approvals").text
    office.do("wati", "initial", letter)
    office.do("rina", "approve", letter)


def test_rules_are_chosen_by_type_security_and_addressee(office, rule):
    rule(1, securities=["R", "SR"])
    rule(1, letter_types=["ref_police"], office_title="Kepala Subdirektorat")
    rule(1, stakeholder_types=["MISSION"], kind="coordination", office_title="Koordinator")
    with office.site.sessions() as session:
        letter = session.get_one(Letter, office.draft(office.case()))
        assert [step["office_title"] for step in approval_rules.chain_of(session, letter)] == ["Koordinator"]
        letter.security = "R"
        assert [step["kind"] for step in approval_rules.chain_of(session, letter)] == ["hierarchy", "coordination"]


def test_a_letter_that_nobody_can_initial_is_not_submitted(office, rule):
    rule(1, office_title="Kepala Biro")
    assert "Tidak ada pejabat lain" in refusals(office, "agus", "submit", office.draft(office.case()))


def test_a_reviewer_who_writes_gets_his_paraf_from_another(office):
    with office.world.act("admin") as act:
        account = act.session.get_one(accounts.Account, office.world.accounts["agus"])
        accounts.join(act, account, office.world.office, {"DRAFTER", "REVIEWER"})
    letter = submitted(office)
    assert "Penyusun surat" in refusals(office, "agus", "initial", letter)
    assert turn_of(office, letter) == {"Rudi Setiawan"}


def test_rules_that_change_reach_letters_submitted_afterwards(office, rule):
    letter = submitted(office)
    rule(1)
    office.do("rina", "approve", letter)
    later = submitted(office)
    assert "Belum diparaf" in refusals(office, "rina", "approve", later)


def test_a_paraf_counts_for_the_text_that_was_seen_and_no_other(office):
    letter = submitted(office)
    office.do("rudi", "initial", letter)
    office.do("agus", "amend", letter, enclosures=[office.document(office.address(letter).split("/")[2])])
    office.do("agus", "submit", letter)
    assert "Belum diparaf" in refusals(office, "rina", "approve", letter)
    office.do("rudi", "initial", letter)
    office.do("rina", "approve", letter)
    office.do("tono", "issue", letter)
    found = office.letter(letter)
    with office.site.sessions() as session:
        given = chain.standing(session.get_one(Letter, letter))
        assert [row.content_hash for row in given.values()] == [found.snapshot["content_hash"]]


def test_who_has_waited_longest_is_told_with_the_time(office, enter):
    submitted(office)
    office.site.clock.move(days=2)
    shown = enter("agus").get("/letters/review").html.select_one("tbody time")
    assert shown.text == "2 hari yang lalu"
    assert shown["datetime"] == (office.site.clock.now() - timedelta(days=2)).isoformat()
