"""The forum: boards, topics, one topic with its comments."""

from dataclasses import replace
from typing import Any

from django import forms
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from community.comments import services as comments
from community.comments import words
from community.comments.models import Comment
from community.comments.queries import is_known
from community.comments.screening import Draft, Judged, Refusal, screen
from community.edge.declarations import lives_briefly, public, shows
from community.forum import queries
from community.pages import metadata, submission
from community.pages.empty import initial_of
from community.pages.forms import CommentForm
from community.pages.views.articles import thread_context
from community.pages.views.comments import posted, retry_after
from community.sites.requests import Request
from community.threads import services as threads
from community.threads.models import Board, Thread


class TopicForm(CommentForm):
    """A comment with a title opens a topic."""

    title = forms.CharField(
        label=_("Title"), max_length=200, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    field_order = ["title", "body", "name", "email"]

    def clean_title(self) -> str:
        """One line of words; raises ValidationError with a plain sentence."""
        try:
            return " ".join(words.normalise(self.cleaned_data["title"]).split())
        except words.BadText as error:
            raise forms.ValidationError(str(error)) from error


def board_of(request: Request, slug: str) -> Board:
    """A board of this site; raises Http404 where the forum is off."""
    if not request.site.forum_enabled:
        raise Http404("no forum here")
    return get_object_or_404(Board, site=request.site, slug=slug)


@public()
@require_safe
def boards(request: Request) -> HttpResponse:
    """All boards."""
    lives_briefly(request)
    if not request.site.forum_enabled:
        raise Http404("no forum here")
    context = {
        "boards": queries.boards_of(request.site),
        "most_counted": queries.MOST_COUNTED,
        "nav": "forum",
    }
    return render(request, "forum/boards.html", context)


@public("after")
@require_safe
def board(request: Request, slug: str) -> HttpResponse:
    """The topics of one board."""
    found = board_of(request, slug)
    lives_briefly(request)  # any topic may rise to this page
    cursor = queries.read_cursor(request.GET.get("after", ""))
    page = queries.topics_of(found, cursor)
    shows(request, *page.topics)
    context: dict[str, Any] = {
        "board": found,
        "topics": page.topics,
        "next_url": f"?after={page.next}" if page.next else "",
        "first_url": request.path if cursor else "",
        "nav": "forum",
    }
    context["metadata"] = metadata.of_list(
        request, found.name, next_url=context["next_url"], feed=f"{request.path}feed."
    )
    return render(request, "forum/board.html", context)


@public("sort", "after")
@require_safe
def topic(request: Request, slug: str, pk: int) -> HttpResponse:
    """One topic with its comments. While it waits, only its author and moderators see it."""
    rows = Thread.objects.select_related("board").filter(board=board_of(request, slug))
    thread = get_object_or_404(rows, pk=pk)
    person_id = request.viewer.person_id
    own = person_id is not None and thread.started_by_id == person_id
    if not (thread.listed or own or request.viewer.is_moderator):
        raise Http404("no such topic")
    context = {"board": thread.board, "nav": "forum", **thread_context(request, thread)}
    if thread.listed:
        context["metadata"] = metadata.of_topic(request, thread, context["page"])
    return render(request, "forum/topic.html", context)


@public()
@require_http_methods(["GET", "HEAD", "POST"])
def new_topic(request: Request, slug: str) -> HttpResponse:
    """Open a topic with its first comment."""
    found = board_of(request, slug)
    thread = threads.new_topic(found, title="", starter_name="")
    form = TopicForm(
        request.POST or None,
        site=request.site,
        viewer=request.viewer,
        thread=thread,
        initial=initial_of(request),
    )
    if request.method != "POST":
        return topic_page(request, found, form)
    if not form.is_valid():
        return topic_page(request, found, form, status=422)
    return open_topic(request, found, thread, form)


def open_topic(request: Request, board: Board, thread: Thread, form: TopicForm) -> HttpResponse:
    """Judge the first comment with its title, then store both in one transaction."""
    thread.title = form.cleaned_data["title"]
    draft = replace(submission.draft_of(request, thread, form), title=thread.title)
    try:
        judged = screen(draft)
    except Refusal as refusal:
        form.add_error(None, refusal.sentence)
        return retry_after(topic_page(request, board, form, status=refusal.status), refusal)
    with transaction.atomic():
        comment = store_topic(thread, draft, judged)
        given = form.cleaned_data
        submission.note_wish(comment, given["follow"], given["pace"])
    return posted(request, comment, form)


def store_topic(thread: Thread, draft: Draft, judged: Judged) -> Comment:
    """Save a topic that nobody sees yet, with the comment that opens it."""
    thread.starter_name = draft.name
    thread.save()
    comment = comments.store_judged(draft, judged)
    Thread.objects.filter(pk=thread.pk).update(started_by=comment.person)
    return comment


def topic_page(
    request: Request, board: Board, form: TopicForm, *, status: int = 200
) -> HttpResponse:
    """The form for a new topic."""
    context: dict[str, Any] = {
        "board": board,
        "form": form,
        "nav": "forum",
        "is_known": is_known(request.viewer),
    }
    return render(request, "forum/new.html", context, status=status)
