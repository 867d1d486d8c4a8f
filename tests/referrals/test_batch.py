"""Several stakeholders at once, and the office's matrix of all asks."""

import pytest
from sqlalchemy import func, select

from portal.content.item import Item
from portal.correspondence.model import Enclosure, Letter
from portal.directory.model import Organisation
from portal.referrals import verbs
from portal.referrals.batch import Ask, draft_many
from portal.referrals.model import Referral
from tests.consents import giving
from tests.referrals import course


@pytest.fixture
def number(world):
    return world.case()


def asks(act, world, *to, **more):
    return [
        Ask(
            act.session.get_one(Organisation, world.organisations[short]),
            {"letter_type": course.TYPES[short], "ask": "Mohon bantuan."} | more.get(short, {}),
        )
        for short in to
    ]


def test_each_is_asked_with_its_own_enclosures(world, number):
    chronology, ktp = (course.accepted_document(world, number, kind) for kind in ("CHRONOLOGY", "KTP_WORKER"))
    with world.act("dewi") as act:
        own = {"polres": {"enclosures": [chronology, ktp]}, "kbri": {"enclosures": [chronology]}}
        done = draft_many(act, giving.case_of(act, number), asks(act, world, "polres", "kbri", "imigrasi", **own))
        enclosed = [
            set(act.session.scalars(select(Enclosure.document_id).where(Enclosure.letter_id == o.referral.letter_id)))
            for o in done
        ]
    assert enclosed == [{chronology, ktp}, {chronology}, set()]


def test_one_that_is_refused_leaves_nothing_behind_and_hinders_no_other(world, number):
    course.drafted(world, number)
    secret = course.accepted_document(world, number, "MEDICAL_RECORD")
    with world.act("dewi") as act:
        before = act.session.scalar(select(func.count()).select_from(Item))
        own = {"polres": {"enclosures": [secret]}}
        refused, made = draft_many(act, giving.case_of(act, number), asks(act, world, "polres", "kbri", **own))
        said = [reason.text("id") for reason in refused.reasons]
        after = act.session.scalar(select(func.count()).select_from(Item))
    assert refused.referral is None
    assert ("masih berjalan" in said[0], "Melebihi profil penerima" in said[1]) == (True, True)
    assert made.referral.state == "drafted"
    assert after == before + 2  # the other one's referral and letter
    with world.site.sessions() as session:
        kinds = session.scalars(select(Letter.type_code).order_by(Letter.id)).all()
        assert kinds == ["ref_police", "ref_mission"]


def test_the_page_leads_from_the_choice_to_a_result_for_each(world, number, enter):
    paper = course.accepted_document(world, number, "CHRONOLOGY")
    course.drafted(world, number)
    names = {}
    with world.site.sessions() as session:
        for short in ("polres", "kbri", "p3mi"):
            names[short] = session.get_one(Organisation, world.organisations[short]).name
    browser = enter("dewi")
    assert f"/cases/{number}/@refer-many" in browser.get(f"/cases/{number}/@referrals")
    assert "Tandai instansinya" in browser.get(f"/cases/{number}/@refer-many")
    to = "&".join(f"to={name}" for name in names.values())
    page = browser.get(f"/cases/{number}/@refer-many?{to}")
    form = page.forms["form1"]
    for field in form.fields.get("ask"):
        field.value = "Mohon ditindaklanjuti."
    done = form.submit("draft")
    assert done.text.count("Lengkapi suratnya") == 2
    assert "masih berjalan" in done
    assert "tidak dibuat, tidak ada yang tersimpan" in done
    assert paper  # offered, not ticked: nothing goes along by itself
    with world.site.sessions() as session:
        assert session.scalar(select(func.count()).select_from(Referral)) == 3
        assert session.scalars(select(Enclosure)).all() == []


def test_a_form_with_a_gap_comes_back_filled_in(world, number, enter):
    with world.site.sessions() as session:
        to = "&".join(f"to={session.get_one(Organisation, world.organisations[s]).name}" for s in ("polres", "kbri"))
    form = enter("dewi").get(f"/cases/{number}/@refer-many?{to}").forms["form1"]
    form.fields["ask"][0].value = "Mohon diselidiki."
    page = form.submit("draft", expect_errors=True)
    assert page.status_int == 422
    assert "Mohon diselidiki." in page


def test_who_marks_nobody_is_led_back_to_the_choice(world, number, enter):
    browser = enter("dewi")
    sent = {"csrf_token": browser.get(f"/cases/{number}/@contacts").forms["form1"]["csrf_token"].value}
    page = browser.post(f"/cases/{number}/@refer-many?to=L-99999", sent, expect_errors=True)
    assert page.status_int == 422
    assert "Tandai instansinya" in page


def test_the_offices_matrix_shows_state_age_lateness_and_next_step(world, number, enter):
    course.sent(world, number)
    course.drafted(world, number, "kbri")
    world.site.clock.move(days=9)
    page = enter("dewi").get("/@matrix")
    heads = [h.text for h in page.html.select(".matrix thead th")]
    assert heads == ["Kepolisian Negara RI (Bareskrim, Polda, Polres)", "Perwakilan RI (KBRI/KJRI/KRI) dan KDEI Taipei"]
    assert "Polres Indramayu" in page
    assert "9 hari · instansi terlambat" in page
    assert "instansi: nyatakan diterima dan jawab" in page
    assert "kita: lengkapi dan setujui surat" in page


def test_the_matrix_is_filtered_and_shows_each_office_its_own(world, number, enter):
    course.sent(world, number)
    other = course.sent(world, world.case(), "kbri")
    with world.act("kbri") as act:
        verbs.need_info(act, course.referral_of(act, other), info="Paspor?")
    world.site.clock.move(days=9)
    browser = enter("dewi")
    assert "KBRI Kuala Lumpur" not in browser.get("/@matrix?kind=POLICE")
    assert "Polres Indramayu" not in browser.get("/@matrix?late=ours")
    assert "KBRI Kuala Lumpur" not in browser.get("/@matrix?late=theirs")
    assert "Tidak ada rujukan yang cocok" in browser.get("/@matrix?mine=yes")
    assert "Tidak ada rujukan yang cocok" in enter("joko").get("/@matrix")
    assert "Tidak ada rujukan yang cocok" in browser.get("/@matrix?start=40")


def test_two_asks_to_two_offices_of_a_kind_stand_below_each_other(world, number, enter):
    course.sent(world, number)
    course.drafted(world, number, again=True)
    assert len(enter("dewi").get("/@matrix").html.select(".matrix tbody tr")) == 2
