"""What everyone may see, and where to go back to."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.http import url_has_allowed_host_and_scheme

from community.articles.models import Article
from community.comments.models import Comment
from community.sites.requests import Request
from community.threads.models import Thread


def visible_comment(request: Request, pk: int) -> Comment:
    """A public comment of this site, or 404."""
    comments = Comment.objects.published().filter(site=request.site)
    comment = get_object_or_404(comments.select_related("thread", "person__contact"), pk=pk)
    visible_thread(request, comment.thread_id)
    return comment


def visible_thread(request: Request, pk: int) -> Thread:
    """A thread of this site that everyone may see, or 404."""
    threads = Thread.objects.listed().filter(site=request.site)
    thread = get_object_or_404(threads, pk=pk)
    if thread.article_id and not Article.objects.public().filter(pk=thread.article_id).exists():
        raise Http404
    return thread


def next_of(request: Request) -> str:
    """The page of ours to go back to, if the form names one."""
    given = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(given, {request.get_host()}, request.is_secure())
    return given if is_ours else ""
