"""The servers that tests are lent are the real ones, and each test has its own."""

import psycopg
import pytest
from django.db import connection
from redis import Redis

from tests import servers


@pytest.mark.postgres
def test_a_test_marked_postgres_runs_on_postgres_with_fsync(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW fsync")
        assert cursor.fetchone() == ("on",)


@pytest.mark.postgres
def test_a_site_of_its_own_gets_an_empty_database(postgres_database: str) -> None:
    with psycopg.connect(postgres_database) as site:
        tables = site.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        assert tables.fetchone() == (0,)


@pytest.mark.parametrize("key", ["first", "second"])
def test_each_test_finds_redis_empty(redis_url: str, key: str) -> None:
    with Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set(key, "left behind")


@pytest.mark.parametrize(("ci", "outcome"), [("true", "Failed"), ("", "Skipped")])
def test_a_missing_server_fails_on_ci_and_skips_on_a_laptop(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: str
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BaseException, match="Redis is not on this machine") as ended:
        next(servers.lend(servers.redis()))
    assert type(ended.value).__name__ == outcome
