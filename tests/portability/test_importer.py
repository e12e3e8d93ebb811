"""An export becomes articles and comments, once, in their old order, and nobody is told."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from community.accounts.models import Person
from community.articles.models import Article, OldAddress
from community.articles.queries import moved_to
from community.comments import lifecycle
from community.comments.models import DEEPEST, Comment, Status
from community.comments.queries import Sort, page_of
from community.contacts.models import Contact
from community.mail.models import Email
from community.outbox.models import Job
from community.portability.wordpress import comments as storing
from community.portability.wordpress import importer as importing
from community.portability.wordpress.importer import Importer, Options
from community.portability.wordpress.reader import survey
from community.portability.wordpress.report import Count, Report
from community.project import invariants
from community.sites.models import Site
from community.sites.viewers import ANYONE
from community.subscriptions import services as subscriptions
from community.subscriptions.models import Delivery, Subscription
from community.threads import services as threads
from community.threads.models import Thread
from tests import factories
from tests.portability import wxr
from tests.portability.wxr import comment, post

pytestmark = pytest.mark.both

GARDEN = Path(__file__).parent / "exports" / "garden.xml"


def bring_in(site: Site, file: Path, **options: bool) -> Report:
    return Importer(file, survey(file).site, site, Options(**options)).run()


@pytest.fixture
def take(site: Site, tmp_path: Path) -> Callable[..., Report]:
    """Import an export made of these posts."""
    return lambda *posts, **options: bring_in(site, wxr.write(tmp_path, *posts), **options)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 3)


@pytest.fixture(autouse=True)
def nothing_is_broken(db: None) -> Iterator[None]:
    """After every test the counters, paths and numbers are what a recount gives."""
    yield
    assert recounted() == []


def recounted() -> list[str]:
    """What is wrong with what is stored; comments made by these tests had no decision."""
    return [sentence for check in invariants.CHECKS for sentence in check()]


def everything() -> dict[str, int]:
    """How many rows each table has."""
    models = [*apps.get_app_config("community").get_models()]
    models += apps.get_app_config("moderation").get_models()
    return {model.__name__: model._base_manager.count() for model in models}


def order(thread: Thread) -> list[int]:
    """The numbers of a thread's top-level comments, oldest first, as pages show them."""
    branches = page_of(thread, Sort.OLDEST, None, ANYONE).branches
    return [branch.root.import_number or -branch.root.pk for branch in branches]


def by_number(number: int) -> Comment:
    return Comment.objects.get(import_number=number)


# What is taken


def test_an_article_comes_with_its_text_tags_author_and_date(take: Callable[..., Report]) -> None:
    take(post(1, tags=("Sea", "Tides")))
    article = Article.objects.get()
    assert article.title == "Post 1"
    assert article.author_name == "Ida Moss"
    assert article.published_at == wxr.START
    assert "<p>The tide is late.</p>" in article.html
    assert sorted(tag.name for tag in article.tags.all()) == ["Sea", "Tides"]
    assert article.thread.is_open


@pytest.mark.parametrize(
    ("fields", "is_public"),
    [
        pytest.param({"wp:status": "publish"}, True, id="published"),
        pytest.param({"wp:status": "draft"}, False, id="draft"),
        pytest.param({"wp:status": "pending"}, False, id="pending"),
        pytest.param({"wp:status": "private"}, False, id="private"),
        pytest.param({"wp:post_password": "sesame"}, False, id="password"),
        pytest.param({"wp:post_type": "page"}, True, id="page"),
        pytest.param({"wp:post_type": "page", "wp:status": "draft"}, False, id="page's draft"),
    ],
)
def test_only_what_was_public_is_public(
    take: Callable[..., Report], client: Client, fields: dict[str, str], is_public: bool
) -> None:
    report = take(post(1, comment(5), **fields))
    article = Article.objects.get()
    assert article.is_public is is_public
    assert report[Count.DRAFT] == (not is_public)
    assert client.get(f"/articles/{article.slug}/").status_code == (200 if is_public else 404)


