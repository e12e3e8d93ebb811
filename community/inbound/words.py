"""What somebody wrote, without what they quoted, their signature and their mail program's mark-up.

A library finds where the new words are. It changes blanks at the beginning of lines, which mean
something in Markdown: so its answer only says which lines of the original to keep.
"""

import re
from email.message import EmailMessage, MIMEPart
from html.parser import HTMLParser

from mailparser_reply.parser import EmailMessage as ParsedEmail

# Not every language the library knows: where “Tak” ends an e-mail, so does “Take the bus”.
LANGUAGES = ["en", "de", "fr", "es", "it", "nl"]
# What the library may look at: its patterns take their time on what no human writes.
LONGEST_LOOKED_AT = 30_000
LONGEST_LINE = 500
# A year, or an address.
WHO_AND_WHEN = re.compile(r"\b(19|20)\d\d\b|\S@\S")
QUOTED = re.compile(r"^\s*>")
SILENT = {"head", "script", "style", "title", "template"}
BLOCKS = {"p", "div", "br", "li", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "pre", "hr"}


def words_of(message: EmailMessage) -> str:
    """The new words of an e-mail; empty if there are none."""
    return trimmed(text_of(message))


def text_of(message: EmailMessage) -> str:
    """All text of an e-mail: the plain part, or the HTML part as text."""
    part = message.get_body(("plain", "html"))
    if part is None or part.is_multipart():
        return ""
    text = decoded(part).replace("\r\n", "\n").replace("\r", "\n")
    if part.get_content_type() == "text/html":
        return text_of_html(text)
    return unfolded(part, text) if part.get_param("format") == "flowed" else text


def decoded(part: MIMEPart) -> str:
    """The text of a part, also where its charset is missing, unknown or a lie."""
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    for charset in (part.get_content_charset("utf-8"), "utf-8"):
        try:
            return raw.decode(charset)
        except (LookupError, ValueError):
            continue
    return raw.decode("windows-1252", "replace")


def unfolded(part: MIMEPart, text: str) -> str:
    """Lines of format=flowed put together again (RFC 3676)."""
    glue = "" if str(part.get_param("delsp", "")).lower() == "yes" else " "
    whole: list[str] = []
    goes_on = False
    for line in text.split("\n"):
        is_quoted, bare = bool(QUOTED.match(line)), line.removeprefix(" ")
        if goes_on and not is_quoted:
            whole[-1] = whole[-1].rstrip(" ") + glue + bare
        else:
            whole.append(line if is_quoted else bare)
        goes_on = line.endswith(" ") and line != "-- " and not is_quoted
    return "\n".join(whole)


def trimmed(text: str) -> str:
    """The new words: no quotes, no signature, no line that says who wrote what and when."""
    lines = [line.rstrip() for line in text[:LONGEST_LOOKED_AT].split("\n")]
    # Lists begin with hyphens too.
    parsed = ParsedEmail(looked_at(lines), languages=list(LANGUAGES), keep_hyphen_lists=True)
    replies = parsed.read().replies
    kept = replies[0].body.split("\n") if replies else []
    return "\n".join(without_quotes_around(as_written(lines, kept))).strip("\n")


def looked_at(lines: list[str]) -> str:
    """The text as the library may see it: it takes minutes over what no human writes."""
    short = "\n".join(shortened(line) for line in lines)
    return re.sub(r"\n{4,}", "\n\n\n", short)


def shortened(line: str) -> str:
    """As much of a line as it takes to tell what it is."""
    return line.strip()[:LONGEST_LINE].strip()


def as_written(lines: list[str], kept: list[str]) -> list[str]:
    """The original lines of those that were kept, in their order."""
    rest = iter(lines)
    return [
        next((line for line in rest if shortened(line) == wanted.strip()), wanted)
        for wanted in kept
    ]


def without_quotes_around(lines: list[str]) -> list[str]:
    """What is quoted above and below goes; between one's own words it is what they speak of."""
    own = [number for number, line in enumerate(lines) if line.strip() and not QUOTED.match(line)]
    if not own:
        return []
    is_quoted_below = any(QUOTED.match(line) for line in lines[own[-1] :])
    while is_quoted_below and own and leads_to_quote(lines[own[-1]]):
        own.pop()
        is_quoted_below = False
    return lines[own[0] : own[-1] + 1] if own else []


def leads_to_quote(line: str) -> bool:
    """Whether a line says who wrote what is quoted below, in whichever language."""
    return line.rstrip().endswith(":") and bool(WHO_AND_WHEN.search(line))


class HtmlText(HTMLParser):
    """HTML as text: blocks are lines, quotes are marked as such, nothing else remains."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.silent = 0
        self.quotes = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line where a browser would."""
        self.silent += tag in SILENT
        self.quotes += tag == "blockquote"
        if tag in BLOCKS or tag == "blockquote":
            self.begin_line()
        if tag == "li":
            self.pieces.append("* ")

    def handle_endtag(self, tag: str) -> None:
        """End a line where a browser would."""
        self.silent -= tag in SILENT and self.silent > 0
        self.quotes -= tag == "blockquote" and self.quotes > 0
        if tag in BLOCKS - {"br", "li"} or tag == "blockquote":
            self.begin_line()

    def handle_data(self, data: str) -> None:
        """Words, with blanks as a browser shows them."""
        if not self.silent:
            self.pieces.append(re.sub(r"\s+", " ", data))

    def begin_line(self) -> None:
        """A line end, with a sign of how deep in quotes the next line is."""
        self.pieces.append("\n" + "> " * min(self.quotes, 3))


def text_of_html(html: str) -> str:
    """The words of an HTML e-mail."""
    reader = HtmlText()
    reader.feed(html[: LONGEST_LOOKED_AT * 4])
    reader.close()
    lines = [line.strip() for line in "".join(reader.pieces).replace("\xa0", " ").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
