"""The pages of settings: all of them, and one with an example and its earlier values. They ask the second factor."""

from __future__ import annotations

from html import escape
from typing import Any
from urllib.parse import quote

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from portal import registry
from portal.accounts.assurance import lacks_assurance
from portal.accounts.views import refuse
from portal.acts import Conflict, Refused
from portal.forms import Form, ValidationFailure
from portal.i18n import _
from portal.journal import Entry
from portal.pages import Fact
from portal.panel.control import forms, verbs
from portal.panel.control.changes import overtaken, told
from portal.panel.control.places import SettingPlace, Settings, trail

HERE = "/control/settings"
PERMISSION = "control:edit"
LONGEST = 500
LIST, ONE = "panel/control/settings.pt", "panel/control/setting.pt"


@view_config(context=Settings, request_method="GET", permission=PERMISSION, renderer=LIST)
def show_settings(request: Request) -> dict[str, Any]:
    """What holds now, setting by setting."""
    facts = [
        Fact(s.title, _words(request, s, registry.value(request.db, s.key)), change=f"{HERE}/{s.key}")
        for s in registry.SETTINGS.values()
    ]
    return {"title": _("Setelan"), "trail": trail(), "facts": facts}


def _words(request: Request, setting: registry.Setting, now: Any) -> Any:
    if setting.kind == "text" and setting.example:
        return setting.example(request.db, now) or None  # a long text is told by what it leads to
    return setting.choices.get(now, now) or None


@view_config(context=SettingPlace, request_method="GET", permission=PERMISSION, renderer=ONE)
def show_setting(request: Request) -> Any:
    """One setting: its form, what it leads to, its earlier values."""
    now = registry.value(request.db, request.context.setting.key)
    return _step_up(request) or _page(request, forms.deciding(request, request.context.setting), now)


def _step_up(request: Request) -> HTTPSeeOther | None:
    if not lacks_assurance(request):
        return None
    return HTTPSeeOther(f"/account/confirm?came_from={quote(f'{HERE}/{request.context.__name__}')}")


def _page(request: Request, asked: Form, tried: Any) -> dict[str, Any]:
    setting = request.context.setting
    return {
        "title": setting.title,
        "trail": trail((_("Setelan"), HERE)),
        "form": asked,
        "example": setting.example(request.db, tried or "") if setting.example else None,
        "here": f"{HERE}/{setting.key}",
        "seen": registry.fingerprint(registry.value(request.db, setting.key)),
        "earlier": told(request, _lines(request), asked.schema.children),
    }


def _lines(request: Request) -> list[Entry]:
    return verbs.earlier(request.db, f"setting/{request.context.setting.key}")


@view_config(context=SettingPlace, name="example", request_method="GET", permission=PERMISSION)
def show_example(request: Request) -> Response:
    """What a value would lead to, or the reasons against it: asked for while somebody types."""
    setting, tried = request.context.setting, request.GET.get("value", "")[:LONGEST]
    if setting.example is None:
        raise HTTPNotFound
    reasons = [reason.text(request.locale_name) for reason in setting.check(tried)]
    return Response(
        escape(" ".join(reasons) or setting.example(request.db, tried)), content_type="text/html", charset="utf-8"
    )


@view_config(context=SettingPlace, request_method="POST", permission=PERMISSION, renderer=ONE)
def change(request: Request) -> Any:
    """Decide, or only see what a value would lead to."""
    if asks := _step_up(request):
        return asks
    setting = request.context.setting
    asked = forms.deciding(request, setting)
    new: Any = None
    try:
        given = asked.validate(request.POST.items())
        new = given["value"]
        if "try" in request.POST:
            return _tried(request, asked, new)
        is_different = registry.change(request.act, setting, new, seen=given["seen"])
    except ValidationFailure:
        request.response.status_int = 422
        return _page(request, asked, new)
    except Conflict:
        return _overtaken(request, asked, new)
    except Refused as refusal:
        _beside(request, asked, refusal)
        return _page(request, asked, new)
    request.session.flash(_("Perubahan disimpan.") if is_different else _("Tidak ada yang berubah."))
    return HTTPSeeOther(f"{HERE}/{setting.key}")


def _tried(request: Request, asked: Form, new: Any) -> dict[str, Any]:
    reasons = list(request.context.setting.check(new))
    if reasons:
        _beside(request, asked, Refused(reasons))
    return _page(request, asked, new)


def _beside(request: Request, asked: Form, refusal: Refused) -> None:
    asked.set_appstruct({"value": request.POST["value"], "seen": request.POST["seen"]})
    refuse(request, asked, [registry.Reason(r.message, field="value") for r in refusal.reasons])


def _overtaken(request: Request, asked: Form, mine: Any) -> Response:
    here = f"{HERE}/{request.context.setting.key}"
    return overtaken(request, _lines(request), asked.schema.children, {"value": mine}, here)


@view_config(context=SettingPlace, name="bring-back", request_method="POST", permission=PERMISSION)
def bring_back(request: Request) -> Any:
    """Decide again as before a change."""
    if asks := _step_up(request):
        return asks
    setting, wanted = request.context.setting, request.POST.get("line", "")
    line = next((line for line in _lines(request) if str(line.seq) == wanted), None)
    if line is None:
        raise HTTPNotFound
    old = line.data["old"]["value"]
    try:
        registry.change(request.act, setting, old, seen=request.POST.get("seen", ""))
    except Conflict:
        return _overtaken(request, forms.deciding(request, setting), old)
    except Refused as refusal:
        for reason in refusal.reasons:
            request.session.flash(reason.message, "warning")
    else:
        request.session.flash(_("Nilai sebelumnya dikembalikan."))
    return HTTPSeeOther(f"{HERE}/{setting.key}")
