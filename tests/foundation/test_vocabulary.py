from __future__ import annotations

from sqlalchemy import func, select

from portal import vocabulary
from portal.vocabulary import VOCABULARIES, Term


def terms(site):
    with site.sessions() as session:
        query = select(Term).order_by(Term.vocabulary, Term.code)
        return [(t.id, t.vocabulary, t.code, t.name_id, t.name_en, t.active) for t in session.scalars(query)]


def test_every_vocabulary_has_terms(site):
    with site.sessions() as session:
        counts = dict(session.execute(select(Term.vocabulary, func.count()).group_by(Term.vocabulary)).all())
    assert set(counts) == set(VOCABULARIES)


def test_every_term_has_a_name_in_both_languages(site):
    # Provinces, districts and laws bear their names in every language.
    nameless = [row for row in terms(site) if not row[3].strip() or not row[4].strip()]
    assert [(v, c) for _id, v, c, _n, _e, _a in nameless if v not in {"province", "district", "legal_basis"}] == []


def test_loading_again_changes_nothing(site):
    before = terms(site)
    with site.act() as act:
        assert vocabulary.load(act.session) == 0
    assert terms(site) == before


def test_what_the_office_changed_stays(site):
    with site.act() as act:
        term = act.session.scalar(select(Term).where(Term.vocabulary == "channel", Term.code == "PHONE"))
        term.name_id, term.active, term.position = "Telepon 24 jam", False, 99
        act.session.add(
            Term(vocabulary="channel", code="RADIO", name_id="Radio", name_en="Radio", position=100, extra={})
        )
    before = terms(site)
    with site.act() as act:
        vocabulary.load(act.session)
    assert terms(site) == before


def test_a_term_that_the_office_removed_from_use_is_offered_no_more_and_still_known(site):
    with site.act() as act:
        act.session.scalar(select(Term).where(Term.vocabulary == "channel", Term.code == "PHONE")).active = False
    with site.sessions() as session:
        assert "PHONE" not in dict(vocabulary.choices(session, "channel"))
        assert vocabulary.name(session, "channel", "PHONE").startswith("Telepon")
        assert vocabulary.name(session, "channel", "TELEGRAM") == "TELEGRAM"
        assert vocabulary.name(session, "channel", None) == ""
