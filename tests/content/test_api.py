from __future__ import annotations

from urllib.parse import quote

import pytest
from sqlalchemy import select, update

from portal.accounts.model import Account
from portal.cases.model import Case
from portal.content import sharing

JSON = {"Accept": "application/json"}
PLACES = ("", "/@workflow", "/@history", "/@comments", "/@versions", "/@sharing")


def read(browser, path, status=200):
    answer = browser.get(path, headers=JSON, expect_errors=True)
    assert answer.status_int == status, answer
    return answer.json


def token(browser, case):
    form = next(f for f in browser.get(f"/cases/{case}/@comments").forms.values() if "csrf_token" in f.fields)
    return form["csrf_token"].value


def send(browser, case, path, body):
    headers = JSON | {"X-CSRF-Token": token(browser, case)}
    return browser.post_json(f"/cases/{case}{path}", body, headers=headers, expect_errors=True)


def test_the_same_address_is_a_page_or_json(enter, case):
    browser = enter("budi")
    assert browser.get(f"/cases/{case}").content_type == "text/html"
    found = read(browser, f"/cases/{case}")
    assert (found["@id"], found["@type"], found["state"]) == (f"/cases/{case}", "case", "registered")
    assert found["narrative"].startswith("Gaji lima bulan")
    assert "pin_hash" not in found
    assert [read(browser, address) for address in found["@components"].values() if "sharing" not in address]


def test_a_browsers_own_wish_for_anything_gets_the_page(enter, case):
    wish = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    assert enter("budi").get(f"/cases/{case}", headers=wish).content_type == "text/html"


def test_transitions_are_told_with_every_reason(enter, case):
    browser = enter("maya")
    offered = {o["name"]: o for o in read(browser, f"/cases/{case}/@workflow")["transitions"]}
    assert offered["triage"] == {
        "@id": f"/cases/{case}/@workflow/triage",
        "name": "triage",
        "title": "Pilah",
        "possible": True,
        "reasons": [],
    }
    assert not offered["close_unreachable"]["possible"]
    assert len(offered["close_unreachable"]["reasons"]) == 2
    assert "close_unreachable" not in {
        o["name"] for o in read(enter("dewi"), f"/cases/{case}/@workflow")["transitions"]
    }


def test_reasons_are_told_in_the_language_of_who_asks(site, enter, case):
    browser = enter("maya")
    said = send(browser, case, "/@workflow/triage", {}).json["reasons"]
    with site.act() as act:
        act.session.execute(update(Account).where(Account.login == "maya").values(language="en"))
    in_english = send(browser, case, "/@workflow/triage", {}).json["reasons"]
    assert [reason["field"] for reason in said] == [reason["field"] for reason in in_english]
    assert said[0]["text"] != in_english[0]["text"]


def test_a_transition_by_json_is_done_or_refused_with_all_reasons(enter, case):
    browser = enter("dewi")
    refused = send(browser, case, "/@workflow/open_requirements", {})
    assert refused.status_int == 422
    assert "reasons" in refused.json
    answers = {"main_category": "UNPAID_WAGES", "urgency": "2", "is_emergency": False}
    done = send(browser, case, "/@workflow/triage", answers)
    assert (done.status_int, done.json["state"]) == (200, "triaged")


def test_a_stale_version_by_json_is_a_conflict(enter, case):
    browser = enter("dewi")
    version = read(browser, f"/cases/{case}")["version"]
    body = {"main_category": "UNPAID_WAGES", "urgency": "2", "version": version + 1}
    assert send(browser, case, "/@workflow/triage", body).status_int == 409
    assert read(browser, f"/cases/{case}")["state"] == "registered"


@pytest.mark.parametrize("body", [[], "teks", 7, None, [{"main_category": 1}]])
def test_json_that_is_no_object_is_refused(enter, case, body):
    browser = enter("dewi")
    for path in ("/@workflow/triage", "/@comments"):
        assert send(browser, case, path, body).status_int in {400, 404, 422}, path


@pytest.mark.parametrize(
    "body",
    [{"text": 7, "audience": ["internal"]}, {"text": {}, "audience": None}, {"audience": "everybody", "text": "x"}],
)
def test_a_comment_of_another_shape_is_no_comment(enter, case, body):
    assert send(enter("dewi"), case, "/@comments", body).status_int in {400, 404, 422}


def test_a_comment_by_json(enter, case):
    browser = enter("dewi")
    made = send(browser, case, "/@comments", {"audience": "internal", "text": "Sudah ditelepon."})
    assert made.status_int == 201
    (comment,) = read(browser, f"/cases/{case}/@comments")["items"]
    assert (comment["text"], comment["by"], comment["audience"]) == ("Sudah ditelepon.", "Dewi Anggraini", "internal")


def test_without_the_token_nothing_is_written(enter, case):
    browser = enter("dewi")
    refused = browser.post_json(f"/cases/{case}/@workflow/triage", {}, headers=JSON, expect_errors=True)
    assert refused.status_int == 400
    assert read(browser, f"/cases/{case}")["state"] == "registered"


