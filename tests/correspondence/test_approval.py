"""Approval: by another than the author, by the named signer, of exactly this content."""

import pytest
from sqlalchemy import select

from portal.acts import Refused
from portal.cases.model import Case
from portal.content import comments
from portal.correspondence import chain, letters
from portal.correspondence.model import Letter
from portal.requirements import verbs as requirements


def refusals(office, who, step, letter, **answers):
    with pytest.raises(Refused) as refusal:
        office.do(who, step, letter, **answers)
    return " ".join(reason.text("id") for reason in refusal.value.reasons)


def test_a_draft_is_filled_from_the_case_and_says_what_is_missing(office):
    letter = office.letter(office.draft(office.case(city=""), fields={"requests": []}))
    assert letters.missing(letter) == ["city", "requests"]
    assert letter.fields["worker_name"] == "Siti Rahayu"
    assert letter.fields["p3mi"] == "PT Citra Bahari Mandiri"
    assert '<mark class="missing">requests</mark>' in letters.body_html(letter)
    assert letter.signer["name"] == "Rina Kusuma"


def test_a_letter_with_gaps_is_not_submitted_and_every_gap_is_named(office):
    letter = office.draft(office.case(city=""), fields={"requests": []})
    told = refusals(office, "agus", "submit", letter)
    assert "“Kota” belum terisi" in told
    assert "“Permintaan” belum terisi" in told


def test_the_author_neither_initials_nor_approves(office):
    letter = office.draft(office.case())
    office.do("agus", "submit", letter)
    for step in ("initial", "approve"):
        assert "Penyusun surat" in refusals(office, "agus", step, letter)


def test_only_the_named_signer_approves(office):
    letter = office.initialled()
    assert "ditandatangani oleh Rina Kusuma" in refusals(office, "dewi", "approve", letter)
    office.do("rina", "approve", letter)
    assert office.letter(letter).state == "approved"


CHANGES = {
    "a field": {"fields": {"requests": ["mendampingi PMI"]}},
    "the wording": {"body": "<p>Lain ${worker_name}.</p>"},
    "the subject": {"subject": "Hal lain"},
    "the addressees": {"to": []},
    "a copy": {"cc": ["Kepala Badan"]},
    "the speed": {"speed": "biasa"},
    "the security": {"security": "R"},
    "the signer's line": {"prefix_lines": ["a.n. Kepala Badan"]},
    "the time to answer": {"reply_days": 3},
}


@pytest.mark.parametrize("stage", ["in_review", "approved"])
def test_any_change_after_submission_voids_everything(office, stage):
    case = office.case()
    for what, change in CHANGES.items():
        letter = office.initialled(case=case)
        if stage == "approved":
            office.do("rina", "approve", letter)
        office.do("agus", "amend", letter, **change)
        with office.site.sessions() as session:
            found = session.get_one(Letter, letter)
            assert found.state == "draft", what
            assert letters.last_decision(found, "approved") is None, what
            assert chain.standing(found) == {}, what
            assert found.decisions[-1].decision == "voided_by_change", what


def test_saving_without_a_change_keeps_the_approval(office):
    letter = office.approved()
    body = office.letter(letter).body
    office.do("agus", "amend", letter, body=body, cc=[], fields={})
    assert office.letter(letter).state == "approved"


def test_a_byte_changed_behind_our_back_stops_approval_and_issue(office):
    case = office.case()
    reviewed, approved = office.initialled(case=case), office.approved(case=case)
    with office.site.act() as act:
        for letter in (reviewed, approved):
            act.session.get_one(Letter, letter).body += " "
    assert "berubah sejak diajukan" in refusals(office, "rina", "approve", reviewed)
    assert "berubah sejak disetujui" in refusals(office, "tono", "issue", approved)


def test_an_open_remark_stops_the_approval(office):
    letter = office.initialled()
    with office.world.act("rudi") as act:
        found = act.session.get_one(Letter, letter)
        remark = comments.add(act, found, "Alinea kedua terlalu panjang.", comments.INTERNAL)
    assert "1 komentar" in refusals(office, "rina", "approve", letter)
    with office.world.act("agus") as act:
        comments.settle(act, act.session.get_one(Letter, letter), act.session.merge(remark))
    office.do("rina", "approve", letter)


def test_a_required_document_stops_the_approval_but_not_in_an_emergency(office):
    calm, urgent = office.case(), office.case(is_emergency=True, emergency_action="Menelepon KBRI.")
    told = {}
    for case in (calm, urgent):
        with office.world.act("dewi") as act:
            requirements.open_for(act, act.session.scalar(select(Case).where(Case.name == case)))
        letter = office.initialled(case=case)
        try:
            office.do("rina", "approve", letter)
        except Refused as refusal:
            told[case] = [reason.text("id") for reason in refusal.reasons]
    assert any("Kronologi" in line for line in told[calm])
    assert urgent not in told


def test_an_enclosure_must_be_an_accepted_document_of_the_same_case(office):
    mine, other = office.case(), office.case()
    foreign = office.document(other)
    with pytest.raises(Refused):
        office.draft(mine, enclosures=[foreign])
    own = office.document(mine)
    letter = office.letter(office.draft(mine, enclosures=[own]))
    assert [e.title for e in letter.enclosures] == ["Kronologi permasalahan"]


def test_a_letter_goes_only_to_those_its_type_is_for(office):
    with pytest.raises(Refused):
        office.draft(office.case(), to="polres")


def test_an_outdated_answer_date_is_noticed(office):
    letter = office.initialled()
    office.site.clock.move(days=60)
    assert "sudah lewat" in refusals(office, "rina", "approve", letter)


def test_a_returned_letter_says_why_and_comes_back(office):
    letter = office.draft(office.case())
    office.do("agus", "submit", letter)
    office.do("rina", "give_back", letter, note="Ringkas kronologinya.")
    assert office.letter(letter).state == "draft"
    office.do("agus", "submit", letter)
    office.do("rudi", "initial", letter)
    office.do("rina", "approve", letter)


def test_a_stale_version_is_refused(office):
    letter = office.draft(office.case())
    version = office.letter(letter).version
    office.do("agus", "amend", letter, version=version, cc=["Kepala Badan"])
    assert "sudah diubah orang lain" in refusals(office, "agus", "amend", letter, version=version, cc=[])


def test_wording_that_reaches_for_more_than_fields_goes_nowhere(office):
    case = office.case()
    for body in ("<p>${worker_name.__class__}</p>", "<p>${unknown}</p>", "<p>${worker_name</p>"):
        refusals(office, "agus", "submit", office.draft(case, body=body))


def test_hostile_wording_and_values_become_harmless_text(office):
    letter = office.letter(
        office.draft(
            office.case(),
            body='<p onclick="x()">${worker_name}<script>alert(1)</script><img src=x onerror=y></p>',
            fields={"worker_name": "<b>${nik}</b> {{7*7}}"},
        )
    )
    assert letters.body_html(letter) == "<p>&lt;b&gt;${nik}&lt;/b&gt; {{7*7}}</p>"