def test_a_post_for_a_day_to_come_appears_then(take: Callable[..., Report]) -> None:
    day = timezone.now() + timedelta(days=3)
    fields = {"wp:status": "future", "wp:post_date_gmt": f"{day:%Y-%m-%d %H:%M:%S}"}
    take(post(1, **fields))
    assert Article.objects.get().is_published
    assert not Article.objects.public().exists()


def test_posts_from_the_bin_are_left_out_and_counted(take: Callable[..., Report]) -> None:
    report = take(post(1, comment(5, approved="post-trashed"), **{"wp:status": "trash"}), post(2))
    assert Article.objects.get().title == "Post 2"
    assert (report[Count.DELETED_POST], report[Count.UNDER_DELETED]) == (1, 1)


def test_closed_comments_stay_closed(take: Callable[..., Report]) -> None:
    take(post(1, comment(5), **{"wp:comment_status": "closed"}))
    assert not Thread.objects.get().is_open


@pytest.mark.parametrize(
    ("fields", "title", "slug"),
    [
        pytest.param({"title": ""}, "The tide is late.", "post-7", id="no title"),
        pytest.param({"title": "", "content:encoded": ""}, "Untitled", "post-7", id="nothing"),
        pytest.param({"wp:post_name": "%d1%80"}, "Post 7", "post-7", id="letters beyond Latin"),
        pytest.param({"title": "x" * 300}, "x" * 199 + "…", "post-7", id="too long"),
    ],
)
def test_every_article_has_a_title_and_an_address(
    take: Callable[..., Report], fields: dict[str, str], title: str, slug: str
) -> None:
    take(post(7, **fields))
    article = Article.objects.get()
    assert (article.title, article.slug) == (title, slug)


def test_a_taken_address_gets_a_number(take: Callable[..., Report], site: Site) -> None:
    mine = factories.article(site, slug="post-1")
    take(post(1))
    assert Article.objects.exclude(pk=mine.pk).get().slug == "post-1-2"


@pytest.mark.parametrize(
    ("word", "status"),
    [
        pytest.param("1", Status.PUBLISHED, id="approved"),
        pytest.param("0", Status.HELD, id="waiting"),
        pytest.param("spam", Status.SPAM, id="spam"),
        pytest.param("trash", Status.REJECTED, id="in the bin"),
        pytest.param("post-trashed", Status.HELD, id="in the bin with its post"),
        pytest.param("what?", Status.HELD, id="unknown"),
    ],
)
def test_comments_stand_where_they_stood(
    take: Callable[..., Report], word: str, status: Status
) -> None:
    take(post(1, comment(5, approved=word)))
    made = Comment.objects.get()
    assert made.status == status
    assert made.created_at == wxr.hour(5)
    assert made.published_at == (wxr.hour(5) if status == Status.PUBLISHED else None)
    assert Thread.objects.get().comment_count == (status == Status.PUBLISHED)


def test_words_are_rendered_once_and_safe(take: Callable[..., Report]) -> None:
    take(post(1, comment(5, content="<b>Bold</b> <script>alert(1)</script>\n*stars*")))
    made = Comment.objects.get()
    assert made.body == "**Bold**\\\n\\*stars\\*"
    assert made.body_html == "<p><strong>Bold</strong><br>\n*stars*</p>\n"


def test_long_words_are_kept_and_none_left_out(take: Callable[..., Report]) -> None:
    report = take(post(1, comment(5, content="tide " * 12_000), comment(6, content=" <p></p> ")))
    assert len(Comment.objects.get().body) == 59_999
    assert report[Count.WORDLESS] == 1


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("Rory  Nolan", "Rory Nolan", id="blanks"),
        pytest.param("", "Someone", id="none"),
        pytest.param("a\u202eb", "Someone", id="turning text around"),
        pytest.param("x" * 70, "x" * 47 + "...", id="too long"),
    ],
)
def test_names_can_be_shown(take: Callable[..., Report], name: str, shown: str) -> None:
    take(post(1, comment(5, author=name)))
    assert Comment.objects.get().author_name == shown