@pytest.mark.parametrize("start", ["x", "-1", "²", "٣", "1e3", "9" * 30, "9" * 5000])
def test_a_place_in_a_list_that_is_no_number_of_ours_breaks_nothing(enter, case, start):
    browser = enter("dewi")
    for path in ("/cases?start=", "/@search?q=siti&start=", f"/cases/{case}/@history?before="):
        assert browser.get(path + quote(start), headers=JSON, expect_errors=True).status_int in {200, 400, 414}, path
    for path in ("/@versions/", "/@comments/", "/@sharing/"):
        body = {"csrf_token": token(browser, case)}
        assert browser.post(f"/cases/{case}{path}{quote(start)}", body, expect_errors=True).status_int in {404, 414}, (
            path
        )


def test_history_comments_and_versions_tell_what_happened(enter, case):
    browser = enter("dewi")
    events = [line["event"] for line in read(browser, f"/cases/{case}/@history")["items"]]
    assert events[-1] == "case_registered"
    assert [v["number"] for v in read(browser, f"/cases/{case}/@versions")["items"]] == [1]


def test_sharing_tells_why_somebody_has_access_and_the_coordinator_gives_it(site, world, enter, case):
    browser = enter("maya")
    (grant,) = read(browser, f"/cases/{case}/@sharing")["grants"]
    assert (grant["principal"], grant["role"], grant["cause"]) == (f"unit:{world.office}", "OFFICE", "intake")
    form = next(f for f in browser.get(f"/cases/{case}/@sharing").forms.values() if "principal" in f.fields)
    form["principal"].force_value("Petugas LBH Pantura – LBH Pantura")
    form["cause"].force_value("mandate")
    form["reference"] = "SK-7/2026"
    assert form.submit("give").status_int == 303
    assert enter("obh").get(f"/cases/{case}").status_int == 200
    with site.sessions() as session:
        given = session.scalars(select(sharing.Grant).where(sharing.Grant.cause == "mandate")).one()
    ending = browser.post(f"/cases/{case}/@sharing/{given.id}", {"csrf_token": token(browser, case)})
    assert ending.status_int == 303
    assert enter("obh").get(f"/cases/{case}", expect_errors=True).status_int == 404


def test_the_grant_of_the_intake_is_not_ended_here(site, enter, case):
    with site.sessions() as session:
        number = session.scalars(select(sharing.Grant.id).join(Case, Case.id == sharing.Grant.item_id)).one()
    browser = enter("maya")
    body = {"csrf_token": token(browser, case)}
    assert browser.post(f"/cases/{case}/@sharing/{number}", body, expect_errors=True).status_int == 404


def test_an_operator_sees_the_case_and_does_not_share_it(enter, case):
    browser = enter("budi")
    for place in PLACES:
        read(browser, f"/cases/{case}{place}", 403 if place == "/@sharing" else 200)


@pytest.mark.parametrize("name", ["joko", "polres", "obh", "admin"])
@pytest.mark.parametrize("place", PLACES)
def test_for_another_office_a_partner_and_the_administrator_there_is_no_such_case(enter, case, name, place):
    browser = enter(name)
    for headers in (JSON, {"Accept": "text/html"}):
        answer = browser.get(f"/cases/{case}{place}", headers=headers, expect_errors=True)
        assert answer.status_int == 404
        assert "Siti" not in answer
        assert case not in answer.text.replace(f"/cases/{case}", "")


@pytest.mark.parametrize("place", PLACES)
def test_a_visitor_is_asked_to_sign_in(enter, case, place):
    page = enter().get(f"/cases/{case}{place}")
    assert page.status_int == 303
    assert "/login?came_from=/cases/" in page.location
    assert enter().get(f"/cases/{case}{place}", headers=JSON, status=401).content_type == "application/problem+json"


def test_the_list_of_cases_holds_what_each_may_see(enter, world, case):
    there = world.case("joko", office_id=world.other_office)
    assert [line["name"] for line in read(enter("budi"), "/cases")["items"]] == [case]
    assert [line["name"] for line in read(enter("joko"), "/cases")["items"]] == [there]
    assert read(enter("polres"), "/cases")["items"] == []


def test_the_search_finds_by_words_and_shows_nobodys_secrets(enter, case):
    assert [line["name"] for line in read(enter("budi"), "/@search?q=siti rahayu&kind=case")["items"]] == [case]
    assert read(enter("joko"), "/@search?q=siti rahayu&kind=case")["items"] == []
    assert read(enter("polres"), "/@search?q=siti")["items"] == []
    page = enter("budi").get("/@search?q=siti")
    assert f"/cases/{case}" in page


def test_the_kinds_are_told_with_their_machines(enter):
    kinds = {kind["name"]: kind for kind in read(enter("polres"), "/@types")}
    assert "letter" in kinds["case"]["parts"]
    assert {"triage", "close"} <= {t["name"] for t in kinds["case"]["transitions"]}
