"""A wrong setting stops the start with a sentence; a missing one has a safe default."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def start_with(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """What Django says when it reads the settings under this environment."""
    known = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**known, "DATA_DIR": str(tmp_path / "data"), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        pytest.param(
            {"DEBUG": "perhaps"}, "DEBUG must be 1 or 0, not “perhaps”.", id="no yes or no"
        ),
        pytest.param(
            {"TRUSTED_PROXIES": "one"},
            "TRUSTED_PROXIES must be a whole number, not “one”.",
            id="no number",
        ),
        pytest.param(
            {"SITE_URL": "example.org"},
            "SITE_URL must look like https://example.org, not “example.org”.",
            id="no address",
        ),
        pytest.param(
            {"DATABASE_URL": "mysql://root@localhost/parley", "SECRET_KEY": "x"},
            "DATABASE_URL must name PostgreSQL",
            id="another database",
        ),
        pytest.param(
            {"REDIS_URL": "redis://localhost"},
            "Set SECRET_KEY to a long random text: all machines must share it.",
            id="several machines without a shared secret",
        ),
        pytest.param(
            {"STYLE_SHEET": "/no/such/theme.css"},
            "STYLE_SHEET must name a text file",
            id="no style sheet",
        ),
        pytest.param(
            {"DEMO": "1", "SITE_URL": "https://example.org"},
            "Set DEMO=0 to run a real site.",
            id="a demo for the world",
        ),
    ],
)
def test_a_wrong_setting_stops_the_start(
    tmp_path: Path, environment: dict[str, str], sentence: str
) -> None:
    answer = start_with(tmp_path, **environment)
    assert answer.returncode == 1
    assert sentence in answer.stderr


@pytest.mark.parametrize("question", ["COMMENT_SCREENER", "AUTHOR_BANNED"])
def test_a_question_that_nobody_answers_stops_the_start(tmp_path: Path, question: str) -> None:
    code = (
        "import django; from django.conf import settings; django.setup();"
        f"settings.{question} = 'moderation.nobody';"
        "from django.core.management import call_command; call_command('check')"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={
            **os.environ,
            "DATA_DIR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "community.project.settings",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert f"{question} names nothing that can be called" in answer.stderr


def test_the_secret_is_made_once_and_only_we_may_read_it(tmp_path: Path) -> None:
    assert start_with(tmp_path).returncode == 0
    kept = tmp_path / "data" / "secret_key"
    first = kept.read_text()
    assert start_with(tmp_path).returncode == 0
    assert (kept.read_text(), kept.stat().st_mode & 0o777) == (first, 0o600)
    assert len(first) > 50


def test_a_provider_is_switched_on_by_its_id_and_browsers_may_go_there(tmp_path: Path) -> None:
    code = (
        "import django; from django.conf import settings; django.setup();"
        "print('allauth.socialaccount.providers.github' in settings.INSTALLED_APPS,"
        "settings.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action'])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={
            **os.environ,
            "DATA_DIR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "community.project.settings",
            "GITHUB_CLIENT_ID": "id",
            "GITHUB_CLIENT_SECRET": "secret",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert answer.stdout.strip() == """True ["'self'", 'https://github.com']"""
