"""`/health`: whether the portal can serve, and what is wrong if it can't."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from portal.acts import Site
from portal.jobs import Job

LATE = timedelta(minutes=10)


def state_of(site: Site) -> dict[str, Any]:
    """Each part and whether it works; `ready` only when all that serving needs does."""
    found: dict[str, Any] = {"database": False, "files": False, "jobs_late": None, "jobs_dead": None}
    try:
        with site.sessions(bind=site.readers) as session:
            late = (Job.state == "queued") & (Job.run_at < site.clock.now() - LATE)
            found["jobs_late"] = session.scalar(select(func.count()).select_from(Job).where(late))
            found["jobs_dead"] = session.scalar(select(func.count()).select_from(Job).where(Job.state == "dead"))
            found["database"] = True
    except SQLAlchemyError:
        pass  # the answer says so; nothing else can be done about it here
    found["files"] = os.access(site.settings.data, os.W_OK)
    found["ready"] = bool(found["database"] and found["files"])
    return found


def health(request: Request) -> Response:
    """200 when the portal can serve, 503 when not; nothing that helps a stranger."""
    found = state_of(request.registry["site"])
    return Response(json_body={"ready": found["ready"]}, status=200 if found["ready"] else 503)


def includeme(config: Configurator) -> None:
    """Open to everybody: load balancers have no account."""
    config.add_route("health", "/health")
    config.add_view(health, route_name="health", request_method="GET", permission=NO_PERMISSION_REQUIRED)
