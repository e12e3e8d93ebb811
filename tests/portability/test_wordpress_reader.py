"""What a WordPress export says is read whole, or refused with a sentence."""

import io
import socket
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from community.portability.wordpress.reader import read, survey
from community.portability.wordpress.values import (
    UNDATED,
    BrokenExport,
    CommentKind,
    CommentStatus,
    ExportedAuthor,
    ExportedComment,
    ExportedPost,
    ExportedSite,
    PostKind,
    ProblemKind,
    Problems,
)

GARDEN = Path(__file__).parent / "exports" / "garden.xml"
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> None:
        raise AssertionError("an import must not go out to the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


def wxr(*items: str, version: str = "1.2", before: str = DECLARATION) -> str:
    return (
        f'{before}<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"\n'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"\n'
        f' xmlns:wp="http://wordpress.org/export/{version}/">\n'
        f"<channel><title>Test</title>\n{''.join(items)}</channel></rss>"
    )


def item(*comments: str, number: int | str = 1, content: str = "", more: str = "") -> str:
    return (
        f"<item><content:encoded>{content}</content:encoded><wp:post_id>{number}</wp:post_id>"
        "<wp:post_date_gmt>2020-01-01 00:00:00</wp:post_date_gmt><wp:status>publish</wp:status>"
        f"<wp:post_type>post</wp:post_type>{more}{''.join(comments)}</item>\n"
    )


def comment(number: int, parent: int = 0, day: int = 1, **fields: str) -> str:
    values: dict[str, Any] = {
        "id": number,
        "parent": parent,
        "date_gmt": f"2020-02-{day:02} 00:00:00",
        "content": "words",
        "approved": "1",
        "type": "",
        **fields,
    }
    inside = "".join(f"<wp:comment_{n}>{v}</wp:comment_{n}>" for n, v in values.items())
    return f"<wp:comment>{inside}</wp:comment>"


def posts_of(text: str | bytes) -> list[ExportedPost]:
    return list(read(io.BytesIO(text.encode() if isinstance(text, str) else text)))


def comments_of(*comments: str) -> tuple[ExportedComment, ...]:
    return posts_of(wxr(item(*comments)))[0].comments


def problems_in(text: str | bytes) -> dict[ProblemKind, int]:
    found = survey(io.BytesIO(text.encode() if isinstance(text, str) else text)).problems
    return {problem.kind: problem.count for problem in found}


def test_a_post_comes_with_all_its_words() -> None:
    post = next(read(GARDEN))
    assert (post.number, post.kind, post.slug) == (12, PostKind.POST, "why-beans-climb")
    assert post.title == "Why beans climb & peas do not"
    assert post.html == "They want light.\n\nAnd a pole ]]> or a string."
    assert post.excerpt == "A short answer"
    assert (post.author_login, post.author_name) == ("ida", "Ida Moss")
    assert post.published_at == datetime(2021, 5, 1, 6, tzinfo=UTC)
    assert (post.status, post.has_password, post.comments_open) == ("publish", False, True)
    assert post.tags == ("Beds & Borders", "beans")
    assert post.old_paths == (
        "/2021/05/why-beans-climb/",
        "/?p=12",
        "/2021/05/climbing-beans/",
    )


def test_a_page_comes_with_its_password_its_unfinished_date_and_its_letters() -> None:
    page = list(read(GARDEN))[1]
    assert (page.kind, page.status, page.has_password) == (PostKind.PAGE, "draft", True)
    assert page.published_at == datetime(2020, 1, 1, tzinfo=UTC)
    assert page.slug == "о-нас"
    assert page.author_name == "guest"
    assert not page.comments_open
    assert page.old_paths == ("/about/", "/?page_id=2")


def test_comments_come_in_order_with_who_wrote_them() -> None:
    first, second, ping, waiting = next(read(GARDEN)).comments
    assert first == ExportedComment(
        number=40,
        parent=0,
        author_name="Rory O'Hare",
        author_email="rory@mail.example",
        author_url="https://rory.example/?a=1&b=2",
        author_number=0,
        created_at=datetime(2021, 5, 2, 7, tzinfo=UTC),
        html="Can they climb string?",
        status=CommentStatus.APPROVED,
        kind=CommentKind.COMMENT,
    )
    assert (second.number, second.parent, second.author_number) == (41, 40, 3)
    assert (ping.kind, waiting.status) == (CommentKind.PINGBACK, CommentStatus.WAITING)


def test_a_survey_counts_everything_and_finds_nothing_to_mend() -> None:
    found = survey(GARDEN)
    assert found.site == ExportedSite("Beans & Bees", "https://garden.example")
    assert found.authors == (ExportedAuthor(3, "ida", "Ida Moss", "ida@garden.example"),)
    assert (found.posts, found.pages) == ({"publish": 1}, {"draft": 1})
    assert found.comments == {CommentStatus.APPROVED: 2, CommentStatus.WAITING: 1}
    assert found.left_out == {CommentKind.PINGBACK: 1}
    assert (found.attachments, found.other_items) == (1, {"nav_menu_item": 1})
    assert (found.with_password, found.deepest, found.problems) == (1, 2, ())


def test_an_open_file_can_be_surveyed_and_then_read() -> None:
    with GARDEN.open("rb") as file:
        survey(file)
        assert [post.number for post in read(file)] == [12, 2]
        assert not file.closed


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
def test_each_version_of_the_format_is_read(version: str) -> None:
    assert posts_of(wxr(item(comment(5)), version=version))[0].comments[0].number == 5


@pytest.mark.parametrize(
    ("comments", "expected", "mended"),
    [
        pytest.param([(2, 0, 2), (1, 0, 1)], [(1, 0), (2, 0)], {}, id="they come by date"),
        pytest.param([(7, 0, 1), (3, 0, 1)], [(3, 0), (7, 0)], {}, id="and then by number"),
        pytest.param([(2, 1, 2), (1, 0, 1)], [(1, 0), (2, 1)], {}, id="the answer stands first"),
        pytest.param(
            [(1, 2, 1), (2, 0, 5), (3, 0, 3)],
            [(3, 0), (2, 0), (1, 2)],
            {ProblemKind.EARLIER_THAN_PARENT: 1},
            id="the answer is dated before the question",
        ),
        pytest.param(
            [(1, 99, 1)], [(1, 0)], {ProblemKind.LOST_PARENT: 1}, id="the question is missing"
        ),
        pytest.param([(1, 1, 1)], [(1, 0)], {ProblemKind.CIRCLE: 1}, id="one answers itself"),
        pytest.param(
            [(1, 3, 3), (2, 1, 2), (3, 2, 4), (4, 3, 5)],
            [(2, 0), (3, 2), (1, 3), (4, 3)],
            {ProblemKind.CIRCLE: 1, ProblemKind.EARLIER_THAN_PARENT: 1},
            id="a circle opens at its oldest comment",
        ),
        pytest.param(
            [(1, 2, 1), (2, 1, 2), (3, 4, 3), (4, 3, 4)],
            [(1, 0), (2, 1), (3, 0), (4, 3)],
            {ProblemKind.CIRCLE: 2},
            id="two circles",
        ),
        pytest.param(
            [(1, 0, 1), (1, 0, 2)], [(1, 0)], {ProblemKind.SAME_NUMBER: 1}, id="a number twice"
        ),
    ],
)
def test_branches_are_put_in_order(
    comments: list[tuple[int, int, int]],
    expected: list[tuple[int, int]],
    mended: dict[ProblemKind, int],
) -> None:
    text = wxr(item(*(comment(*values) for values in comments)))
    found = posts_of(text)[0].comments
    assert [(each.number, each.parent) for each in found] == expected
    assert problems_in(text) == mended


def test_an_answer_to_a_comment_under_another_post_stands_alone() -> None:
    text = wxr(item(comment(1), number=1), item(comment(2, parent=1), number=2))
    assert posts_of(text)[1].comments[0].parent == 0
    assert problems_in(text) == {ProblemKind.LOST_PARENT: 1}


def test_a_branch_may_be_ten_thousand_deep() -> None:
    chain = (comment(number, parent=number - 1) for number in range(10_000, 0, -1))
    assert survey(io.BytesIO(wxr(item(*chain)).encode())).deepest == 10_000


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("1", CommentStatus.APPROVED),
        ("0", CommentStatus.WAITING),
        ("spam", CommentStatus.SPAM),
        ("trash", CommentStatus.TRASH),
        ("post-trashed", CommentStatus.POST_TRASHED),
    ],
)
def test_each_status_is_understood(word: str, status: CommentStatus) -> None:
    assert comments_of(comment(1, approved=word))[0].status is status


