"""People whom tests of the gate talk about."""

from datetime import timedelta

import pytest
from django.utils import timezone

from community.accounts.models import Person
from community.comments.models import Comment
from community.threads.models import Thread
from tests import factories

HOUR = timedelta(hours=1)


@pytest.fixture
def known(thread: Thread) -> Person:
    """Someone with a confirmed address and a published comment."""
    person = factories.guest("Kim", proven=True)
    factories.comment(thread, "Kim was here first.", person=person)
    Comment.objects.update(created_at=timezone.now() - HOUR)
    return person
