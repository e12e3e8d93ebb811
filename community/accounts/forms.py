"""Where somebody chooses a password: once, as at signing up."""

from allauth.account.forms import ChangePasswordForm, ResetPasswordKeyForm, SetPasswordForm


class NextPasswordForm(ChangePasswordForm):  # type: ignore[misc] # allauth has no types
    """The old password and a new one."""

    password2 = None


class NewPasswordForm(ResetPasswordKeyForm):  # type: ignore[misc] # allauth has no types
    """A new password behind the link of an e-mail."""

    password2 = None


class FirstPasswordForm(SetPasswordForm):  # type: ignore[misc] # allauth has no types
    """A password for whoever has logged in without one until now."""

    password2 = None
