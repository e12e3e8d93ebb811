"""A site with threads to read, comments to vote on and ten thousand that wait; prints JSON."""

import json
import sys

import django

HELD = 10_000
PAGES = (100, 1_000)


def fill(host: str) -> dict[str, object]:
    """What the bench asks for."""
    from community.sites.models import Role
    from moderation.models import RuleSet
    from tests import factories
    from tests.faults.seed import session_cookie

    site = factories.site(base_url=f"http://{host}", host=host)
    RuleSet.objects.create(site=site, flood_seconds=0)
    threads = {str(size): lively(factories.thread(site), size) for size in PAGES}
    waiting = factories.thread(site)
    hold(waiting)
    moderator = factories.member(site=site, role=Role.MODERATOR)
    return {
        "pages": {size: f"/articles/{thread.article.slug}/" for size, thread in threads.items()},
        "thread": threads["1000"].pk,
        "votable": list(threads["1000"].comments.values_list("pk", flat=True)[:50]),
        "held": list(waiting.comments.values_list("pk", "version")),
        "moderator": session_cookie(moderator),
    }


def lively(thread: object, size: int) -> object:
    """A thread of that many comments, of which two in three are answers."""
    from tests import factories

    people = [factories.guest(f"Reader {number}") for number in range(20)]
    last = None
    for number in range(size):
        parent = last if number % 3 else None
        last = factories.comment(thread, WORDS, parent=parent, person=people[number % 20])
    return thread


WORDS = (
    "The tide was out when we came, and the **harbour** lay dry. An old man told us that it had "
    "been so since the wall was built.\n\n> Nobody had asked the sea.\n\nWe stayed until dusk."
)


def hold(thread: object) -> None:
    """Many that wait for a moderator, each with its reason."""
    from django.db.models import F

    from community.comments.models import SCORE_OFFSET, SCORE_SHIFT, Comment, place_of
    from moderation.models import Opinion, Reason
    from tests import factories

    people = [factories.guest(f"Guest {number}") for number in range(200)]
    Comment.objects.bulk_create(
        [
            Comment(
                site=thread.site,
                thread=thread,
                person=people[number % 200],
                author_name=f"Guest {number}",
                body=WORDS,
                body_html=f"<p>{WORDS}</p>",
                fingerprint=str(number),
                status="held",
                version=2,
                waits_for="link",
            )
            for number in range(HELD)
        ],
        batch_size=1000,
    )
    mine = Comment.objects.filter(thread=thread)
    mine.update(place=F("id") * place_of(1), top_key=F("id") + (SCORE_OFFSET << SCORE_SHIFT))
    Opinion.objects.bulk_create(
        [
            Opinion(comment_id=pk, version=1, name=Reason.LINK, outcome="hold", evidence="a.test")
            for pk in mine.values_list("pk", flat=True)
        ],
        batch_size=1000,
    )


def main() -> None:
    """Bring the tables and files up to date and fill them."""
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    found = fill(sys.argv[1])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
