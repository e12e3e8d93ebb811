"""HTML as WordPress stores it, read into a flat list of blocks.

WordPress keeps texts half-written: paragraphs are blank lines, line breaks are line ends, and a
filter called wpautop makes HTML of them for each page. This reader does both at once. It works
on tokens and never builds a tree, so neither depth nor missing end tags can make it slow.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from itertools import groupby
from urllib.parse import unquote, urljoin, urlsplit

Attributes = dict[str, str]

MARKS = {
    "b": "strong",
    "strong": "strong",
    "i": "em",
    "em": "em",
    "cite": "em",
    "del": "del",
    "s": "del",
    "strike": "del",
    "sub": "sub",
    "sup": "sup",
}
_CODE = frozenset({"code", "kbd", "samp", "tt"})
_LEAVES = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6"})
_LISTS = frozenset({"ul", "ol"})
_CELLS = frozenset({"td", "th"})
_CONTAINERS = (
    frozenset({"blockquote", "li", "figure", "figcaption", "table", "thead", "tbody", "tr"})
    | _LISTS
    | _CELLS
)
# They end a paragraph and are otherwise nothing to us.
_BOUNDARIES = frozenset(
    {
        *("address", "article", "aside", "caption", "center", "dd", "details", "div", "dl"),
        *(
            "dt",
            "fieldset",
            "footer",
            "form",
            "header",
            "main",
            "nav",
            "section",
            "summary",
            "tfoot",
        ),
    }
)
# Their content is no text for readers; lazy-loading plugins repeat pictures in <noscript>.
_DROPPED = frozenset({"script", "style", "template", "noscript", "object", "svg", "math", "head"})
# A start tag of these ends an open one of those, up to the given container.
_ENDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset({"li"}), _LISTS),
    "tr": (frozenset({"tr"}), frozenset({"table"})),
    "td": (_CELLS, frozenset({"tr"})),
    "th": (_CELLS, frozenset({"tr"})),
}
_NEEDS = {"tr": "table", "td": "tr", "th": "tr", "thead": "table", "tbody": "table"}
DEEPEST = 16
_FIRST_NUMBER = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)
# A "<" that starts no tag. Tags with angle brackets in their attributes count as none.
_STRAY = re.compile(r"<(?!/?[A-Za-z][^<>]*>)")
_BLANKS = re.compile(r"[ \t\n\r\f]+")
_WHITE = " \t\n\r\f"
_WORDS_OR_WHITE = re.compile(r"[ \t\n\r\f]+|[^ \t\n\r\f]+(?: [^ \t\n\r\f]+)*")
# <br> travels through the text as a carriage return, which HTML itself cannot contain.
_BREAK = "\r"


@dataclass(frozen=True, slots=True)
class Run:
    """Words that look alike; `href` is a checked absolute address or empty."""

    text: str
    marks: frozenset[str] = frozenset()
    href: str = ""


Line = tuple[Run, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Container:
    """Something that holds blocks; `ordinal` is the number of an item, or of a list's first one."""

    tag: str
    ordinal: int = 0
    is_embed: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph (tag `p`, or empty where none was written), heading, `pre`, `hr` or `embed`."""

    tag: str
    path: tuple[Container, ...]
    lines: tuple[Line, ...] = ()
    # The text of a `pre`, the address of an `embed`.
    source: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that the text shows; its file is not in the export."""

    url: str
    alt: str


def absolute(url: str, base: str = "", schemes: tuple[str, ...] = ("http", "https")) -> str:
    """The address if it is one a link may lead to, else an empty string."""
    address = url.strip()
    try:
        address = urljoin(base, address) if base else address
        parts = urlsplit(f"https:{address}" if address.startswith("//") else address)
        parts.port  # noqa: B018 - raises where it is no number
    except ValueError:
        return ""
    if parts.scheme not in schemes or _BLANKS.search(address) or parts.username:
        return ""
    return parts.geturl() if parts.netloc or parts.scheme == "mailto" else ""


