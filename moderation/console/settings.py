"""The page on which administrators set rules and name people."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from community.accounts.models import User
from community.comments.models import Comment
from community.sites.guards import administrators_only, moderators_only
from community.sites.models import Membership, Role, Site
from community.sites.requests import Request
from community.threads.models import Board
from moderation import policies, sanctions, simulations
from moderation.appeals import terms_of
from moderation.console import people
from moderation.console.acts import back
from moderation.console.forms import (
    AppealsForm,
    BoardForm,
    LookForm,
    MoreForm,
    PersonForm,
    RulesForm,
    SiteForm,
)
from moderation.console.held import waits_for_word
from moderation.models import Sanction, Simulation


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def settings_page(request: Request) -> HttpResponse:
    """Rules, closing, forum; each with a default nobody needs to touch."""
    rules = policies.current(request.site)
    data = request.POST or None
    # Forms change their instance while they are checked; the page around must not show that.
    site = Site.objects.get(pk=request.site.pk)
    rules_form = RulesForm(data, instance=rules)
    if request.method != "POST" and (tried := tried_in(request)):
        rules_form = RulesForm(instance=tried.policy)
        rules_form.initial["seen"] = tried.seen
    bound: dict[str, forms.BaseModelForm[Any]] = {
        "rules_form": rules_form,
        "site_form": SiteForm(data, instance=site),
        "look_form": LookForm(data, instance=site),
        "appeals_form": AppealsForm(data, instance=terms_of(site)),
        "more_form": MoreForm(data, instance=site),
    }
    if request.method != "POST":
        return page(request, bound)
    valid = [
        form.is_valid() for form in bound.values()
    ]  # all of them, so that each says its errors
    if not all(valid):
        return page(request, bound, status=422)
    if "try" in request.POST:
        seen = rules_form.cleaned_data["seen"] or 0
        started = simulations.start(rules_form.instance, seen=seen, by=request.user)
        return redirect("moderation-try", started.pk)
    try:
        keep(rules_form, by=request.user)
    except policies.Changed as newer:
        rules_form.show_newer(newer.now)
        return page(request, bound, status=409)
    save([form for form in bound.values() if form is not rules_form])
    messages.success(request, _("Saved. The rules hold from now on."))
    return redirect("moderation-settings")


def tried_in(request: Request) -> Simulation | None:
    """The simulation from which somebody comes back to editing."""
    given = request.GET.get("tried", "")
    if not given.isdecimal() or len(given) > 15:
        return None
    rows = Simulation.objects.select_related("policy")
    return rows.filter(site=request.site, pk=given).first()


def keep(form: RulesForm, *, by: User) -> None:
    """Make changed rules a new version of the policy; raises Changed."""
    if set(form.changed_data) - {"seen"}:
        policies.save(form.instance, seen=form.cleaned_data["seen"] or 0, by=by)


def save(settled: Iterable["forms.BaseModelForm[Any]"]) -> None:
    """Keep what was set; with its site, every public page is new."""
    for form in settled:
        form.save()


def page(
    request: Request, bound: Mapping[str, forms.BaseForm], *, status: int = 200
) -> HttpResponse:
    """The whole page, with people, boards and blocked authors below the rules."""
    context = {
        "nav": "moderation",
        "members": Membership.objects.filter(site=request.site).select_related("user"),
        "person_form": PersonForm(prefix="person"),
        "boards": Board.objects.filter(site=request.site),
        "board_form": BoardForm(prefix="board"),
        "sanctions": in_force_on(request.site)[:100],
        "holds_e_mails": waits_for_word(request.site),
        **bound,
    }
    return render(request, "moderation/settings.html", context, status=status)


def in_force_on(site: Site) -> QuerySet[Sanction]:
    """What holds on this site now, the newest first."""
    rows = Sanction.objects.in_force().filter(site=site)
    return rows.select_related("person").order_by("-pk")


def page_with(request: Request, name: str, form: forms.BaseForm) -> HttpResponse:
    """The page with one of its small forms and what is wrong with it."""
    rules = policies.current(request.site)
    site = request.site
    bound: dict[str, forms.BaseForm] = {
        "rules_form": RulesForm(instance=rules),
        "site_form": SiteForm(instance=site),
        "look_form": LookForm(instance=site),
        "appeals_form": AppealsForm(instance=terms_of(site)),
        "more_form": MoreForm(instance=site),
        name: form,
    }
    return page(request, bound, status=422)


@require_POST
@administrators_only
def add_person(request: Request) -> HttpResponse:
    """Name a moderator or administrator."""
    form = PersonForm(request.POST, prefix="person")
    if not form.is_valid():
        return page_with(request, "person_form", form)
    given = form.cleaned_data
    people.invite(
        request.site,
        name=given["name"],
        address=given["email"],
        role=Role(given["role"]),
        by=request.user,
    )
    messages.success(request, _("Done. They get an e-mail that says how to log in."))
    return redirect("moderation-settings")


@require_POST
@administrators_only
def dismiss_person(request: Request, pk: int) -> HttpResponse:
    """Take a role away."""
    membership = get_object_or_404(Membership, site=request.site, pk=pk)
    try:
        people.dismiss(membership)
    except people.LastAdministrator:
        messages.error(request, _("A site needs at least one administrator."))
    return redirect("moderation-settings")


@require_POST
@administrators_only
def add_board(request: Request) -> HttpResponse:
    """Put up a new board in the forum."""
    form = BoardForm(request.POST, prefix="board")
    if not form.is_valid():
        return page_with(request, "board_form", form)
    board = form.save(commit=False)
    board.site = request.site
    board.slug = free_slug(request.site, board.name)
    board.position = Board.objects.filter(site=request.site).count() + 1
    board.save()
    Site.objects.filter(pk=request.site.pk).renew(removal=False)
    return redirect("moderation-settings")


def free_slug(site: Site, name: str) -> str:
    """An address for a board that no other board of the site has."""
    wanted = slugify(name)[:60] or "board"
    taken = set(Board.objects.filter(site=site).values_list("slug", flat=True))
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (wanted, *numbered) if slug not in taken)


@require_POST
@moderators_only
def unblock(request: Request, pk: int) -> HttpResponse:
    """Let the author of this comment write again."""
    comments = Comment.objects.select_related("person__contact")
    person = get_object_or_404(comments, site=request.site, pk=pk).person
    if person is not None:
        for sanction in sanctions.stopping(person, request.site):
            sanctions.lift(sanction, request.user)
    return redirect(back(request))


@require_POST
@moderators_only
def alerts(request: Request) -> HttpResponse:
    """Switch one's own e-mails about waiting comments on or off."""
    mine = Membership.objects.filter(site=request.site, user=request.user)
    mine.update(wants_alerts=request.POST.get("alerts") == "on")
    return redirect(back(request))