def test_an_address_is_one_person_who_has_proven_nothing(take: Callable[..., Report]) -> None:
    take(
        post(1, comment(5), comment(6, author_email="RORY@mail.example ")),
        post(2, comment(7), comment(8, author_email="no address"), comment(9, author_email="")),
    )
    person, contact = Person.objects.get(), Contact.objects.get()
    assert person.contact is None
    assert contact.address == "rory@mail.example"
    assert not contact.is_proven
    assert [by_number(number).person for number in (5, 6, 7)] == [person] * 3
    assert [by_number(number).person for number in (8, 9)] == [None] * 2


def test_pingbacks_are_left_out_and_answers_to_them_stand_alone(
    take: Callable[..., Report],
) -> None:
    rows = comment(5, type="pingback"), comment(6, parent=5), comment(7, type="order_note")
    report = take(post(1, *rows))
    assert by_number(6).parent is None
    assert (report[Count.PINGBACK], report[Count.BY_PLUGIN]) == (1, 1)
    report = take(post(2, *rows, link=""), pingbacks=True)
    assert by_number(5).thread.article.title == "Post 2"
    assert report[Count.BY_PLUGIN] == 1


def test_an_answer_to_what_was_left_out_answers_what_that_answered(
    take: Callable[..., Report], small_batches: None
) -> None:
    middle = comment(6, parent=5, content=" ")
    take(post(1, comment(5), middle, comment(7), comment(8, parent=6), comment(9, parent=8)))
    assert by_number(8).parent == by_number(5)
    assert by_number(9).root == by_number(5)


def test_the_garden_comes_whole(site: Site) -> None:
    report = bring_in(site, GARDEN)
    assert [article.is_published for article in Article.objects.order_by("pk")] == [True, False]
    reply = by_number(41)
    assert reply.parent == by_number(40)
    assert by_number(40).author_url == "https://rory.example/?a=1&b=2"
    assert by_number(43).status == Status.HELD
    assert (report[Count.PUBLISHED], report[Count.HELD], report[Count.PINGBACK]) == (2, 1, 1)


# Order and counters


def test_threads_deeper_than_paths_keep_their_parents_and_order(
    take: Callable[..., Report], small_batches: None
) -> None:
    deep = DEEPEST + 9
    rows = [comment(1), *(comment(number, parent=number - 1) for number in range(2, deep))]
    # Two answers below the deepest level whose dates alternate with those of another branch.
    rows += [comment(deep, parent=deep - 2), comment(deep + 1, parent=deep - 1)]
    take(post(1, *rows))
    root = by_number(1)
    read = Comment.objects.filter(root=root).order_by("path")
    assert [row.import_number for row in read] == list(range(2, deep + 2))
    assert by_number(deep).depth == DEEPEST
    assert root.branch_count == deep


def test_place_holders_keep_public_answers_together(
    take: Callable[..., Report], small_batches: None
) -> None:
    take(
        post(
            1,
            comment(1, approved="trash"),
            comment(2, parent=1, approved=0),
            comment(3, parent=2, approved="spam"),
            comment(4),
            comment(5, parent=3),
            comment(6, parent=2, approved=0),
            comment(7, approved=0),
        )
    )
    listed = Comment.objects.filter(listed=True)
    assert set(listed.values_list("import_number", flat=True)) == {1, 2, 3, 4, 5}
    assert by_number(1).branch_count == 3
    assert by_number(2).reply_count == 1
    thread = Thread.objects.get()
    assert (thread.comment_count, thread.publications) == (2, 2)
    lifecycle.move(by_number(5), Status.REJECTED, seen=1)
    assert listed.count() == 1


