"""Where the demo ends: it lets anybody be administrator, so no real site may ever have it."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from community.articles.models import Article
from community.sites.models import Site
from tests import factories

PROJECT = Path(__file__).parents[2]


def read_settings(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Start Python with these settings, and nothing of our own environment."""
    return subprocess.run(
        [sys.executable, "-c", "import community.project.settings"],
        cwd=PROJECT,
        env={"DATA_DIR": str(folder), "PATH": "", **environment},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("DATABASE_URL", "postgresql://localhost/parley", id="PostgreSQL"),
        pytest.param("REDIS_URL", "redis://localhost:6379/0", id="Redis"),
        pytest.param("SITE_URL", "https://example.org", id="an address with https"),
    ],
)
def test_the_demo_does_not_start_with_what_a_real_site_has(
    tmp_path: Path, name: str, value: str
) -> None:
    secret = {"SECRET_KEY": "known to this test alone"}
    refused = read_settings(tmp_path, DEMO="1", **{name: value}, **secret)
    assert refused.returncode != 0
    assert "The demo lets anybody be administrator" in refused.stderr
    assert read_settings(tmp_path, DEMO="0", **{name: value}, **secret).returncode == 0


def test_the_demo_starts_where_nothing_else_is_set(tmp_path: Path) -> None:
    assert read_settings(tmp_path, DEMO="1").returncode == 0


@pytest.mark.django_db
def test_a_real_site_is_never_filled(settings: Settings) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("seed_demo")
    assert not Site.objects.exists()


@pytest.mark.django_db
def test_the_demo_is_not_mixed_with_somebodys_own_site(settings: Settings) -> None:
    settings.DEMO = True
    factories.site()
    with pytest.raises(CommandError, match="a site of your own"):
        call_command("seed_demo")
    assert not Article.objects.exists()
