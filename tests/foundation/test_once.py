from __future__ import annotations

from sqlalchemy import func, select
from webtest import Upload

from portal.content.item import Item
from portal.once import FormKey
from tests.foundation.conftest import at_once

FACTS = {
    "channel": "PHONE",
    "complainant_type": "FAMILY",
    "main_category": "UNPAID_WAGES",
    "narrative": "Gaji tidak dibayar sejak Januari.",
}


def complaint(browser, **changes):
    """The filled-in form of the intake page, as the list of what it sends."""
    form = next(f for f in browser.get("/intake").forms.values() if "once" in f.fields)
    for name, value in (FACTS | changes).items():
        form[name] = value
    return form.submit_fields("register")


def send(browser, fields):
    return browser.post("/intake", fields, expect_errors=True)


def count(site, kind="case"):
    with site.sessions() as session:
        return session.scalar(select(func.count()).where(Item.kind == kind))


def test_a_form_posted_twice_is_done_once_and_leads_to_the_same_place(site, enter):
    browser = enter("budi")
    fields = complaint(browser)
    first, second = send(browser, fields), send(browser, fields)
    assert (first.status_int, second.status_int) == (303, 303)
    assert first.location == second.location
    assert count(site) == 1


def test_a_double_click_is_done_once_also_when_both_arrive_together(site, enter):
    browser = enter("budi")
    fields = complaint(browser)
    browsers = [enter() for _each in range(6)]
    for other in browsers:
        other.cookiejar = browser.cookiejar
    answers = at_once(6, lambda number: send(browsers[number], fields))
    assert {a.status_int for a in answers} == {303}
    assert len({a.location for a in answers}) == 1
    assert count(site) == 1


def test_two_forms_are_two_things(site, enter):
    browser = enter("budi")
    for _each in range(2):
        assert send(browser, complaint(browser)).status_int == 303
    assert count(site) == 2


def test_another_content_under_the_same_key_is_refused(site, enter):
    browser = enter("budi")
    fields = complaint(browser)
    send(browser, fields)
    changed = [(k, "Cerita lain." if k == "narrative" else v) for k, v in fields]
    assert send(browser, changed).status_int == 422
    assert count(site) == 1


def test_another_persons_key_opens_nothing(site, enter):
    first, other = enter("budi"), enter("sari")
    fields = complaint(first)
    assert send(first, fields).status_int == 303
    own = [(k, dict(complaint(other))["csrf_token"] if k == "csrf_token" else v) for k, v in fields]
    answer = send(other, own)
    assert (answer.status_int, answer.location) == (422, None)


def test_a_form_with_mistakes_frees_its_key(site, enter):
    browser = enter("budi")
    fields = complaint(browser, narrative="")
    assert send(browser, fields).status_int == 422
    mended = [(k, "Sekarang diisi." if k == "narrative" else v) for k, v in fields]
    assert send(browser, mended).status_int == 303
    assert count(site) == 1


def test_an_empty_key_is_none(site, enter):
    browser = enter("budi")
    for _each in range(2):
        fields = [(k, "" if k == "once" else v) for k, v in complaint(browser)]
        assert send(browser, fields).status_int == 303
    assert count(site) == 2
    with site.sessions() as session:
        assert session.scalar(select(func.count()).select_from(FormKey)) == 0


def test_another_file_of_the_same_name_under_the_same_key_is_refused(site, world, enter):
    browser = enter("dewi")
    page = browser.get(f"/cases/{world.case()}/@upload")
    form = next(f for f in page.forms.values() if "once" in f.fields)
    field = next(name for name, found in form.fields.items() if found[0].attrs.get("type") == "file")
    form["document_type"].force_value("CHRONOLOGY")
    statuses = []
    for content in (b"isi berkas 1", b"isi berkas 1", b"isi berkas X"):
        fields = [(k, Upload("bukti.txt", content) if k == field else v) for k, v in form.submit_fields()]
        statuses.append(browser.post(page.request.path, fields, expect_errors=True).status_int)
    assert statuses == [303, 303, 422]
    assert count(site, "document") == 1


def test_a_double_click_on_an_upload_keeps_the_file_once_though_it_is_examined_outside_the_transaction(
    site, world, enter
):
    browser = enter("dewi")
    page = browser.get(f"/cases/{world.case()}/@upload")
    form = next(f for f in page.forms.values() if "once" in f.fields)
    field = next(name for name, found in form.fields.items() if found[0].attrs.get("type") == "file")
    form["document_type"].force_value("CHRONOLOGY")
    fields = [(k, Upload("bukti.txt", b"isi berkas") if k == field else v) for k, v in form.submit_fields()]
    browsers = [enter() for _each in range(4)]
    for other in browsers:
        other.cookiejar = browser.cookiejar
    answers = at_once(4, lambda number: browsers[number].post(page.request.path, fields, expect_errors=True))
    assert {a.status_int for a in answers} == {303}
    assert count(site, "document") == 1
