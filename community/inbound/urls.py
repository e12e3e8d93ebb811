"""Where a mail service reports: there only with a service in the settings."""

from anymail import urls as anymail
from django.conf import settings
from django.urls import URLPattern

urlpatterns: list[URLPattern] = [
    pattern
    for pattern in anymail.urlpatterns
    if settings.MAIL_PROVIDER and (pattern.name or "").startswith(f"{settings.MAIL_PROVIDER}_")
]
