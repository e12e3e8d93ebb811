"""Reading the environment: a bad value stops the start with a sentence."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def env(name: str, default: str = "") -> str:
    """The setting as text, without surrounding blanks."""
    return os.environ.get(name, default).strip()


def env_bool(name: str, default: bool) -> bool:
    """The setting as yes or no; raises ImproperlyConfigured for anything else."""
    value = env(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not “{value}”.")


def env_int(name: str, default: int) -> int:
    """The setting as a whole number; raises ImproperlyConfigured for anything else."""
    value = env(name)
    if not value:
        return default
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not “{value}”.") from error


def env_list(name: str) -> list[str]:
    """The setting as a list, split at commas."""
    return [part.strip() for part in env(name).split(",") if part.strip()]


def env_text(name: str) -> str:
    """What is in the file that the setting names; raises ImproperlyConfigured if it is none."""
    if not (path := env(name)):
        return ""
    try:
        return Path(path).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name} must name a text file: {error}") from error


def env_secret(name: str, *, kept_in: Path, required: bool) -> str:
    """The secret from the environment, or one made once and kept in a file only we may read.

    Raises ImproperlyConfigured when several machines must share it and none is given.
    """
    if value := env(name):
        return value
    if required:
        raise ImproperlyConfigured(f"Set {name} to a long random text: all machines must share it.")
    try:
        with open(kept_in, "x", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return kept_in.read_text().strip()