class BlockReader(HTMLParser):
    """Reads HTML into `blocks`; with `breaks`, line ends are meant as line breaks."""

    def __init__(self, *, breaks: bool, base: str = "", pictures: bool = False) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self.pictures: list[Picture] = []
        self._breaks = breaks
        self._base = base
        self._shows_pictures = pictures
        self._path: list[Container] = []
        self._next_ordinals: list[int] = []
        self._too_deep: Counter[str] = Counter()
        self._open_marks: Counter[str] = Counter()
        self._marks: frozenset[str] = frozenset()
        self._href = ""
        self._leaf = ""
        self._runs: list[Run] = []
        self._dropped = ""
        self._verbatim = ""
        self._verbatim_text: list[str] = []

    def read(self, html: str) -> list[Block]:
        """The blocks of a whole text."""
        text = _without_comments(html.replace("\r\n", "\n").replace(_BREAK, "\n"))
        self.feed(_STRAY.sub("&lt;", text))
        self.close()
        self._end_verbatim()
        self._flush()
        return self.blocks

    # --- what the tokeniser meets ---

    def set_cdata_mode(self, elem: str, **_how: bool) -> None:
        """Nothing may swallow the rest of a text: what <script> holds is dropped below."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._dropped:
            return
        if self._verbatim:
            self._inside_verbatim(tag)
        elif tag in _DROPPED:
            self._dropped = tag
        else:
            self._start(tag, {name: value or "" for name, value in attrs})

    def handle_endtag(self, tag: str) -> None:
        if self._dropped:
            self._dropped = "" if tag == self._dropped else self._dropped
        elif self._verbatim:
            if tag == self._verbatim:
                self._end_verbatim()
        else:
            self._end(tag)

    def handle_data(self, data: str) -> None:
        if self._dropped:
            return
        if self._verbatim:
            self._verbatim_text.append(data)
        else:
            self._say(data)

    # --- what it means ---

    def _start(self, tag: str, attributes: Attributes) -> None:
        if tag in MARKS:
            self._mark(MARKS[tag], 1)
        elif tag == "pre" or tag in _CODE:
            self._begin_verbatim(tag)
        elif tag in _LEAVES:
            self._flush()
            self._leaf = tag
        elif tag in _CONTAINERS:
            self._enter(tag, attributes)
        elif tag in _BOUNDARIES:
            self._flush()
        else:
            self._start_single(tag, attributes)

    def _start_single(self, tag: str, attributes: Attributes) -> None:
        if tag == "br":
            self._say(_BREAK)
        elif tag == "a":
            href = attributes.get("href", "")
            self._href = absolute(href, self._base, ("http", "https", "mailto"))
        elif tag == "hr":
            self._add("hr")
        elif tag == "img":
            self._show_picture(attributes)
        elif tag in {"iframe", "embed", "video", "audio", "source"}:
            self._embed(attributes.get("src", ""))

    def _end(self, tag: str) -> None:
        if tag in MARKS:
            self._mark(MARKS[tag], -1)
        elif tag == "a":
            self._href = ""
        elif tag in _LEAVES or tag in _BOUNDARIES:
            self._flush()
        elif tag in _CONTAINERS:
            self._leave(tag)

    def _mark(self, mark: str, step: int) -> None:
        self._open_marks[mark] = max(0, self._open_marks[mark] + step)
        self._marks = frozenset(mark for mark, count in self._open_marks.items() if count)

    def _say(self, text: str, href: str = "") -> None:
        self._runs.append(Run(text, self._marks, href or self._href))

    def _show_picture(self, attributes: Attributes) -> None:
        words = _BLANKS.sub(" ", attributes.get("alt", "")).strip()
        url = absolute(attributes.get("src", ""), self._base)
        if not (self._shows_pictures and url) or _is_smiley(attributes):
            self._say(words)
            return
        self.pictures.append(Picture(url, words))
        self._say(words or _file_name(url), self._href or url)

    def _embed(self, src: str) -> None:
        url = absolute(src, self._base)
        if url and self._shows_pictures:
            self._add("embed", source=url)

    # --- text taken as it is ---

    def _begin_verbatim(self, tag: str) -> None:
        if tag == "pre":
            self._flush()
        self._verbatim = tag

    def _inside_verbatim(self, tag: str) -> None:
        if tag == "br":
            self._verbatim_text.append("\n")

    def _end_verbatim(self) -> None:
        text = "".join(self._verbatim_text)
        is_block = self._verbatim == "pre" or "\n" in text.strip()
        self._verbatim, self._verbatim_text = "", []
        if is_block and text.strip():
            self._add("pre", source=text.strip("\n"))
        elif text.strip():
            self._runs.append(Run(_BLANKS.sub(" ", text), self._marks | {"code"}, self._href))

    # --- where it stands ---

    def _enter(self, tag: str, attributes: Attributes) -> None:
        self._flush()
        if tag in _ENDS:
            self._end_unfinished(tag)
        if tag == "li" and not self._is_inside(_LISTS, unless=_CELLS):
            self._push("ul")
        if tag in _NEEDS and not self._is_inside(frozenset({_NEEDS[tag]})):
            return
        if len(self._path) < DEEPEST:
            start = _FIRST_NUMBER.fullmatch(attributes.get("start", "")) if tag == "ol" else None
            is_embed = "wp-block-embed" in attributes.get("class", "")
            self._push(tag, ordinal=int(start[0]) if start else int(tag == "ol"), is_embed=is_embed)
        else:
            self._too_deep[tag] += 1

    def _push(self, tag: str, *, ordinal: int = 0, is_embed: bool = False) -> None:
        if tag == "li" and self._path and self._path[-1].tag == "ol":
            ordinal = self._next_ordinals[-1]
            self._next_ordinals[-1] += 1
        self._path.append(Container(tag, ordinal, is_embed))
        self._next_ordinals.append(ordinal)

    def _is_inside(self, tags: frozenset[str], unless: frozenset[str] = frozenset()) -> bool:
        for container in reversed(self._path):
            if container.tag in tags:
                return True
            if container.tag in unless:
                return False
        return False

    def _end_unfinished(self, tag: str) -> None:
        ended, up_to = _ENDS[tag]
        for index in range(len(self._path) - 1, -1, -1):
            if self._path[index].tag in up_to:
                return
            if self._path[index].tag in ended:
                self._cut(index)
                return

    def _leave(self, tag: str) -> None:
        self._flush()
        if self._too_deep[tag]:
            self._too_deep[tag] -= 1
            return
        for index in range(len(self._path) - 1, -1, -1):
            if self._path[index].tag == tag:
                self._cut(index)
                return

    def _cut(self, index: int) -> None:
        cell = self._path[-1]
        if cell.tag in _CELLS and not (self.blocks and cell in self.blocks[-1].path):
            self._add("")  # an empty cell keeps the others in their columns
        del self._path[index:], self._next_ordinals[index:]

    def _add(self, tag: str, lines: tuple[Line, ...] = (), source: str = "") -> None:
        if self._runs:
            self._flush()
        self.blocks.append(Block(tag, tuple(self._path), lines, source))

    def _flush(self) -> None:
        runs, self._runs = self._runs, []
        leaf, self._leaf = self._leaf, ""
        for lines in _paragraphs(runs, breaks=self._breaks, is_written=bool(leaf)):
            self._add(leaf, lines)


def _paragraphs(runs: list[Run], *, breaks: bool, is_written: bool) -> Iterator[tuple[Line, ...]]:
    lines: list[list[Run]] = [[]]
    gap: list[Run] = []
    for run in _words(runs):
        if not run.text.strip(_WHITE):
            gap.append(run)
            continue
        if line := lines[-1]:
            count = _breaks_in(gap, breaks=breaks, is_written=is_written)
            if count > 1:
                yield tuple(_merged(line) for line in lines)
                lines = [[]]
            elif count:
                lines.append([])
            elif gap:
                line.append(_space_between(line[-1], *gap, run))
        lines[-1].append(run)
        gap = []
    if lines[-1]:
        yield tuple(_merged(line) for line in lines)


def _words(runs: list[Run]) -> Iterator[Run]:
    for run in runs:
        for match in _WORDS_OR_WHITE.finditer(run.text):
            yield replace(run, text=match[0])


def _breaks_in(gap: list[Run], *, breaks: bool, is_written: bool) -> int:
    """How many line breaks white space amounts to: two or more start a new paragraph."""
    asked = sum(run.text.count(_BREAK) for run in gap)
    ends = sum(run.text.count("\n") for run in gap)
    ends = max(0, ends - asked)  # the line end after <br> is part of it
    if not breaks:
        ends = 2 if ends > 1 and not is_written else 0
    return asked + ends


def _space_between(*runs: Run) -> Run:
    """One space that looks like what all of its neighbours have in common."""
    marks = frozenset.intersection(*(run.marks for run in runs)) - {"code"}
    hrefs = {run.href for run in runs}
    return Run(" ", marks, hrefs.pop() if len(hrefs) == 1 else "")


def _merged(line: list[Run]) -> Line:
    groups = groupby(line, key=lambda run: (run.marks, run.href))
    return tuple(
        Run("".join(run.text for run in group), marks, href) for (marks, href), group in groups
    )


def _without_comments(html: str) -> str:
    kept = []
    start = 0
    while (begin := html.find("<!--", start)) >= 0 and (end := html.find("-->", begin + 4)) >= 0:
        kept.append(html[start:begin])
        start = end + 3
    return "".join([*kept, html[start:]])


def _is_smiley(attributes: Attributes) -> bool:
    return bool({"emoji", "wp-smiley"} & set(attributes.get("class", "").split()))


def _file_name(url: str) -> str:
    return unquote(urlsplit(url).path.rpartition("/")[2]) or url
