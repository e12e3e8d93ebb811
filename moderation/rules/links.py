"""Links that lead away from the site."""

from django.utils.translation import gettext as _

from community.comments.links import Link, find, foreign, host_of, looks_alike
from community.comments.screening import Draft
from moderation.models import Reason, RuleSet
from moderation.verdicts import Outcome, Verdict


def has_links(draft: Draft, rules: RuleSet) -> Verdict | None:
    """Hold a comment with at least as many foreign links as the site allows; 0 allows any."""
    links = foreign_links(draft)
    if not rules.link_threshold or len(links) < rules.link_threshold:
        return None
    hosts = dict.fromkeys(link.host or link.url for link in links)
    return Verdict(Reason.LINK, Outcome.HOLD, ", ".join(map(shown_host, hosts)))


def foreign_links(draft: Draft) -> tuple[Link, ...]:
    """The links in the rendered text and the author's own page, unless they stay on the site."""
    links = (*draft.rendered.links, *find(draft.title))
    if draft.url:
        links = (*links, Link(host_of(draft.url), draft.url, draft.name, bare=False))
    return foreign(links, draft.site.hosts)


def shown_host(host: str) -> str:
    """A host as evidence, with a warning where it dresses up as another one."""
    if not looks_alike(host):
        return host
    return _("%(host)s (looks like another address)") % {"host": host}