def test_an_unknown_status_waits_for_a_moderator() -> None:
    text = wxr(item(comment(1, approved="featured")))
    assert posts_of(text)[0].comments[0].status is CommentStatus.WAITING
    assert problems_in(text) == {ProblemKind.UNKNOWN_STATUS: 1}


def test_what_a_plugin_wrote_for_itself_is_no_comment() -> None:
    text = wxr(item(comment(1, type="order_note")))
    assert posts_of(text)[0].comments[0].kind is CommentKind.OTHER
    assert survey(io.BytesIO(text.encode())).left_out == {CommentKind.OTHER: 1}


@pytest.mark.parametrize(
    ("gmt", "local", "expected"),
    [
        pytest.param("2021-03-04 05:06:07", "", (2021, 3, 4, 5, 6, 7), id="in UTC"),
        pytest.param(
            "0000-00-00 00:00:00", "2021-03-04 05:06:07", (2021, 3, 4, 5, 6, 7), id="local only"
        ),
        pytest.param("2021-02-30 00:00:00", "no", (2020, 1, 1), id="none: that of the post"),
    ],
)
def test_a_comment_always_has_a_date(gmt: str, local: str, expected: tuple[int, ...]) -> None:
    found = comments_of(comment(1, date_gmt=gmt, date=local))
    assert found[0].created_at == datetime(*expected, tzinfo=UTC)  # type: ignore[arg-type]


