"""Whether an e-mail is from whom it says: only our own mail server's word counts (RFC 8601)."""

import authres
import authres.dmarc
from django.conf import settings
from django.utils.translation import gettext as _

from community.contacts.addresses import normalise
from community.contacts.models import Contact
from community.inbound.reading import Incoming

DMARC = authres.FeatureContext(authres.dmarc)


def doubt_about(incoming: Incoming, contact: Contact) -> str:
    """What speaks against this contact having sent it, for moderators; empty if nothing does."""
    senders = incoming.senders()
    if len(senders) != 1 or len(incoming.headers("From")) != 1:
        return _("The e-mail does not name one sender.")
    if normalise(senders[0]) != contact.address:
        return _("The e-mail came from another address than the one we had written to.")
    if not passes_dmarc(incoming, senders[0].rpartition("@")[2]):
        return _("No mail server vouches for the sender of the e-mail (no DMARC pass).")
    return ""


def passes_dmarc(incoming: Incoming, domain: str) -> bool:
    """Whether our mail server says that this domain stands behind the e-mail.

    Only the topmost of its headers counts: those below may have come with the e-mail.
    """
    ours = settings.MAIL_AUTHSERV
    for line in incoming.headers("Authentication-Results"):
        if ours and line.partition(";")[0].split(" ")[0].lower() == ours:
            return says_pass(line, domain)
    return False


def says_pass(line: str, domain: str) -> bool:
    """Whether a header of our mail server says dmarc=pass for this domain, and nothing else."""
    try:
        found = DMARC.parse(f"Authentication-Results: {line}")
    except (authres.AuthResError, ValueError):
        return False
    said = [result for result in found.results if result.method == "dmarc"]
    return bool(said) and all(
        result.result == "pass" and str(result.header_from or "").lower() == domain.lower()
        for result in said
    )
