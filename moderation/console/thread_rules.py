"""What holds under one article or topic instead of the rules of the site."""

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from community.pages.addresses import thread_address
from community.sites.guards import moderators_only
from community.sites.requests import Request
from community.threads.models import Thread
from moderation import policies
from moderation.console.forms import ThreadRulesForm


@require_http_methods(["GET", "HEAD", "POST"])
@moderators_only
def rules(request: Request, pk: int) -> HttpResponse:
    """Let comments here wait more, or less, than elsewhere on the site."""
    threads = Thread.objects.select_related("article", "board")
    thread = get_object_or_404(threads, site=request.site, pk=pk)
    form = ThreadRulesForm(request.POST or None, instance=policies.under(thread))
    status = 200
    if request.method == "POST":
        if form.is_valid() and kept(form, request):
            messages.success(request, _("Saved. This holds for new comments here."))
            return redirect(f"{thread_address(thread)}#comments")
        status = 409 if form.is_outrun else 422
    context = {
        "nav": "moderation",
        "form": form,
        "thread": thread,
        "address": thread_address(thread),
        "policy": policies.current(request.site),
    }
    return render(request, "moderation/thread_rules.html", context, status=status)


def kept(form: ThreadRulesForm, request: Request) -> bool:
    """Whether nobody else was faster; if so, the form says it."""
    try:
        policies.bend(form.instance, seen=form.cleaned_data["seen"] or 0, by=request.user)
    except IntegrityError:
        form.show_outrun(policies.under(form.instance.thread))
        return False
    return True
