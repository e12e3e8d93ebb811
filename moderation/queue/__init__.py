"""Reading for moderators: the four lists, pages of what waits, what is alike, cards, claims."""

from moderation.queue.alike import MOST_ALIKE, Alike, Kind, all_alike
from moderation.queue.cards import History, author_history, cards_at, histories
from moderation.queue.filters import AGES, Filter, Order
from moderation.queue.lists import LISTS, MOST_COUNTED, counts, first_checks, listed, told, waiting
from moderation.queue.neighbours import Neighbours, neighbours
from moderation.queue.pages import PAGE, Page, newest, page
from moderation.queue.reported import count_reported, reported_page

__all__ = [
    "AGES",
    "LISTS",
    "MOST_ALIKE",
    "MOST_COUNTED",
    "PAGE",
    "Alike",
    "Filter",
    "History",
    "Kind",
    "Neighbours",
    "Order",
    "Page",
    "all_alike",
    "author_history",
    "cards_at",
    "count_reported",
    "counts",
    "first_checks",
    "histories",
    "listed",
    "neighbours",
    "newest",
    "page",
    "reported_page",
    "told",
    "waiting",
]
