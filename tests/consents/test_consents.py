"""A consent is written down with its proof, covers what it says, and ends; another ground needs two persons."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from portal import jobs
from portal.acts import Refused
from portal.consents import coverage, verbs
from portal.consents.coverage import Basis, Told
from portal.consents.follow import TICK, schedule
from portal.consents.model import Consent, DisclosureProfile
from portal.correspondence.lettermodel import PREFILLS
from portal.correspondence.letters import letter_types
from portal.directory.model import Organisation
from tests.consents import giving
from tests.referrals import course


def recorded(world, number, **more):
    """The state of a consent that Dewi writes down so."""
    with world.act("dewi") as act:
        known = giving.scope(act) | giving.word(act) | more
        return verbs.record(act, giving.case_of(act, number), **known).state


NAME = Told(frozenset({"NAME"}))


@pytest.fixture
def number(world):
    return world.case()


def reasons(refusal):
    return " ".join(reason.text("id") for reason in refusal.value.reasons)


def ground(world, number, to="obh", told=NAME, **later):
    """The ground on which that may be told now, or the reasons against it as one text."""
    world.site.clock.move(**later)
    with world.site.act() as act:
        organisation = act.session.get_one(Organisation, world.organisations[to])
        found = coverage.basis(act, giving.case_of(act, number).id, organisation, told)
        return found.ground if isinstance(found, Basis) else " ".join(r.text("id") for r in found)


def test_nobody_who_needs_consent_is_told_anything_without_it(world, number):
    assert "Belum ada persetujuan" in ground(world, number)
    giving.agreed(world, number)
    assert ground(world, number) == "consent"


def test_the_police_are_told_on_the_office_s_own_ground(world, number):
    assert ground(world, number, "polres") == "legal_duty"


def test_a_consent_covers_its_recipients_only(world, number):
    giving.agreed(world, number, "HOSPITAL")
    assert "LBH Pantura" in ground(world, number)
    giving.agreed(world, number, recipient_types=[], organisation_id=world.organisations["obh"])
    assert ground(world, number) == "consent"


def test_what_a_consent_does_not_cover_is_named(world, number):
    giving.agreed(world, number, data=["NAME"], documents=[])
    found = ground(world, number, told=Told(frozenset({"NAME", "NIK"}), frozenset({"KTP_WORKER"})))
    assert "Nomor Induk Kependudukan (NIK), KTP CPMI/PMI" in found


def test_a_consent_without_proof_is_refused_with_every_reason(world, number):
    wrong = {"call_note": "", "language": "xx", "given_on": date(2026, 3, 9), "data": [], "documents": []}
    with pytest.raises(Refused) as refusal:
        recorded(world, number, purpose="", **wrong)
    said = {reason.field for reason in refusal.value.reasons}
    assert said == {"document_id", "language", "given_on", "data", "purpose"}


def test_who_speaks_for_another_shows_a_paper_of_this_case(world, number):
    other = course.accepted_document(world, world.case(), "POWER_OF_ATTORNEY")
    paper = course.accepted_document(world, number, "POWER_OF_ATTORNEY")
    for document_id in (None, other):
        with pytest.raises(Refused):
            recorded(world, number, given_by="mandate", document_id=document_id)
    assert recorded(world, number, given_by="mandate", document_id=paper) == "in_force"


def test_a_withdrawn_consent_covers_nothing_and_the_reason_says_since_when(world, number):
    consent_id = giving.agreed(world, number)
    assert giving.withdrawn(world, consent_id) == "settled"  # nothing had gone out on it
    assert "consent-1 dicabut pada 2 Maret 2026." in ground(world, number)


def test_a_consent_holds_to_the_end_of_its_last_day_whatever_the_daily_work_did(world, number):
    consent_id = giving.agreed(world, number, valid_until=date(2026, 3, 4))
    assert ground(world, number, days=2) == "consent"
    assert "hanya berlaku sampai 4 Maret 2026" in ground(world, number, days=1)
    with world.site.act() as act:
        schedule(act)
    jobs.run_all(world.site, names={TICK})
    with world.site.sessions() as session:
        assert session.get_one(Consent, consent_id).state == "settled"


def test_another_ground_holds_only_after_a_second_person_agreed(world, number):
    consent_id = giving.proposed(world, number)
    assert "consent-1 masih menunggu orang kedua." in ground(world, number)
    assert giving.do(world, "maya", verbs.confirm, consent_id) == "in_force"
    assert ground(world, number) == "vital_interest"


def test_nobody_confirms_what_he_or_she_proposed(world, number):
    consent_id = giving.proposed(world, number, by="maya")
    for verb, more in ((verbs.confirm, {}), (verbs.refuse, {"note": "Tidak."})):
        with pytest.raises(Refused) as refusal:
            giving.do(world, "maya", verb, consent_id, **more)
        assert "orang kedua" in reasons(refusal)
    assert giving.do(world, "rina", verbs.refuse, consent_id, note="Dapat dihubungi.") == "refused"
    assert "consent-1 tidak disetujui." in ground(world, number)


def test_nor_does_anybody_in_the_proposer_s_name(world, number):
    consent_id = giving.proposed(world, number, by="maya")
    with world.act("rina") as act:
        substitute = replace(act, on_behalf_id=world.accounts["maya"])
        with pytest.raises(Refused):
            verbs.confirm(substitute, act.session.get_one(Consent, consent_id))


def test_consent_itself_is_no_other_ground(world, number):
    with pytest.raises(Refused):
        giving.proposed(world, number, ground="consent")


def test_every_kind_of_personal_data_in_a_letter_is_in_the_vocabulary():
    known = coverage.data_of_sources()
    assert set(known) <= PREFILLS
    of_people = {s for s in PREFILLS if s.startswith(("worker.", "complainant.", "placement."))}
    assert of_people <= set(known)


def test_the_profiles_let_each_letter_be_written_to_its_addressees(world):
    """But for the invitation to mediation: the agency learns who complained only for a reason."""
    lacking = set()
    with world.site.sessions() as session:
        for type_ in letter_types().values():
            needed = {coverage.data_of_sources().get(f.source, "") for f in type_.fields if f.required} - {""}
            for kind in set(type_.addressees) - {"*", "COMPLAINANT"}:
                if needed - coverage.allowed(session, kind).data:
                    lacking.add((type_.code, kind))
        kinds = set(session.scalars(select(DisclosureProfile.stakeholder_type)))
    assert lacking == {("invite_mediation", "P3MI")}
    assert kinds == {row["type"] for row in coverage.vocabulary.rows("stakeholders")} - {"COMPLAINANT"}


def test_a_kind_without_a_profile_gets_nothing_without_consent(world, number):
    with world.site.act() as act:
        act.session.delete(coverage.profile(act.session, "POLICE"))
    assert "Belum ada persetujuan" in ground(world, number, "polres")
