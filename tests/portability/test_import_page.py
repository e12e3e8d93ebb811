"""Administrators drop an export, see what it would do, and import it, without a terminal."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from community.accounts.models import Person, User
from community.articles.models import Article
from community.comments.models import Comment, Status
from community.mail.models import Email
from community.outbox import services as outbox
from community.outbox.models import Job, JobState
from community.portability import services
from community.portability.models import Import, State, folder
from community.portability.wordpress import importer as importing
from community.sites.models import Site
from tests import factories
from tests.portability import wxr
from tests.portability.test_importer import GARDEN, HOSTILE, everything
from tests.portability.wxr import comment, post

PAGE = "/moderation/import/"


@pytest.fixture
def admin(administrator: User, browser_of: Callable[[Person | User], Client]) -> Client:
    return browser_of(administrator)


@pytest.fixture(autouse=True)
def empty_folder() -> None:
    for file in folder().iterdir():
        file.unlink()


@pytest.fixture
def in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every look and every job stop at the first chance."""
    monkeypatch.setattr(services, "AT_ONCE_SECONDS", 0.0)
    monkeypatch.setattr(services, "SLICE_SECONDS", 0.0)
    monkeypatch.setattr(importing, "BATCH", 3)


def named(text: str | bytes, name: str = "export.xml") -> BytesIO:
    file = BytesIO(text if isinstance(text, bytes) else text.encode())
    file.name = name
    return file


def upload(admin: Client, text: str | bytes = b"", **data: str) -> Import:
    """Drop a file; the page it leads to is the import's."""
    response = admin.post(PAGE, {"file": named(text or GARDEN.read_bytes()), **data})
    assert response.status_code == 302, response.content.decode()
    row = Import.objects.first()
    assert row is not None
    assert response["Location"] == f"{PAGE}{row.pk}/"
    return row


def work() -> int:
    """Let the worker do all that is left of imports, as if time passed; how often it was asked."""
    turns = 0
    while Job.objects.open().exists():
        Job.objects.open().update(due=timezone.now(), lease_until=None)
        outbox.work()
        turns += 1
    return turns


@pytest.mark.django_db(transaction=True)
def test_from_a_file_to_articles(admin: Client) -> None:
    assert "WordPress export" in admin.get(PAGE).content.decode()
    row = upload(admin)
    looked = admin.get(f"{PAGE}{row.pk}/").content.decode()
    assert "Nothing is imported yet" in looked
    assert "Import now" in looked
    assert not Article.objects.exists()
    response = admin.post(f"{PAGE}{row.pk}/start/")
    assert response["Location"] == f"{PAGE}{row.pk}/"
    running = admin.get(f"{PAGE}{row.pk}/").content.decode()
    assert "The import is running" in running
    assert '<meta http-equiv="refresh"' in running
    work()
    done = admin.get(f"{PAGE}{row.pk}/").content.decode()
    assert "The import is complete" in done
    assert "One comment</a> waits for you" in done
    assert "/articles/why-beans-climb/" in done
    assert "refresh" not in done
    assert Comment.objects.count() == 3
    assert "Imported" in admin.get(PAGE).content.decode()
    assert not Email.objects.exists()
    assert list(folder().iterdir()) == []


def test_the_report_is_the_same_before_and_after(admin: Client) -> None:
    row = upload(admin)
    promised = row.report
    services.start(row)
    work()
    row.refresh_from_db()
    assert {name: number for name, number in row.report.items() if number} == {
        name: number for name, number in promised.items() if number
    }


def test_looking_changes_nothing_else(admin: Client, site: Site) -> None:
    admin.get(PAGE)
    before = everything()
    upload(admin)
    after = everything()
    assert {name for name in after if after[name] != before[name]} == {"Import"}


def test_pingbacks_come_when_asked_for(admin: Client) -> None:
    row = upload(admin, pingbacks="on")
    services.start(row)
    work()
    assert Comment.objects.filter(import_number=42).exists()


