"""What is said when something is not there or not allowed."""

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from community.accounts.crossorigin import ask_again, proves_same_origin
from community.articles.queries import moved_to

# Fields that somebody may have written in for an hour.
WORDS = {"body", "reply", "text"}


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Lead old addresses to their article; otherwise say that nothing is here."""
    site = getattr(request, "site", None)
    if site and (article := moved_to(site, request.get_full_path())):
        return HttpResponsePermanentRedirect(article)
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that this is not allowed, and why if that is known."""
    return render(request, "403.html", {"sentence": str(exception)}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form came from elsewhere or is too old; words from our own page come back."""
    if WORDS & request.POST.keys() and proves_same_origin(request) is not False:
        return ask_again(request)
    sentence = _("This form came from another page or is too old. Please open the page again.")
    return render(request, "403.html", {"sentence": sentence}, status=403)
