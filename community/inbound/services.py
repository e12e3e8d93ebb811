"""The one door for e-mails that come in, whichever way they came."""

import logging

from community.inbound import answers, bounces
from community.inbound.reading import Incoming, parse
from community.mail.mailbox import About

log = logging.getLogger("parley.inbound")


def receive(raw: bytes, envelope_to: str = "", *, is_too_large: bool = False) -> bool:
    """Do what an e-mail asks for; False if it is none of ours.

    Raises `answers.TryLater` when the same e-mail should be brought again in a moment.
    """
    incoming = parse(raw, envelope_to, is_too_large=is_too_large)
    if bounces.is_complaint(incoming):
        bounces.receive_complaint(incoming)
        return True
    return receive_tagged(incoming)


def receive_tagged(incoming: Incoming) -> bool:
    """An e-mail to one of our signed addresses; whatever else comes is left alone."""
    tags = incoming.tags()
    if not tags:
        log.info("An e-mail came to no address of ours and was left alone")
        return False
    if tags[0].about == About.ANSWER and len(tags[0].ids) == 2:
        answers.receive(incoming, tags[0])
    else:
        bounces.receive_bounce(incoming, tags[0])
    return True
