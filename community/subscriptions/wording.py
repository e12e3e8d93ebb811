"""Wishes in plain words."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from community.subscriptions.models import Scope, Subscription


def told(wish: Subscription, *, plain: bool = False) -> str:
    """What somebody asked to hear of, as a line of a list.

    `plain` leaves out whatever strangers typed: titles and names.
    """
    about = "" if plain else subject_of(wish)
    named = NAMED.get(Scope(wish.scope)) if about else None
    return named() % {"about": about} if named else UNNAMED[Scope(wish.scope)]()


def told_kind(scope: Scope) -> str:
    """A kind of e-mails, whatever they are about."""
    return KINDS[scope]()


def subject_of(wish: Subscription) -> str:
    """The title, board or name it is about; empty for what is about oneself."""
    if wish.thread:
        return wish.thread.title
    if wish.board:
        return wish.board.name
    return wish.author.name if wish.author else ""


NAMED: dict[Scope, Callable[[], str]] = {
    Scope.OWN: lambda: _("when your comment on “%(about)s” is published or answered"),
    Scope.REPLIES: lambda: _("answers to a comment on “%(about)s”"),
    Scope.THREAD: lambda: _("every new comment on “%(about)s”"),
    Scope.AUTHOR: lambda: _("everything by %(about)s"),
    Scope.BOARD: lambda: _("new topics in “%(about)s”"),
}
UNNAMED: dict[Scope, Callable[[], str]] = {
    Scope.OWN: lambda: _("when your comment is published or answered"),
    Scope.REPLIES: lambda: _("answers to a comment you follow"),
    Scope.MINE: lambda: _("answers to any of your comments"),
    Scope.MENTIONS: lambda: _("when somebody names you with @"),
    Scope.THREAD: lambda: _("every new comment on your topic"),
    Scope.AUTHOR: lambda: _("everything by an author you follow"),
    Scope.BOARD: lambda: _("new topics on a board"),
    Scope.ARTICLES: lambda: _("comments on your articles"),
}
KINDS: dict[Scope, Callable[[], str]] = {
    Scope.OWN: lambda: _("when a comment of yours is published or answered"),
    Scope.REPLIES: lambda: _("answers to comments you follow"),
    Scope.MINE: lambda: _("answers to any of your comments"),
    Scope.MENTIONS: lambda: _("when somebody names you with @"),
    Scope.THREAD: lambda: _("every new comment under an article or topic"),
    Scope.AUTHOR: lambda: _("everything by authors you follow"),
    Scope.BOARD: lambda: _("new topics on boards you follow"),
    Scope.ARTICLES: lambda: _("comments on your articles"),
}


def wanted(scope: Scope) -> str:
    """What one may ask for, as a choice of a form."""
    return CHOICES[scope]()


CHOICES: dict[Scope, Callable[[], str]] = {
    Scope.REPLIES: lambda: _("Answers to this comment"),
    Scope.AUTHOR: lambda: _("Everything this author writes"),
    Scope.THREAD: lambda: _("Every new comment here"),
    Scope.BOARD: lambda: _("New topics on this board"),
}
