"""Reading a WordPress export (WXR 1.0 to 1.2) as a stream: memory holds one post at a time."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sized
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler, feature_namespaces
from xml.sax.xmlreader import AttributesNSImpl, Locator

from defusedxml import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser
from django.utils.translation import gettext as _

from community.portability.wordpress.blocks import absolute
from community.portability.wordpress.branches import arrange, deepest
from community.portability.wordpress.html import plain_text
from community.portability.wordpress.source import how_to_export, pieces_of
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
    Survey,
)

Source = Path | BinaryIO
Record = dict[str, str]
Name = tuple[str | None, str]

_VERSIONS = frozenset({"1.0", "1.1", "1.2"})
_WORDPRESS = re.compile(r"http://wordpress\.org/export/(\d+\.\d+)/(excerpt/)?")
_PREFIXES = {
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://purl.org/dc/elements/1.1/": "dc:",
}
_DEEPEST = 64
_LONGEST_TEXT = 16 * 1024 * 1024
# A tag or XML comment longer than this is no export; the parser would have to keep it whole.
_LONGEST_SILENCE = 2 * 1024 * 1024
# The parser remembers every name for as long as it reads; exports have about fifty.
_MOST_NAMES = 1000
_LARGEST_NUMBER = 2**63 - 1

_CHANNEL = "rss/channel"
_ITEM = "rss/channel/item"
_COMMENT = "rss/channel/item/wp:comment"
_AUTHOR = "rss/channel/wp:author"
_META = "rss/channel/item/wp:postmeta"
_CATEGORY = "rss/channel/item/category"
_FIELDS = {
    _CHANNEL: {"title", "link", "wp:base_blog_url", "wp:base_site_url"},
    _AUTHOR: {"wp:author_id", "wp:author_login", "wp:author_email", "wp:author_display_name"},
    _ITEM: {
        *("title", "link", "pubDate", "dc:creator", "content:encoded", "excerpt:encoded"),
        *("wp:post_id", "wp:post_date", "wp:post_date_gmt", "wp:comment_status", "wp:post_name"),
        *("wp:status", "wp:post_type", "wp:post_password"),
    },
    _META: {"wp:meta_key", "wp:meta_value"},
    _COMMENT: {
        *("wp:comment_id", "wp:comment_author", "wp:comment_author_email"),
        *("wp:comment_author_url", "wp:comment_date", "wp:comment_date_gmt"),
        *("wp:comment_content", "wp:comment_approved", "wp:comment_type", "wp:comment_parent"),
        "wp:comment_user_id",
    },
}
_WANTED = {f"{record}/{name}" for record, names in _FIELDS.items() for name in names} | {_CATEGORY}
_STATUSES = {
    "1": CommentStatus.APPROVED,
    "approve": CommentStatus.APPROVED,
    "approved": CommentStatus.APPROVED,
    "0": CommentStatus.WAITING,
    "hold": CommentStatus.WAITING,
    "spam": CommentStatus.SPAM,
    "trash": CommentStatus.TRASH,
    "post-trashed": CommentStatus.POST_TRASHED,
}
_KINDS = {
    "": CommentKind.COMMENT,
    "comment": CommentKind.COMMENT,
    "review": CommentKind.COMMENT,
    "pingback": CommentKind.PINGBACK,
    "trackback": CommentKind.TRACKBACK,
}


def read(source: Source, problems: Problems | None = None) -> Iterator[ExportedPost]:
    """The posts and pages in the order of the file; `problems` learns what was mended.

    Raises BrokenExport at the broken place: whoever stores the posts asks `survey` first.
    """
    notes = Problems() if problems is None else problems
    export = _Export(notes)
    for _piece in _parsed(source, export, notes):
        yield from export.take_posts()


def survey(source: Source) -> Survey:
    """What the file holds, after reading all of it; raises BrokenExport if any of it is broken."""
    problems = Problems()
    export = _Export(problems)
    tally = _Tally()
    for _piece in _parsed(source, export, problems):
        for post in export.take_posts():
            tally.add(post)
    return Survey(
        site=export.site,
        authors=tuple(export.authors.values()),
        posts=dict(tally.posts[PostKind.POST]),
        pages=dict(tally.posts[PostKind.PAGE]),
        comments=dict(tally.comments),
        left_out=dict(tally.left_out),
        attachments=export.others.pop("attachment", 0),
        other_items=dict(export.others),
        with_password=tally.with_password,
        deepest=tally.deepest,
        problems=problems.summary(),
    )


@dataclass(slots=True)
class _Tally:
    posts: dict[PostKind, Counter[str]] = field(
        default_factory=lambda: {kind: Counter() for kind in PostKind}
    )
    comments: Counter[CommentStatus] = field(default_factory=Counter)
    left_out: Counter[CommentKind] = field(default_factory=Counter)
    with_password: int = 0
    deepest: int = 0

    def add(self, post: ExportedPost) -> None:
        self.posts[post.kind][post.status] += 1
        self.with_password += post.has_password
        self.deepest = max(self.deepest, deepest(post.comments))
        for comment in post.comments:
            if comment.kind is CommentKind.COMMENT:
                self.comments[comment.status] += 1
            else:
                self.left_out[comment.kind] += 1


def _parsed(source: Source, export: "_Export", problems: Problems) -> Iterator[None]:
    """Feed the file to the handler, pausing after each piece so that posts can be taken."""
    parser = DefusedExpatParser(forbid_dtd=True)
    parser.setFeature(feature_namespaces, True)
    parser.setContentHandler(export)
    export.setDocumentLocator(parser)
    with _opened(source) as file, _sentences(parser.getLineNumber):
        for piece in pieces_of(file, problems):
            parser.feed(piece)
            export.hear_of_silence(len(piece))
            yield
    with _sentences(parser.getLineNumber, at_end=True):
        parser.close()


@contextmanager
def _opened(source: Source) -> Iterator[BinaryIO]:
    if isinstance(source, Path):
        with source.open("rb") as file:
            yield file
    else:
        source.seek(0)
        yield source


@contextmanager
def _sentences(line_number: Callable[[], int], *, at_end: bool = False) -> Iterator[None]:
    """Turn what the parser raises into a sentence with a line number."""
    try:
        yield
    except SAXParseException as error:
        line = error.getLineNumber() or 1
        raise BrokenExport(_complaint(error.getMessage(), line, at_end=at_end), line) from error
    except DefusedXmlException as error:
        line = line_number()
        raise BrokenExport(
            _(
                "Line %(line)d declares a document type or entities. No WordPress export does, "
                "and they can be used for attacks: the file was not read."
            )
            % {"line": line},
            line,
        ) from error


def _complaint(message: str, line: int, *, at_end: bool) -> str:
    if at_end:
        return _(
            "The file ends in line %(line)d before it is complete. "
            "Perhaps the download stopped early: please export again."
        ) % {"line": line}
    if "undefined entity" in message:
        return _("Line %(line)d uses a name like &nbsp; that XML does not know.") % {"line": line}
    return _("The XML is broken in line %(line)d (%(message)s).") % {
        "line": line,
        "message": message,
    }


class _Export(ContentHandler):
    """Collects the fields it knows and makes posts of them."""

    _locator: Locator

    def __init__(self, problems: Problems) -> None:
        super().__init__()
        self.authors: dict[str, ExportedAuthor] = {}
        self.others: Counter[str] = Counter()
        self._problems = problems
        self._namespaces: set[str] = set()
        self._names: set[Name] = set()
        self._path: list[str] = []
        self._here = ""
        self._records: dict[str, Record] = {record: {} for record in _FIELDS}
        self._text: list[str] | None = None
        self._length = 0
        self._silence = 0
        self._domain = ""
        self._tags: dict[str, None] = {}
        self._old_slugs: list[str] = []
        self._comments: list[ExportedComment] = []
        self._posts: list[ExportedPost] = []

    @property
    def site(self) -> ExportedSite:
        """The blog, known once its first post is."""
        channel = self._records[_CHANNEL]
        addresses = (channel.get(name, "") for name in ("wp:base_blog_url", "link"))
        url = next((url for address in addresses if (url := absolute(address))), "")
        return ExportedSite(plain_text(channel.get("title", "")), url.rstrip("/"))

    def take_posts(self) -> list[ExportedPost]:
        """The posts completed since the last time."""
        posts, self._posts = self._posts, []
        return posts

    def hear_of_silence(self, length: int) -> None:
        """Stop at a tag or comment without end before it fills the memory."""
        self._silence += length
        if self._silence > _LONGEST_SILENCE:
            raise self._broken(
                _("Line %(line)d begins something of more than 2 MB that no export has.")
            )

    # --- what the parser calls ---

    def startPrefixMapping(self, prefix: str | None, uri: str) -> None:  # noqa: N802
        self._namespaces.add(uri)
        self._stop_at_too_many(self._namespaces)

    def startElementNS(  # noqa: N802
        self, name: Name, qname: str | None, attrs: AttributesNSImpl
    ) -> None:
        self._silence = 0
        if not self._path:
            self._check_root(name)
        self._names.add(name)
        self._stop_at_too_many(self._names)
        if len(self._path) >= _DEEPEST:
            raise self._broken(_("Line %(line)d is nested deeper than any export."))
        if self._text is not None:
            self._path.append("")  # a tag inside a text: its words are taken, it is not
            return
        self._path.append(_short(name))
        self._here = "/".join(self._path)
        self._begin(attrs)

    def endElementNS(self, name: Name, qname: str | None) -> None:  # noqa: N802
        self._silence = 0
        is_inside_text = not self._path[-1]
        self._path.pop()
        if is_inside_text:
            return
        ended, self._here = self._here, "/".join(self._path)
        self._end(ended)

    def characters(self, content: str) -> None:
        self._silence = 0
        if self._text is None:
            return
        self._text.append(content)
        self._length += len(content)
        if self._length > _LONGEST_TEXT:
            raise self._broken(_("The text in line %(line)d is longer than 16 MB."))

    def _stop_at_too_many(self, names: Sized) -> None:
        if len(names) > _MOST_NAMES:
            raise self._broken(_("Up to line %(line)d there are more names than in any export."))

    # --- what it means ---

    def _check_root(self, name: Name) -> None:
        versions = {match[1] for uri in self._namespaces if (match := _WORDPRESS.fullmatch(uri))}
        if name != (None, "rss"):
            raise BrokenExport(_("This is XML, but no WordPress export.") + " " + how_to_export())
        if not versions:
            raise BrokenExport(_("This is a feed, not an export.") + " " + how_to_export())
        if not versions <= _VERSIONS:
            raise BrokenExport(
                _("This export has the version %(version)s; Parley reads 1.0, 1.1 and 1.2.")
                % {"version": max(versions)}
            )

    def _begin(self, attrs: AttributesNSImpl) -> None:
        if self._here in _WANTED:
            self._text, self._length = [], 0
        if self._here == _ITEM:
            self._tags, self._old_slugs, self._comments = {}, [], []
        if self._here in _FIELDS:
            self._records[self._here] = {}
        if self._here == _CATEGORY:
            self._domain = attrs.get((None, "domain"), "")

    def _end(self, ended: str) -> None:
        if self._text is not None:
            text, self._text = "".join(self._text), None
            self._keep(ended, text)
        elif ended in _FIELDS:
            self._complete(ended, self._records[ended])

    def _keep(self, ended: str, text: str) -> None:
        if ended == _CATEGORY:
            self._add_tag(text)
        else:
            record, _slash, name = ended.rpartition("/")
            self._records[record].setdefault(name, text)

    def _add_tag(self, text: str) -> None:
        name = plain_text(text)
        if self._domain in {"category", "post_tag", "tag"} and name not in {"", "Uncategorized"}:
            self._tags[name] = None

    def _complete(self, ended: str, record: Record) -> None:
        if ended == _AUTHOR:
            self._add_author(record)
        elif ended == _META and record.get("wp:meta_key") == "_wp_old_slug":
            self._old_slugs.append(record.get("wp:meta_value", ""))
        elif ended == _COMMENT:
            self._comments.append(self._comment(record))
        elif ended == _ITEM:
            self._add_item(record)

    def _add_author(self, record: Record) -> None:
        login = record.get("wp:author_login", "").strip()
        name = plain_text(record.get("wp:author_display_name", ""))
        number = record.get("wp:author_id", "").strip()
        self.authors[login] = ExportedAuthor(
            number=int(number) if number.isdecimal() and len(number) < 19 else 0,
            login=login,
            name=name or login,
            email=record.get("wp:author_email", "").strip(),
        )

    def _add_item(self, record: Record) -> None:
        kind = record.get("wp:post_type", "").strip() or PostKind.POST
        if kind in set(PostKind):
            self._posts.append(self._post(record, PostKind(kind)))
        else:
            self.others[kind] += 1
        self._comments = []

    def _post(self, record: Record, kind: PostKind) -> ExportedPost:
        number = self._number(record, "wp:post_id")
        published_at = self._post_date(record, number)
        login = record.get("dc:creator", "").strip()
        author = self.authors.get(login)
        slug = unquote(record.get("wp:post_name", "").strip())
        url = absolute(record.get("link", ""))
        return ExportedPost(
            number=number,
            kind=kind,
            title=plain_text(record.get("title", "")),
            slug=slug,
            url=url,
            html=record.get("content:encoded", ""),
            excerpt=plain_text(record.get("excerpt:encoded", "")),
            author_login=login,
            author_name=author.name if author else login,
            published_at=published_at,
            status=record.get("wp:status", "").strip() or "publish",
            has_password=bool(record.get("wp:post_password", "")),
            comments_open=record.get("wp:comment_status", "").strip() == "open",
            tags=tuple(self._tags),
            old_paths=_old_paths(url, number, kind, self._old_slugs),
            comments=arrange(self._dated(published_at), self._problems),
        )

    def _post_date(self, record: Record, number: int) -> datetime:
        date = (
            _date(record.get("wp:post_date_gmt", ""))
            or _date(record.get("wp:post_date", ""))
            or _feed_date(record.get("pubDate", ""))
        )
        if date is None:
            self._problems.note(ProblemKind.UNDATED_POST, f"?p={number}")
        return date or UNDATED

    def _dated(self, published_at: datetime) -> Iterator[ExportedComment]:
        for comment in self._comments:
            if comment.created_at is UNDATED:
                self._problems.note(ProblemKind.UNDATED_COMMENT, f"#comment-{comment.number}")
                yield replace(comment, created_at=published_at)
            else:
                yield comment

    def _comment(self, record: Record) -> ExportedComment:
        number = self._number(record, "wp:comment_id")
        dates = (record.get(name, "") for name in ("wp:comment_date_gmt", "wp:comment_date"))
        return ExportedComment(
            number=number,
            parent=self._number(record, "wp:comment_parent", default="0"),
            author_name=plain_text(record.get("wp:comment_author", "")),
            author_email=record.get("wp:comment_author_email", "").strip(),
            author_url=absolute(record.get("wp:comment_author_url", "")),
            author_number=self._number(record, "wp:comment_user_id", default="0"),
            created_at=next((date for text in dates if (date := _date(text))), UNDATED),
            html=record.get("wp:comment_content", ""),
            status=self._comment_status(record, number),
            kind=self._comment_kind(record, number),
        )

    def _comment_status(self, record: Record, number: int) -> CommentStatus:
        word = record.get("wp:comment_approved", "").strip()
        if word not in _STATUSES:
            self._problems.note(ProblemKind.UNKNOWN_STATUS, f"#comment-{number}")
        return _STATUSES.get(word, CommentStatus.WAITING)

    def _comment_kind(self, record: Record, number: int) -> CommentKind:
        word = record.get("wp:comment_type", "").strip()
        if word not in _KINDS:
            self._problems.note(ProblemKind.UNKNOWN_KIND, f"#comment-{number}")
        return _KINDS.get(word, CommentKind.OTHER)

    def _number(self, record: Record, name: str, default: str = "") -> int:
        text = record.get(name, "").strip() or default
        if text.isascii() and text.isdecimal() and len(text) < 20:
            number = int(text)
            if number <= _LARGEST_NUMBER and (number or default):
                return number
        raise self._broken(
            _("What ends in line %(line)d has no valid %(field)s (“%(text)s”)."),
            field=name,
            text=text[:40],
        )

    def _broken(self, sentence: str, **words: str) -> BrokenExport:
        line = self._locator.getLineNumber() or 1
        return BrokenExport(sentence % {"line": line, **words}, line)


def _short(name: Name) -> str:
    """The name with the prefix that WordPress writes, whatever the file calls it."""
    uri, local = name
    if match := _WORDPRESS.fullmatch(uri or ""):
        return f"excerpt:{local}" if match[2] else f"wp:{local}"
    return f"{_PREFIXES.get(uri, '?:') if uri else ''}{local}"


def _date(text: str) -> datetime | None:
    """A date of the export; none for "0000-00-00 00:00:00", which means it has no date yet."""
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _feed_date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text.strip())
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _old_paths(url: str, number: int, kind: PostKind, slugs: list[str]) -> tuple[str, ...]:
    parts = urlsplit(url)
    current = f"{parts.path}?{parts.query}" if parts.query else parts.path
    short = f"/?p={number}" if kind is PostKind.POST else f"/?page_id={number}"
    folder, _slash, end = parts.path.rstrip("/").rpartition("/")
    slash = "/" if parts.path.endswith("/") else ""
    # Only where the address ends in a name can it have ended in another.
    earlier = [f"{folder}/{slug}{slash}" for slug in slugs if slug and end and not parts.query]
    return tuple(dict.fromkeys(path for path in (current, short, *earlier) if path))