def test_publications_are_numbered_by_date(
    take: Callable[..., Report], small_batches: None
) -> None:
    take(post(1, *(comment(10 - day, at=day) for day in range(9))))
    rows = Comment.objects.order_by("publication").values_list("publication", "import_number")
    assert list(rows) == [(day + 1, 10 - day) for day in range(9)]
    assert Thread.objects.get().last_activity == wxr.hour(8)


@pytest.fixture
def living(take: Callable[..., Report]) -> Thread:
    """An imported article under which people here have gone on, one of them as time ran ahead."""
    take(post(1, comment(10), comment(20, parent=10)))
    thread = Thread.objects.get()
    first, second = factories.comment(thread), factories.comment(thread)
    for row, at in ((first, 100), (second, 200)):
        Comment.objects.filter(pk=row.pk).update(created_at=wxr.hour(at))
    reply = factories.comment(thread, parent=by_number(10))
    Comment.objects.filter(pk=reply.pk).update(created_at=wxr.hour(100))
    return thread


def test_late_comers_stand_by_date_between_those_who_live_here(
    take: Callable[..., Report], living: Thread, small_batches: None
) -> None:
    first, second = Comment.objects.filter(import_number=None, parent=None).order_by("pk")
    late = [comment(number) for number in (5, 30, 31, 32, 33, 34, 150, 151, 300)]
    take(post(1, comment(10), comment(20, parent=10), *late))
    before = [5, 10, 30, 31, 32, 33, 34]
    assert order(living) == [*before, -first.pk, 150, 151, -second.pk, 300]
    now = factories.comment(living)
    assert order(living)[-1] == -now.pk


def test_late_replies_stand_by_date_too(take: Callable[..., Report], living: Thread) -> None:
    here = Comment.objects.get(import_number=None, parent__isnull=False)
    late = [comment(number, parent=10) for number in (15, 30, 120)]
    take(post(1, comment(10), comment(20, parent=10), *late))
    read = Comment.objects.filter(root=by_number(10)).order_by("path")
    assert [row.import_number for row in read] == [15, 20, 30, None, 120]
    assert list(read)[3] == here


def test_many_imports_find_room_before_the_same_comment(
    take: Callable[..., Report], living: Thread
) -> None:
    numbers: list[int] = []
    for batch in range(12):
        numbers += range(1000 + batch * 40, 1000 + batch * 40 + 40)
        rows = [comment(number, at=30 + number / 1000) for number in numbers]
        take(post(1, comment(10), comment(20, parent=10), *rows))
    places = living.comments.filter(import_number__gte=1000).order_by("place")
    assert [row.import_number for row in places] == numbers
    first = living.comments.filter(import_number=None, parent=None).order_by("pk")[0]
    assert places.last().place < first.place


def test_without_room_comments_stand_at_the_end_and_the_report_says_so(
    take: Callable[..., Report], living: Thread
) -> None:
    first = living.comments.filter(import_number=None, parent=None).order_by("pk")[0]
    neighbour = by_number(10)
    Comment.objects.filter(pk=neighbour.pk).update(place=first.place - 1)
    report = take(post(1, comment(10), comment(20, parent=10), comment(30)))
    assert report[Count.CROWDED] == 1
    assert order(living)[-1] == 30


# Again and again


def test_a_second_run_adds_nothing_and_changes_nothing(
    take: Callable[..., Report], site: Site
) -> None:
    posts = post(1, comment(5), comment(6, parent=5), tags=("Sea",)), post(2, comment(7))
    take(*posts)
    Article.objects.filter(title="Post 1").update(title="A better title", slug="better")
    lifecycle.move(by_number(6), Status.REJECTED, seen=1)
    before = everything()
    report = take(*posts)
    assert everything() == before
    assert Article.objects.filter(title="A better title", slug="better").exists()
    assert by_number(6).status == Status.REJECTED
    assert (report[Count.KNOWN_ARTICLE], report[Count.KNOWN_COMMENT]) == (2, 3)


