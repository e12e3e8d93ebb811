"""What pages cost: a bounded number of questions to the database, whatever they show."""

import pytest
from django.test import Client

from community.sites.models import Site
from community.threads.models import Thread
from tests import factories


@pytest.mark.parametrize("size", [2, 12])
def test_a_page_of_comments_asks_the_database_nine_times_at_most(
    site: Site, thread: Thread, client: Client, size: int, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]
    for _ in range(size):
        root = factories.comment(thread)
        factories.comment(thread, parent=root)
    assert thread.article
    with django_assert_max_num_queries(9):
        page = client.get(f"/articles/{thread.article.slug}/")
    assert page.content.count(b'class="words"') == 2 * size
