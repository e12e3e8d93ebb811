"""The site that is measured: its servers, its threads, and the people in it."""

import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from django.core.management import call_command

from community.accounts.models import User
from community.sites.models import Role, Site
from community.threads.models import Thread
from tests import factories
from tests.bench import plenty, running
from tests.bench.load import HOST, Ask, Line, Run, storm
from tests.faults.people import TOKEN, answers
from tests.faults.running import wait_until
from tests.faults.seed import guest_cookie, session_cookie


@dataclass
class Stage:
    """What subjects ask for; each thing is made when it is first asked for."""

    folder: Path
    port: int
    sizes: list[int]
    seconds: float
    scale: float
    stack: ExitStack
    waiting: Thread | None = None

    # Sizes

    def some(self, number: int) -> int:
        """This many, or fewer in a quick run."""
        return max(8, int(number * self.scale))

    # Servers

    @cached_property
    def web(self) -> subprocess.Popen[bytes]:
        """The web server, started when it is first needed, with something to show."""
        assert self.threads
        server = self.stack.enter_context(running.running(running.granian(self.port)))
        wait_until(lambda: answers(self.port), "The web server does not start.")
        return server

    @cached_property
    def worker(self) -> subprocess.Popen[bytes]:
        """The Celery worker with its schedule."""
        self.stack.enter_context(running.running(running.beat()))
        return self.stack.enter_context(running.running(running.worker()))

    # Asking

    def get(self, path: str, cookie: str = "") -> tuple[dict[str, str], bytes]:
        """One page, which must be there."""
        assert self.web
        ask = Ask(path, cookie=cookie)
        status, headers, body = Line(self.port).ask_all(ask.head(self.port))
        assert status == 200, f"{path}: {status}"
        return headers, body

    def alone(self, asks: list[Ask]) -> Run:
        """One client that asks for each of these once, as far as the time allows."""
        assert self.web
        return storm(self.port, asks, clients=1, seconds=self.seconds)

    def in_turn(self, groups: dict[Any, list[Ask]]) -> dict[Any, Run]:
        """One client that asks one of each group in turn: a noisy moment falls on all alike."""
        runs = {key: Run({}, 0) for key in groups}
        for turn in range(max(map(len, groups.values()))):
            for key, asks in groups.items():
                if turn < len(asks):
                    runs[key] = runs[key].and_then(self.alone([asks[turn]]))
        return runs

    def storm(self, asks: Any, clients: int = 8, seconds: float = 0, pace: float = 0) -> Run:
        """Many clients for as long as a figure takes."""
        assert self.web
        ends = seconds or self.seconds
        return storm(self.port, asks, clients=clients, seconds=ends, pace=pace)

    # Who and where

    @cached_property
    def site(self) -> Site:
        """The site, whose gate is the usual one; only its bulk writers may hurry."""
        call_command("migrate", verbosity=0, interactive=False)
        call_command("collectstatic", verbosity=0, interactive=False)
        from moderation.models import Policy

        site = factories.site(base_url=f"http://{HOST}:{self.port}", host=f"{HOST}:{self.port}")
        Policy.objects.create(site=site, number=1, flood_seconds=0)
        return site

    @cached_property
    def threads(self) -> dict[int, Thread]:
        """One thread of each size, under an article of its own."""
        made = {size: factories.thread(self.site) for size in self.sizes}
        plenty.fill({thread: size for size, thread in made.items()})
        return made

    @cached_property
    def thousand(self) -> Thread:
        """The thread at which single figures are taken: a thousand comments where there are."""
        return self.threads.get(1_000) or self.threads[self.sizes[0]]

    @cached_property
    def biggest(self) -> Thread:
        """The longest thread."""
        return self.threads[max(self.sizes)]

    @cached_property
    def moderator(self) -> User:
        """Somebody who clears the queue."""
        return factories.member(site=self.site, role=Role.MODERATOR)

    @cached_property
    def moderator_cookie(self) -> str:
        """Their cookie, with the token their forms carry."""
        return f"{session_cookie(self.moderator)}; csrf={TOKEN}"

    def regulars(self, number: int) -> list[str]:
        """Cookies of guests who are known: confirmed, and published before."""
        from community.comments.models import Comment

        thread = factories.thread(self.site)
        people = [factories.guest(f"Regular {turn}", proven=True) for turn in range(number)]
        for person in people:
            factories.comment(thread, person=person)
        Comment.objects.filter(thread=thread).update(announced_at=thread.created_at)
        return [guest_cookie(str(person.key)) for person in people]


def address_of(thread: Thread) -> str:
    """The page of an article."""
    assert thread.article
    return f"/articles/{thread.article.slug}/"