def test_a_post_without_any_date_says_so() -> None:
    text = wxr(item()).replace("2020-01-01 00:00:00", "soon")
    assert posts_of(text)[0].published_at == UNDATED
    assert problems_in(text) == {ProblemKind.UNDATED_POST: 1}


def test_a_feed_date_serves_where_no_other_does() -> None:
    date = "<pubDate>Sat, 01 May 2021 08:00:00 +0200</pubDate>"
    text = wxr(item(more=date)).replace("2020-01-01 00:00:00", "0000-00-00 00:00:00")
    assert posts_of(text)[0].published_at == datetime(2021, 5, 1, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "content", "mended"),
    [
        pytest.param(b"so\x1fft", "soft", {ProblemKind.CONTROL_CHARACTER: 1}, id="soft hyphen"),
        pytest.param(b"a\x0bb\x00", "a b", {ProblemKind.CONTROL_CHARACTER: 2}, id="old line end"),
        pytest.param(b"caf\xe9!", "caf\ufffd!", {ProblemKind.BAD_BYTE: 1}, id="a Latin-1 letter"),
        pytest.param("café \ufffd".encode(), "café \ufffd", {}, id="nothing wrong"),
    ],
)
def test_what_xml_forbids_is_mended_and_counted(
    raw: bytes, content: str, mended: dict[ProblemKind, int]
) -> None:
    text = wxr(item(content="<![CDATA[HERE]]>")).encode().replace(b"HERE", raw)
    assert posts_of(text)[0].html == content
    assert problems_in(text) == mended


@pytest.mark.parametrize(
    ("declared", "used", "mended"),
    [
        pytest.param("UTF-8", "utf-8", {}, id="utf-8"),
        pytest.param("UTF-8", "utf-8-sig", {}, id="utf-8 with a mark"),
        pytest.param("UTF-16", "utf-16", {}, id="utf-16 with a mark"),
        pytest.param("UTF-16", "utf-16-le", {}, id="utf-16, little end first, no mark"),
        pytest.param("UTF-16", "utf-16-be", {}, id="utf-16, big end first, no mark"),
        pytest.param("ISO-8859-1", "latin-1", {}, id="latin-1"),
        pytest.param("windows-1251", "cp1251", {}, id="cyrillic"),
        pytest.param(
            "ISO-8859-1", "utf-8", {ProblemKind.WRONG_ENCODING: 1}, id="utf-8 under a wrong name"
        ),
        pytest.param(
            "UTF-16", "utf-8", {ProblemKind.WRONG_ENCODING: 1}, id="utf-8 that says utf-16"
        ),
    ],
)
def test_the_encoding_is_found(declared: str, used: str, mended: dict[ProblemKind, int]) -> None:
    word = "жук" if used == "cp1251" else "Gärten"
    text = wxr(item(content=word), before=f'<?xml version="1.0" encoding="{declared}"?>')
    assert posts_of(text.encode(used))[0].html == word
    assert problems_in(text.encode(used)) == mended


