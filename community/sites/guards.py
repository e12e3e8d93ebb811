"""Who may open the pages of those who run a site: everyone else is told that nothing is here."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponseBase

from community.sites.requests import Request
from community.sites.viewers import Viewer

P = ParamSpec("P")
View = Callable[Concatenate[Request, P], HttpResponseBase]


def guard(may: Callable[[Viewer], bool]) -> Callable[[View[P]], View[P]]:
    """Let only these viewers in; visitors are asked to log in, members get a 404."""

    def protect(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: Request, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.viewer.is_member:
                return redirect_to_login(request.get_full_path())
            if not may(request.viewer):
                raise Http404("nothing is here for this member")
            return view(request, *args, **kwargs)

        return cast("View[P]", guarded)

    return protect


moderators_only = guard(lambda viewer: viewer.is_moderator)
administrators_only = guard(lambda viewer: viewer.is_administrator)
