"""How allauth and our members meet."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest

from community.accounts.models import User
from community.mail.services import post


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth has no types
    """Members show the name they chose; account e-mails go through the outbox."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Keep the chosen name with the account."""
        user.name = form.cleaned_data.get("name") or user.name
        saved: User = super().save_user(request, user, form, commit)
        return saved

    def get_user_display(self, user: User) -> str:
        """The name shown on account pages."""
        return user.name

    def format_email_subject(self, subject: str) -> str:
        """Subjects as they are: the sender's name already says who writes."""
        return subject

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write an account e-mail with the site's name as sender."""
        site = getattr(self.request, "site", None)
        context = {"request": self.request, "email": email, **context}
        name = site.name if site else "Parley"
        # Their sentences name a site by its domain; readers know it by its name.
        context["current_site"] = {"name": name, "domain": name}
        message = self.render_mail(template_prefix, email, context)
        post(
            kind="account",
            to=email,
            subject=message.subject,
            text=str(message.body),
            sender_name=site.name if site else "",
        )


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Accounts from elsewhere: the name told there is taken over."""

    def populate_user(
        self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]
    ) -> User:
        """Fill in what the provider tells."""
        user: User = super().populate_user(request, sociallogin, data)
        told = data.get("name") or f"{data.get('first_name') or ''} {data.get('last_name') or ''}"
        user.name = " ".join(told.split())[:50] or str(data.get("username") or "")[:50]
        return user
