from __future__ import annotations

from pyramid.security import NO_PERMISSION_REQUIRED

from portal.content.item import KINDS
from portal.security import SITE_PERMISSIONS

CLOSED = "nobody"
"""The default permission: what a view has that names none."""

OPEN_TO_EVERYBODY = {
    "portal.pages.static.serve": "styles and scripts hold nothing",
    "portal.pages.language.choose": "visitors choose their language too",
    "portal.health.health": "load balancers have no account",
    "portal.accounts.views.entry.": "signing in",
    "portal.accounts.views.links.": "invitations and forgotten passwords",
    "portal.correspondence.verify.": "anybody may check a letter",
    "portal.intake.welcome.": "the front page: doors for everybody, nothing of anybody",
    "portal.desk.door_views.": "who has a letter and its code has no account",
    "portal.intake.report.": "anybody may complain",
    "portal.intake.track.": "the complainant has a number and a PIN, no account",
}
"""The views that ask for no permission, by module or name, with the reason. A new one has to be written here."""

READS, WRITES = {"GET"}, {"POST"}


def views(introspector):
    """Our views: name of the function, its predicates, its permission."""
    for found in introspector.get_category("views"):
        view = found["introspectable"]
        module = getattr(view["callable"], "__module__", "")
        named = [each["value"] for each in found["related"] if each.category_name == "permissions"]
        if module.startswith("portal."):
            yield f"{module}.{view['callable'].__name__}", view, named[0] if named else CLOSED


def answers_errors(view):
    return isinstance(view["context"], type) and issubclass(view["context"], Exception)


def methods(view):
    asked = view["request_methods"] or ()
    return {asked} if isinstance(asked, str) else set(asked)


def test_every_view_names_its_permission(introspector):
    assert [name for name, _view, permission in views(introspector) if permission == CLOSED] == []


def test_every_view_answers_one_method(introspector):
    found = {name: methods(v) for name, v, _p in views(introspector) if not answers_errors(v)}
    assert len(found) > 100
    assert {name: asked for name, asked in found.items() if asked not in (READS, WRITES)} == {}


def test_the_views_that_are_open_to_everybody_are_known(introspector):
    found = {
        name
        for name, view, permission in views(introspector)
        if permission == NO_PERMISSION_REQUIRED and not answers_errors(view)
    }
    assert [name for name in sorted(found) if not name.startswith(tuple(OPEN_TO_EVERYBODY))] == []
    assert [known for known in OPEN_TO_EVERYBODY if not any(name.startswith(known) for name in found)] == []


def test_who_may_see_an_address_is_never_asked_by_its_post_alone(introspector):
    """A page that is closed for reading is not open for writing."""
    by_address = {}
    for _name, view, permission in views(introspector):
        address = (view["route_name"], view["context"], view["name"], view.get("kind"), view["path_info"])
        by_address.setdefault(address, {})[tuple(methods(view))] = permission
    odd = [
        address
        for address, asked in by_address.items()
        if asked.get(("POST",)) == NO_PERMISSION_REQUIRED
        and asked.get(("GET",), NO_PERMISSION_REQUIRED) != NO_PERMISSION_REQUIRED
    ]
    assert odd == []


def test_no_view_lets_a_csrf_token_be_missing(introspector):
    found = [name for name, v, _p in views(introspector) if v["require_csrf"] is False and not answers_errors(v)]
    # They write nothing: the file is hashed and forgotten.
    assert sorted(found) == ["portal.correspondence.verify.compare", "portal.correspondence.verify.recognise"]


def test_every_permission_that_a_view_asks_for_is_somebodys(introspector):
    known = {"signed-in", NO_PERMISSION_REQUIRED, *SITE_PERMISSIONS}
    for kind in KINDS.values():
        known |= {
            p for table in (kind.workflow, *kind.workflow.states) for p, roles in table.permissions.items() if roles
        }
    assert {name: permission for name, _view, permission in views(introspector) if permission not in known} == {}
