"""Blocks written as Markdown that means what they said."""

import re
import string
from collections.abc import Iterable, Iterator
from itertools import groupby

from community.portability.wordpress.blocks import Block, Container, Line, Run

_WRAPPERS = (("strong", "**"), ("em", "*"), ("del", "~~"))
_SIGNS = frozenset("*~")
_QUOTES = frozenset({"blockquote"})
_SHOWN = _QUOTES | {"li"}
_ADDRESS = re.compile(r"(https?://[^\s<>\"]*[^\s<>\".,;:!?)'\]])")
_INLINE = re.compile(
    r"[\\`*\[\]]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # underscores inside a word mean nothing
    r"|~(?=~|$)|(?<=~)~|^~"
    r"|<(?=[A-Za-z/!?])"
    r"|&(?=#?\w{1,40};)"
)
# What would start a heading, list, quote, rule or underline a heading.
_LINE_START = re.compile(r"#{1,6}(?=\s|$)|[-+](?=\s|$)|-[-\s]*$|=+\s*$|>")
_NUMBERED = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
_TICKS = re.compile(r"`+")
# Code with this in a link would make the line a link reference definition, which nobody sees.
_DEFINITION = re.compile(r"(?<!\\)\]:")
_IN_ADDRESS = re.compile(r"[\s<>()\\\"]")


def written(blocks: Iterable[Block]) -> str:
    """The Markdown source of the blocks, without a line end at its end."""
    lines: list[str] = []
    opened: set[Container] = set()
    before: tuple[Container, ...] | None = None
    for block in blocks:
        path = tuple(container for container in block.path if container.tag in _SHOWN)
        content = _lines_of(block)
        if not content:
            continue
        if before is not None:
            lines.extend(_separation(before, path, opened))
        for text in content:
            lines.append((_prefix(path, opened) + text).rstrip(" "))
            opened.update(path)
        before = path
    return "\n".join(lines)


def _separation(
    before: tuple[Container, ...], path: tuple[Container, ...], opened: set[Container]
) -> list[str]:
    """A blank line, save between short items of one list."""
    common = tuple(container for container in path if container in before)
    is_next_item = len(path) == len(before) == len(common) + 1 and {
        before[-1].tag,
        path[-1].tag,
    } == {"li"}
    if is_next_item and bool(before[-1].ordinal) == bool(path[-1].ordinal):
        return []
    return [_prefix(common, opened).rstrip(" ")]


def _prefix(path: tuple[Container, ...], opened: set[Container]) -> str:
    return "".join(_mark_of(container, container in opened) for container in path)


def _mark_of(container: Container, is_open: bool) -> str:
    if container.tag in _QUOTES:
        return "> "
    mark = f"{container.ordinal}. " if container.ordinal else "- "
    return " " * len(mark) if is_open else mark


def _lines_of(block: Block) -> list[str]:
    if block.tag == "hr":
        return ["* * *"]
    if block.tag == "pre":
        return _fenced(block.source)
    texts = [_guarded(_inline(line)) for line in block.lines]
    # A backslash at the line's end is a line break, and no editor strips it.
    return [text + "\\" for text in texts[:-1]] + texts[-1:]


def _fenced(source: str) -> list[str]:
    fence = "`" * max(3, _longest_ticks(source) + 1)
    return [fence, *source.split("\n"), fence]


def _longest_ticks(text: str) -> int:
    return max((len(ticks) for ticks in _TICKS.findall(text)), default=0)


def _guarded(text: str) -> str:
    if _LINE_START.match(text):
        return "\\" + text
    return _NUMBERED.sub(r"\1\\\2", text, count=1) if _NUMBERED.match(text) else text


def _inline(line: Line) -> str:
    parts: list[str] = []
    runs = list(line)
    place = 0
    for href, group in groupby(runs, key=lambda run: run.href):
        linked = list(group)
        before = runs[place - 1].text[-1:] if place else ""
        place += len(linked)
        after = runs[place].text[:1] if place < len(runs) else ""
        text = _wrapped(linked, _WRAPPERS, before, after, is_link=bool(href))
        if href and parts and parts[-1].endswith("!"):
            parts[-1] = f"{parts[-1][:-1]}\\!"  # else the link would be a picture
        parts.append(_link(linked, text, href) if href else text)
    return "".join(parts)


def _link(runs: list[Run], text: str, href: str) -> str:
    words = "".join(run.text for run in runs)
    if words in {href, href.removesuffix("/"), href.removeprefix("mailto:")}:
        return f"<{_IN_ADDRESS.sub(_percent, href.removeprefix('mailto:'))}>"
    if _DEFINITION.search(text):
        return text
    address = _IN_ADDRESS.sub(_percent, href).replace("&", "\\&")
    return f"[{text}]({address})"


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode())


def _wrapped(
    runs: list[Run],
    wrappers: tuple[tuple[str, str], ...],
    before: str,
    after: str,
    *,
    is_link: bool,
) -> str:
    if not wrappers:
        return "".join(_plain(run, is_link=is_link) for run in runs)
    (mark, sign), inner = wrappers[0], wrappers[1:]
    parts: list[str] = []
    for has_mark, previous, group, following in _groups(runs, mark, before, after):
        text = _wrapped(group, inner, previous, following, is_link=is_link)
        if has_mark and _may_stand(previous, text, following):
            text = f"{sign}{text}{sign}"
        if parts and text[:1] in _SIGNS and parts[-1].endswith(text[:1]):
            # Two signs side by side would be read as one: better the words alone.
            text = _wrapped(group, (), previous, following, is_link=is_link)
        parts.append(text)
    return "".join(parts)


def _groups(
    runs: list[Run], mark: str, before: str, after: str
) -> Iterator[tuple[bool, str, list[Run], str]]:
    groups = [(has, list(group)) for has, group in groupby(runs, key=lambda run: mark in run.marks)]
    for index, (has_mark, group) in enumerate(groups):
        previous = groups[index - 1][1][-1].text[-1:] if index else before
        following = groups[index + 1][1][0].text[:1] if index + 1 < len(groups) else after
        yield has_mark, previous, group, following


def _may_stand(before: str, text: str, after: str) -> bool:
    """Whether CommonMark (6.2) takes signs around the text as such, not as literal asterisks."""
    return _may_open(before, text[:1]) and _may_open(after, text[-1:])


def _may_open(outside: str, inside: str) -> bool:
    if not inside or inside.isspace():
        return False
    return inside.isalnum() or not outside or outside.isspace() or outside in string.punctuation


def _plain(run: Run, *, is_link: bool) -> str:
    if "code" in run.marks:
        return _code(run.text)
    if is_link:
        return _INLINE.sub(r"\\\g<0>", run.text)
    pieces = _ADDRESS.split(run.text)
    return "".join(
        f"<{piece}>" if index % 2 else _INLINE.sub(r"\\\g<0>", piece)
        for index, piece in enumerate(pieces)
    )


def _code(text: str) -> str:
    ticks = "`" * (_longest_ticks(text) + 1)
    pad = " " if text[:1] in "` " or text[-1:] in "` " else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"
