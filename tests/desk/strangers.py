"""Somebody who has the letter and no account: what it prints, and how one knocks."""

from __future__ import annotations

from typing import Any

from webtest import TestResponse

from portal.correspondence.model import Letter
from tests.referrals import course
from tests.visiting import Browser
from tests.world import World

PERSON = {"name": "Ipda Rahmat", "office": "Kanit PPA"}


def printed(world: World, referral_id: int) -> tuple[str, str]:
    """Path and code as the referral's letter shows them."""
    with world.site.act() as act:
        letter = act.session.get_one(Letter, course.referral_of(act, referral_id).letter_id)
        reply = letter.snapshot["page"]["reply"]
        return f"/answer/{reply['url'].rpartition('/')[2]}/", reply["code"]


def knock(browser: Browser, path: str, code: str) -> TestResponse:
    """What comes after the code was given at that door."""
    form = browser.get(path).forms["form1"]
    for name, value in (PERSON | {"code": code}).items():
        form[name] = value
    return form.submit("open", expect_errors=True)


def submit(page: TestResponse, **answers: Any) -> TestResponse:
    """What comes after an answer was sent."""
    form = page.forms["form1"]
    for name, value in answers.items():
        form[name] = value
    return form.submit("do", expect_errors=True)


def as_staff(world: World, verb: Any, referral_id: int, **told: Any) -> Any:
    """What the case's officer does with the referral."""
    with world.act("dewi") as act:
        return verb(act, course.referral_of(act, referral_id), **told)