def test_the_same_blog_with_another_scheme_is_the_same_blog(site: Site, tmp_path: Path) -> None:
    bring_in(site, wxr.write(tmp_path, post(1, comment(5)), scheme="http"))
    bring_in(site, wxr.write(tmp_path, post(1, comment(5)), scheme="https"))
    assert (Article.objects.count(), Comment.objects.count()) == (1, 1)


def test_another_site_has_articles_and_people_of_its_own(
    take: Callable[..., Report], tmp_path: Path
) -> None:
    take(post(1, comment(5)))
    other = factories.site(host="other.example", base_url="https://other.example")
    bring_in(other, wxr.write(tmp_path, post(1, comment(5))))
    assert (Article.objects.count(), Person.objects.count(), Contact.objects.count()) == (2, 2, 1)


class Killed(BaseException):
    """As when the process ends."""


@pytest.mark.parametrize("survived", range(6))
def test_killed_anywhere_it_is_whole_after_another_run(
    take: Callable[..., Report],
    small_batches: None,
    monkeypatch: pytest.MonkeyPatch,
    survived: int,
) -> None:
    first = [comment(1), *(comment(number, parent=number // 2) for number in range(2, 9))]
    posts = post(1, *first), post(2, *(comment(number) for number in range(20, 25)))
    written = storing.Family.save_counters
    batches = iter(range(survived))

    def die_in_the_end(family: storing.Family) -> None:
        written(family)
        if next(batches, None) is None:
            raise Killed

    monkeypatch.setattr(storing.Family, "save_counters", die_in_the_end)
    if survived < 5:
        with pytest.raises(Killed):
            take(*posts)
        assert recounted() == []
        monkeypatch.setattr(storing.Family, "save_counters", written)
    else:
        take(*posts)
    take(*posts)
    one, two = Thread.objects.order_by("pk")
    assert (one.comment_count, two.comment_count) == (8, 5)
    assert order(two) == [20, 21, 22, 23, 24]
    assert take(*posts)[Count.PUBLISHED] == 0


def test_a_dry_run_says_the_same_and_changes_nothing(
    take: Callable[..., Report], small_batches: None
) -> None:
    take(post(1, comment(5)))
    posts = (
        post(1, comment(5), comment(6, approved=0), comment(7, content="")),
        post(2, *(comment(number) for number in range(20, 28)), comment(9, type="pingback")),
        post(3, comment(30), **{"wp:status": "trash"}),
        post(4, **{"wp:status": "draft", "content:encoded": '<img src="https://a.example/b.png">'}),
    )
    before = everything()
    promised = take(*posts, dry_run=True)
    assert everything() == before
    assert take(*posts).lines() == promised.lines()
    assert promised[Count.PICTURE] == 1


# Nobody is told


def test_nobody_gets_an_e_mail(take: Callable[..., Report], living: Thread) -> None:
    follower = factories.guest(proven=True)
    subscriptions.follow_thread(living, follower.contact, follower)
    Subscription.objects.update(confirmed_at=timezone.now())
    jobs = Job.objects.count()
    take(post(1, *(comment(number) for number in range(30, 40)), comment(50, approved=0)))
    assert Job.objects.count() == jobs
    lifecycle.move(by_number(50), Status.PUBLISHED, seen=1)
    assert Job.objects.count() == jobs
    assert not Email.objects.exists()
    assert not Delivery.objects.exists()


# Old addresses


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        pytest.param("/2019/post-1/", "post-1", id="link"),
        pytest.param("/2019/post-1", "post-1", id="without a slash"),
        pytest.param("/2019/post-1/?utm_source=feed", "post-1", id="with a tail"),
        pytest.param("/?p=1", "post-1", id="by number"),
        pytest.param("/?p=2", None, id="another number"),
        pytest.param("/", None, id="the front page"),
        pytest.param("/2019/%D1%80%D1%8B/", "post-3", id="letters beyond Latin"),
        pytest.param("/about/?page_id=4", None, id="a page's number elsewhere"),
        pytest.param("/?page_id=4", "post-4", id="a page"),
    ],
)
def test_old_addresses_lead_to_the_article(
    take: Callable[..., Report], site: Site, path: str, slug: str | None
) -> None:
    take(
        post(1),
        post(3, link="https://old.example/2019/%d1%80%d1%8b/"),
        post(4, link="https://old.example/", **{"wp:post_type": "page"}),
    )
    assert moved_to(site, path) == (f"/articles/{slug}/" if slug else None)


def test_old_addresses_redirect_for_ever(take: Callable[..., Report], client: Client) -> None:
    take(post(1, comment(5)))
    response = client.get("/2019/post-1/")
    assert (response.status_code, response["Location"]) == (301, "/articles/post-1/")
    response = client.get("/articles/post-1/comment-5/")
    assert response["Location"] == f"/comments/{by_number(5).pk}/"


def test_an_old_address_that_leads_elsewhere_already_stays(
    take: Callable[..., Report], site: Site
) -> None:
    mine = factories.article(site)
    OldAddress.objects.create(site=site, path="/2019/post-1", article=mine)
    take(post(1))
    assert moved_to(site, "/2019/post-1/") == f"/articles/{mine.slug}/"


# The command


def run(*arguments: Any, **options: Any) -> str:
    said = StringIO()
    call_command("import_wordpress", *arguments, stdout=said, **options)
    return said.getvalue()


def test_the_command_reports_what_it_did(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert "  1  New comments, waiting for a moderator" in run(str(GARDEN))
    assert "  3  Comments that are here already" in run(str(GARDEN))
    assert capsys.readouterr().err == ""


def test_the_command_looks_without_touching(site: Site) -> None:
    before = everything()
    said = run(str(GARDEN), dry_run=True)
    assert "nothing has changed" in said
    assert "  2  New comments, published" in said
    assert everything() == before


HOSTILE = {
    "entities": '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "a">]><rss>&a;</rss>',
    "external": '<?xml version="1.0"?><!DOCTYPE r SYSTEM "file:///etc/passwd"><rss/>',
    "cut short": wxr.export(post(1, comment(5)), post(2))[:-40],
    "broken in the last post": wxr.export(post(1, comment(5)), "<item><wp:post_id>x</wp:post_id>"),
    "a web page": "<!doctype html><title>Log in</title>",
    "empty": "",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_changes_nothing(site: Site, tmp_path: Path, text: str) -> None:
    file = tmp_path / "bad.xml"
    file.write_text(text)
    before = everything()
    with pytest.raises(CommandError, match="Nothing was imported"):
        run(str(file))
    assert everything() == before


def test_the_command_asks_which_site(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no site yet"):
        run(str(GARDEN))
    factories.site()
    other = factories.site(host="other.example", base_url="https://other.example")
    with pytest.raises(CommandError, match=r"other\.example, testserver"):
        run(str(GARDEN))
    run(str(GARDEN), site="other.example")
    assert Article.objects.filter(site=other).count() == 2


def test_a_missing_file_is_a_sentence(site: Site, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        run(str(tmp_path / "nothing.xml"))


# Cost


def test_a_batch_costs_the_same_number_of_queries_whatever_it_holds(
    take: Callable[..., Report], django_assert_max_num_queries: Callable[..., Any]
) -> None:
    rows = [comment(number, author_email=f"a{number}@mail.example") for number in range(1, 400)]
    rows += [comment(1000 + number, parent=number) for number in range(1, 400)]
    with django_assert_max_num_queries(110 if connection.vendor == "sqlite" else 40):
        take(post(1, *rows))
    assert Comment.objects.count() == 798
    assert threads.of_article(Article.objects.get()).comment_count == 798
