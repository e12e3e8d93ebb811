"""E-mails that no human wrote: they are never answered, or two machines would talk for ever."""

import re

from django.conf import settings

from community.inbound.reading import Incoming
from community.mail.services import mail_domain

AUTOMATIC_HEADERS = (
    "X-Autoreply",
    "X-Autorespond",
    "X-Autoresponse",
    "X-Auto-Reply-From",
    "X-Mail-Autoreply",
    "Feedback-ID",
    "List-Id",
    "List-Unsubscribe",
)
PRECEDENCES = {"bulk", "junk", "list", "auto_reply"}
# As mail programs of our readers' languages begin such a subject, after “Re:”.
ABSENT = re.compile(
    r"(?:(?:re|aw|sv|rv|tr)\s*:\s*)*"
    r"(?:out of (?:the )?office|automatic reply|auto(?:matic)?[ -]?(?:reply|response)\b"
    r"|automatische antwort|abwesenheits|abwesend|réponse automatique|absence du bureau"
    r"|respuesta automática|fuera de la oficina|risposta automatica|fuori sede"
    r"|automatisch antwoord|resposta automática|autosvar|undeliver|delivery status notif"
    r"|returned mail|mail delivery (?:failed|failure|subsystem))",
    re.IGNORECASE,
)


def wrote(incoming: Incoming) -> bool:
    """Whether a machine wrote this: an auto-reply, a list, a mail server, or ourselves."""
    return (
        says_so(incoming)
        or incoming.message.get_content_type() == "multipart/report"
        or incoming.header("Return-Path") == "<>"
        or bool(ABSENT.match(incoming.header("Subject")))
        or is_our_own(incoming)
    )


def says_so(incoming: Incoming) -> bool:
    """Whether its headers say that a machine wrote it (RFC 3834 and what came before)."""
    submitted = incoming.header("Auto-Submitted").partition(";")[0].strip().lower()
    precedence = incoming.header("Precedence").strip().lower()
    return (
        submitted not in ("", "no")
        or precedence in PRECEDENCES
        or any(incoming.headers(name) for name in AUTOMATIC_HEADERS)
    )


def is_our_own(incoming: Incoming) -> bool:
    """Whether our own e-mail came back to us."""
    ours = {settings.MAIL_FROM.lower(), settings.MAILBOX_ADDRESS.lower()}
    local = settings.MAILBOX_ADDRESS.lower().partition("@")[0]
    return any(
        sender in ours or (sender.startswith(f"{local}+") and sender.endswith(f"@{mail_domain()}"))
        for sender in incoming.senders()
    )
