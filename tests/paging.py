"""Short pages, so that a test needs few comments."""

import pytest

from community.comments import queries


def shorten(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Show this many top-level comments on a page."""
    monkeypatch.setattr(queries, "PAGE", number)
    # How many is said in the statements, which are composed once.
    for pages in (queries.FIRST_PAGE, queries.LATER_PAGE):
        for page in pages.values():
            monkeypatch.setattr(page, "composed", {})
    for end in queries.END_OF_FIRST_PAGE.values():
        monkeypatch.setattr(end, "composed", {})
