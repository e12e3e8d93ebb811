"""What the demo bar shows."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from community.demo.middleware import AS_OTHERS, PLAIN
from community.sites.models import Role
from community.sites.viewers import ANYONE, Viewer


def bar(request: HttpRequest) -> dict[str, Any]:
    """Who one is and can be, which switches are on, and the page to come back to."""
    viewer: Viewer = getattr(request, "viewer", ANYONE)
    return {
        "demo_roles": [
            {"key": key, "name": name, "is_current": key == role_of(viewer)}
            for key, name in names().items()
        ],
        "as_others": bool(request.COOKIES.get(AS_OTHERS)),
        "plain": bool(request.COOKIES.get(PLAIN)),
        "demo_back": request.get_full_path() if request.method in ("GET", "HEAD") else "/",
    }


def names() -> dict[str, str]:
    """Everybody one can be."""
    return {
        "visitor": _("Visitor"),
        "reader": _("Reader"),
        "moderator": _("Moderator"),
        "administrator": _("Administrator"),
    }


def role_of(viewer: Viewer) -> str:
    """Which of them somebody is. A guest is a visitor who has spoken."""
    if viewer.is_administrator:
        return Role.ADMINISTRATOR
    if viewer.is_moderator:
        return Role.MODERATOR
    return "reader" if viewer.is_member else "visitor"
