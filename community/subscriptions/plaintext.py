"""What others wrote, as it may stand in an e-mail of ours: words, and nothing to click."""

import re
from functools import lru_cache

from community.comments.rendering import render

# Mail programs make links of whatever looks like one: a word with “//” or “@” in it, one that
# begins with “www.” or a scheme, a host with a path or port behind it, an IP address.
_ADDRESS = re.compile(
    r"//|.@.|^\W*(?:www\.|(?:mailto|tel|sms|news|xmpp|magnet):)|\w\.[^\W\d_]{2,}[/:?#]\w"
    r"|\d\.\d+\.\d+\.\d",
    re.IGNORECASE,
)
# A bare host may also be a missing blank (“Yes.No”): a blank after the dot makes it words again.
_DOT_IN_WORD = re.compile(r"(?<=\w)\.(?=[^\W\d_]{2})")


@lru_cache(maxsize=256)  # one comment goes to many receivers in a row
def words_of(source: str) -> str:
    """A comment as plain text, made from its source; no link, picture or address is left."""
    return without_links(render(source).text)


def without_links(words: str) -> str:
    """The words with nothing in them that a mail program would make a link of."""
    return re.sub(r"\S+", lambda found: _harmless(found[0]), words)


def _harmless(word: str) -> str:
    return "[link]" if _ADDRESS.search(word) else _DOT_IN_WORD.sub(". ", word)
