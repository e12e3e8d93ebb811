"""Links that lead away from the site."""

from functools import lru_cache

from django.utils.translation import gettext as _

from community.comments.links import Link, find, foreign, host_of, looks_alike
from community.comments.screening import Draft
from moderation.models import Policy, Reason
from moderation.verdicts import Outcome, Verdict


def has_links(draft: Draft, policy: Policy) -> Verdict | None:
    """Hold a comment with at least as many foreign links as the site allows; 0 allows any."""
    links = strange_links(draft, policy)
    if not policy.link_threshold or len(links) < policy.link_threshold:
        return None
    hosts = dict.fromkeys(link.host or link.url for link in links)
    return Verdict(Reason.LINK, Outcome.HOLD, ", ".join(map(shown_host, hosts)))


def leads_to_denied(draft: Draft, policy: Policy) -> Verdict | None:
    """Call spam what links to a site to which only spam links."""
    denied = domains_in(policy.denied_domains)
    hosts = [link.host for link in foreign_links(draft) if belongs(link.host, denied)]
    return Verdict(Reason.DENIED, Outcome.SPAM, ", ".join(dict.fromkeys(hosts))) if hosts else None


def strange_links(draft: Draft, policy: Policy) -> list[Link]:
    """The links that lead neither to the publisher's own pages nor where everyone may link."""
    allowed = domains_in(policy.allowed_domains)
    return [
        link
        for link in foreign_links(draft)
        if link.url.startswith("mailto:") or not belongs(link.host, allowed)
    ]


@lru_cache(maxsize=64)
def domains_in(lines: str) -> frozenset[str]:
    """The domains of a list, spelled as a browser asks for them."""
    return frozenset(map(host_of, lines.split())) - {""}


def belongs(host: str, domains: frozenset[str]) -> bool:
    """Whether a host is one of these domains or stands below one, label by label."""
    labels = host.split(".")
    return any(".".join(labels[start:]) in domains for start in range(len(labels)))


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
