"""Reading the settings of incoming mail, so that a bad value stops the start."""

from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from community.mail.mailbox import check_address

# Mail services whose reports django-anymail reads, each with the names of its own signing key.
PROVIDERS = {
    "brevo": [],
    "mailersend": ["MAILERSEND_SIGNING_SECRET", "MAILERSEND_INBOUND_SECRET"],
    "mailgun": ["MAILGUN_WEBHOOK_SIGNING_KEY"],
    "mailjet": [],
    "mailtrap": ["MAILTRAP_TRACKING_SECRET", "MAILTRAP_INBOUND_SECRET"],
    "postal": ["POSTAL_WEBHOOK_KEY"],
    "postmark": [],
    "sendgrid": ["SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY"],
    "sparkpost": [],
}
SIGNED_ALWAYS = {"mailgun", "postal"}
SHORTEST_SECRET = 20


def address_of_mailbox(address: str, url: str) -> str:
    """The mailbox's address as given, or that of the user in its URL; nothing if there is none."""
    user = unquote(urlsplit(url).username or "")
    found = address or (user if "@" in user else "")
    if url and not found:
        raise ImproperlyConfigured("MAILBOX_URL needs MAILBOX_ADDRESS, the address it belongs to.")
    return check_address(found) if found else ""


def webhook_settings(provider: str, secret: str, key: str) -> tuple[str, dict[str, object]]:
    """The mail service by its name, and what django-anymail needs to tell its reports from others.

    Raises ImproperlyConfigured for a service we do not know, or one that anybody could play.
    """
    if not provider:
        return "", {}
    if provider not in PROVIDERS:
        raise ImproperlyConfigured(f"MAIL_PROVIDER must be one of {', '.join(PROVIDERS)}.")
    user, colon, password = secret.partition(":")
    if not (user and colon) or len(password) < SHORTEST_SECRET:
        raise ImproperlyConfigured(
            "MAIL_WEBHOOK_SECRET must be user:password, the password with 20 signs or more."
        )
    if provider in SIGNED_ALWAYS and not key:
        raise ImproperlyConfigured(f"MAIL_WEBHOOK_KEY must be the signing key of {provider}.")
    keys = dict.fromkeys(PROVIDERS[provider], key) if key else {}
    return provider, {"WEBHOOK_SECRET": secret, **keys}