LAUGHS = """<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>"""
EXTERNAL = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
PARAMETER = '<!DOCTYPE r [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]>'
DTD = '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd">'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param(wxr(item(content="&c;"), before=LAUGHS), "Line 1 declares", id="laughs"),
        pytest.param(wxr(item(content="&x;"), before=EXTERNAL), "Line 1 declares", id="a file"),
        pytest.param(wxr(before=PARAMETER), "Line 1 declares", id="a parameter entity"),
        pytest.param(wxr(before=DTD), "Line 1 declares", id="a document type elsewhere"),
        pytest.param(wxr("\n<a>" * 100_000), "nested deeper than any export", id="nesting"),
        pytest.param(wxr(item())[:-30], "The file ends in line 6", id="cut off"),
        pytest.param(wxr("<item>\n<title><![CDATA[half"), "The file ends", id="cut in a text"),
        pytest.param(wxr("\n<item></rss>"), "broken in line 7 (mismatched tag)", id="mismatch"),
        pytest.param(wxr("a & b"), "broken in line 6", id="a bare ampersand"),
        pytest.param(wxr(item(content="a&nbsp;b")), "Line 6 uses a name like", id="&nbsp;"),
        pytest.param(wxr("<!--" + "x" * 3_000_000), "more than 2 MB", id="endless comment"),
        pytest.param(wxr('<a b="' + "x" * 3_000_000), "more than 2 MB", id="endless attribute"),
        pytest.param(
            wxr(item(content="x" * 17_000_000)), "longer than 16 MB", id="an endless text"
        ),
        pytest.param(
            wxr(*(f"<n{number}/>" for number in range(2000))), "more names", id="endless names"
        ),
        pytest.param(wxr(item(number="")), "ends in line 6", id="a post without number"),
        pytest.param(wxr(item(number="9" * 5000)), "no valid wp:post_id", id="a huge number"),
        pytest.param(wxr(item(comment(-4))), "no valid wp:comment_id (“-4”)", id="below zero"),
        pytest.param(wxr(version="7.0"), "version 7.0", id="a version of the future"),
        pytest.param("", "The file is empty", id="nothing"),
        pytest.param("  \n ", "The file is empty", id="white space"),
        pytest.param("PK\x03\x04rest", "This is an archive", id="a zip"),
        pytest.param("<!DOCTYPE html><html>", "This is a web page", id="a web page"),
        pytest.param("Dear editor", "This is not an XML file", id="a text"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0", "This is not an XML file", id="a picture"),
        pytest.param("<feed/>", "no WordPress export", id="another kind of XML"),
        pytest.param("<rss><channel/></rss>", "This is a feed", id="a feed"),
        pytest.param(
            '<?xml version="1.0" encoding="unicode_escape"?><rss/>', "“unicode_escape”", id="codec"
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(
    text: str | bytes, sentence: str
) -> None:
    file = io.BytesIO(text.encode() if isinstance(text, str) else text)
    with pytest.raises(BrokenExport) as refusal:
        survey(file)
    assert sentence in str(refusal.value)


@pytest.mark.parametrize("text", ["", "<!doctype html>", "hello", "<feed/>", "<rss/>"])
def test_who_brings_a_wrong_file_learns_where_the_right_one_is(text: str) -> None:
    with pytest.raises(BrokenExport, match="Tools → Export"):
        survey(io.BytesIO(text.encode()))


def test_a_refusal_knows_its_line() -> None:
    with pytest.raises(BrokenExport) as refusal:
        survey(io.BytesIO(wxr("\n\n<item></rss>").encode()))
    assert refusal.value.line == 8


def test_a_file_cut_anywhere_is_never_read_by_half() -> None:
    whole = GARDEN.read_bytes()
    for length in range(0, len(whole.rstrip()), 97):
        with pytest.raises(BrokenExport):
            survey(io.BytesIO(whole[:length]))


class Endless(io.RawIOBase):
    """A file made while it is read, so that its size is in nobody's memory."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts

    def seek(self, *_where: int) -> int:
        return 0

    def read(self, _size: int = -1) -> bytes:
        return next(self._parts, b"")


def test_memory_holds_one_post_however_long_the_file() -> None:
    def parts() -> Iterator[bytes]:
        start, end = wxr("HERE").encode().split(b"HERE")
        yield start
        for number in range(1, 300):
            yield item(comment(number), number=number, content="words " * 8000).encode()
        yield end

    tracemalloc.start()
    try:
        found = survey(Endless(parts()))  # type: ignore[arg-type]
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found.posts == {"publish": 299}
    assert peak < 2_000_000  # of 14 MB


def test_problems_say_how_often_and_where_first() -> None:
    notes = Problems()
    list(read(io.BytesIO(wxr(item(comment(1, 8), comment(2, 9))).encode()), notes))
    (problem,) = notes.summary()
    assert (problem.count, problem.example) == (2, "#comment-1")
    assert str(problem).startswith("2 comments answer ones")


@pytest.mark.parametrize("kind", list(ProblemKind))
@pytest.mark.parametrize("count", [1, 2])
def test_every_problem_has_a_sentence(kind: ProblemKind, count: int) -> None:
    notes = Problems()
    notes.note(kind, count=count)
    assert str(notes.summary()[0]).endswith(".")