def test_the_file_is_ours_alone(admin: Client) -> None:
    row = upload(admin)
    assert row.path.read_bytes() == GARDEN.read_bytes()
    assert oct(row.path.stat().st_mode)[-3:] == "600"
    assert oct(folder().stat().st_mode)[-3:] == "700"
    assert row.path.name != "export.xml"


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_gets_a_sentence_and_changes_nothing(admin: Client, text: str) -> None:
    admin.get(PAGE)
    before = everything()
    response = admin.post(PAGE, {"file": named(text)})
    assert response.status_code == 422
    assert 'class="errorlist"' in response.content.decode()
    assert everything() == before
    assert list(folder().iterdir()) == []


def test_no_file_and_a_file_too_large_get_a_sentence(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert admin.post(PAGE).status_code == 422
    monkeypatch.setattr("community.portability.forms.MOST_BYTES", 100)
    response = admin.post(PAGE, {"file": named(GARDEN.read_bytes())})
    assert response.status_code == 422
    assert "200 MB are the most" in response.content.decode()


def test_a_file_that_streams_to_disk_is_read_from_there(admin: Client) -> None:
    row = upload(admin, wxr.export(post(1, **{"content:encoded": "tide " * 500_000})))
    assert row.path.stat().st_size > settings.FILE_UPLOAD_MAX_MEMORY_SIZE
    assert row.state == State.READY


# In slices


def test_a_big_file_is_looked_at_and_imported_in_slices(admin: Client, in_slices: None) -> None:
    rows = [comment(number) for number in range(1, 11)]
    row = upload(admin, wxr.export(post(1, *rows), post(2, comment(20)), post(3)))
    assert row.state == State.LOOKING
    assert "The file is being looked at" in admin.get(f"{PAGE}{row.pk}/").content.decode()
    assert work() > 1
    row.refresh_from_db()
    assert row.state == State.READY
    admin.post(f"{PAGE}{row.pk}/start/")
    assert work() > 4
    row.refresh_from_db()
    assert row.state == State.DONE
    assert row.done == row.size == 14
    assert row.report["new article"] == 3
    assert row.report["published"] == 11
    assert not row.report.get("known comment")
    assert not row.report.get("known article")
    assert Comment.objects.count() == 11


def test_a_killed_worker_goes_on_where_it_was(
    admin: Client, in_slices: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = upload(admin, wxr.export(post(1, *(comment(number) for number in range(1, 11)))))
    work()
    admin.post(f"{PAGE}{row.pk}/start/")
    Job.objects.open().update(due=timezone.now())
    outbox.work(1)
    row.refresh_from_db()
    assert (row.comments, Comment.objects.count()) == (3, 3)

    def fall(*_: object) -> None:
        raise OSError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(services, "write_down", fall)
        Job.objects.open().update(due=timezone.now())
        outbox.work(1)
    assert Comment.objects.count() == 3
    work()
    row.refresh_from_db()
    assert (row.state, row.report["published"], Comment.objects.count()) == (State.DONE, 10, 10)


def test_a_busy_database_is_waited_for_however_often(
    admin: Client, in_slices: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = upload(admin, wxr.export(post(1, *(comment(number) for number in range(1, 11)))))

    def busy(*_: object) -> None:
        raise OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(services, "write_down", busy)
        for _ in range(12):
            Job.objects.open().update(due=timezone.now())
            outbox.work(1)
    work()
    row.refresh_from_db()
    assert row.state == State.READY


def test_what_was_given_up_can_be_taken_up_again(admin: Client, in_slices: None) -> None:
    row = upload(admin, wxr.export(post(1, *(comment(number) for number in range(1, 11)))))
    work()
    admin.post(f"{PAGE}{row.pk}/start/")
    Job.objects.open().update(state=JobState.DEAD, finished_at=timezone.now())
    page = admin.get(f"{PAGE}{row.pk}/").content.decode()
    assert "This has stopped before its end" in page
    assert "Go on" in page
    admin.post(f"{PAGE}{row.pk}/start/")
    work()
    assert Import.objects.get().state == State.DONE


def test_a_lost_file_is_said(admin: Client) -> None:
    row = upload(admin)
    services.start(row)
    row.path.unlink()
    work()
    assert "The file is gone" in admin.get(f"{PAGE}{row.pk}/").content.decode()


def test_one_import_at_a_time(admin: Client) -> None:
    first = upload(admin)
    services.start(first)
    second = upload(admin)
    response = admin.post(f"{PAGE}{second.pk}/start/", follow=True)
    assert "Another import is running" in response.content.decode()
    work()
    admin.post(f"{PAGE}{second.pk}/start/")
    work()
    second.refresh_from_db()
    assert second.report["known article"] == 2
    assert Article.objects.count() == 2


def test_pressing_twice_imports_once(admin: Client) -> None:
    row = upload(admin)
    for _ in range(3):
        admin.post(f"{PAGE}{row.pk}/start/")
    assert Job.objects.open().count() == 1
    work()
    admin.post(f"{PAGE}{row.pk}/start/")
    assert work() == 0
    assert Import.objects.get().state == State.DONE


# Files go


def test_a_file_can_be_deleted_and_a_newer_one_takes_its_place(
    admin: Client, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        first, second = upload(admin), upload(admin)
    assert [file.name for file in folder().iterdir()] == [second.kept_as]
    assert first.kept_as != second.kept_as
    with django_capture_on_commit_callbacks(execute=True):
        response = admin.post(f"{PAGE}{second.pk}/discard/")
    assert response["Location"] == PAGE
    assert list(folder().iterdir()) == []
    assert not Import.objects.exists()


@pytest.mark.parametrize("state", [State.RUNNING, State.DONE])
def test_what_runs_or_is_done_cannot_be_deleted(admin: Client, state: State) -> None:
    row = upload(admin)
    Import.objects.update(state=state)
    admin.post(f"{PAGE}{row.pk}/discard/")
    assert Import.objects.exists()


# Who may


@pytest.fixture
def row(site: Site) -> Import:
    return Import.objects.create(site=site, name="export.xml", state=State.READY)


@pytest.mark.parametrize("path", ["", "{pk}/", "{pk}/start/", "{pk}/discard/"])
def test_for_everyone_else_these_pages_do_not_exist(
    row: Import,
    moderator: User,
    browser: Client,
    browser_of: Callable[[Person | User], Client],
    path: str,
) -> None:
    address = PAGE + path.format(pk=row.pk)
    for method in ("get", "post"):
        asked = getattr(browser, method)(address)
        assert asked["Location"].startswith("/accounts/login/?next=")
        for someone in (moderator, factories.member()):
            assert getattr(browser_of(someone), method)(address).status_code == 404
    assert Import.objects.get().state == State.READY


@pytest.mark.parametrize("path", ["{pk}/", "{pk}/start/", "{pk}/discard/"])
def test_imports_of_another_site_do_not_exist(admin: Client, path: str) -> None:
    other = factories.site(host="other.example", base_url="https://other.example")
    row = Import.objects.create(site=other, name="export.xml", state=State.READY)
    address = PAGE + path.format(pk=row.pk)
    asked = admin.get(address) if path == "{pk}/" else admin.post(address)
    assert asked.status_code == 404
    assert Import.objects.get().state == State.READY


def test_waiting_comments_stand_in_the_queue(admin: Client) -> None:
    services.start(upload(admin))
    work()
    waiting = Comment.objects.get(status=Status.HELD)
    assert waiting.body in admin.get("/moderation/").content.decode()
    assert waiting.body not in Client().get("/articles/why-beans-climb/").content.decode()


def test_names_of_files_are_shown_as_text(admin: Client) -> None:
    text = wxr.export(post(1)).replace("The Old Blog", "&lt;b>Blog&lt;/b>")
    response = admin.post(PAGE, {"file": named(text, "<img src=x>.xml")}, follow=True)
    assert "<img src=x>" not in response.content.decode()
    assert "<b>Blog" not in response.content.decode()
