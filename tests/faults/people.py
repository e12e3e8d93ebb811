"""People who use a site while its processes die: they try again until they are answered."""

import http.client
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from tests.faults.running import Running

TOKEN = "a" * 32
SPAMMER = "akismet-guaranteed-spam"
GOOD = {200, 302, 303}


class Unanswered(Exception):
    """The request may or may not have been carried out."""


def ask(
    port: int, path: str, form: dict[str, str] | None = None, cookie: str = "", sender: str = ""
) -> int:
    """The status of one request; raises Unanswered."""
    headers = {"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": sender or "127.0.0.1"}
    if cookie:
        headers["Cookie"] = f"{cookie}; csrf={TOKEN}"
    body = None
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode({**form, "csrfmiddlewaretoken": TOKEN} if cookie else form)
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    try:
        line.request("GET" if form is None else "POST", path, body, headers)
        answer = line.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException) as broken:
        raise Unanswered from broken
    finally:
        line.close()
    return answer.status


def answers(port: int) -> bool:
    """Whether a web server is there and well."""
    try:
        return ask(port, "/") == 200
    except Unanswered:
        return False


@dataclass
class Said:
    """What the people were answered: the truth that the site must keep."""

    posted: dict[str, str] = field(default_factory=dict)  # words: what kind of comment
    tried: set[str] = field(default_factory=set)
    votes: dict[tuple[int, str], int] = field(default_factory=dict)  # comment, sender: value
    decided: dict[int, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


@dataclass
class People:
    """Guests, regulars, voters and moderators, each in a thread of their own."""

    running: "Running"
    seed: int
    pause: float = 0.5
    said: Said = field(default_factory=Said)
    ending: threading.Event = field(default_factory=threading.Event)
    number: Any = field(default_factory=lambda: iter(range(1, 1_000_000)))

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Let them use the site for as long as this lasts; each then finishes what they began."""
        acts = [self.post, self.post, self.post_as_regular, self.vote, self.decide]
        threads = [
            threading.Thread(target=self.go_on, args=(act, random.Random(f"{self.seed}-{turn}")))
            for turn, act in enumerate(acts)
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.ending.set()
            for thread in threads:
                thread.join()

    def go_on(self, act: Callable[[random.Random], None], chance: random.Random) -> None:
        """Do this again and again."""
        while not self.ending.wait(self.pause * chance.uniform(0.5, 1.5)):
            act(chance)

    def insist(self, path: str, form: dict[str, str], cookie: str = "", sender: str = "") -> int:
        """Send the same again until there is an answer."""
        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            try:
                return ask(self.running.port, path, form, cookie, sender)
            except Unanswered:
                time.sleep(0.1)
        raise AssertionError("The web server was away for a minute.")

    def post(self, chance: random.Random) -> None:
        """Write as a guest nobody knows: plain words, a link, or spam; sometimes asking to hear."""
        number = next(self.number)
        kind = chance.choices(["plain", "link", "spam"], [5, 3, 1])[0]
        words = f"Word of guest {number}."
        form = {
            "name": SPAMMER if kind == "spam" else f"Guest {number}",
            "email": f"guest{number}@example.org",
            "body": f"{words} See https://casino.example/{number}" if kind == "link" else words,
        }
        if chance.random() < 0.3:
            form["follow"] = "own"
        self.write(form, kind, sender=address(number))

    def post_as_regular(self, chance: random.Random) -> None:
        """Write as a guest who is known, whose words appear at once."""
        number = next(self.number)
        form = {
            "name": f"Regular {number}",
            "email": f"regular{number}@example.org",
            "body": f"Word of regular {number}.",
            "parent": str(chance.choice(self.running.people["comments"])),
        }
        self.write(form, "known", cookie=chance.choice(self.running.people["regulars"]))

    def write(self, form: dict[str, str], kind: str, **who: str) -> None:
        """Post a comment; an answer that is no refusal is a promise."""
        self.said.tried.add(form["body"])
        path = f"/threads/{self.running.people['thread']}/comments/"
        status = self.insist(path, form, **who)
        if status in GOOD:
            self.said.posted[form["body"]] = kind
        else:
            self.said.refused.append(f"{status} for {form['body']}")

    def vote(self, chance: random.Random) -> None:
        """Vote as somebody new; without an answer nobody knows, and nobody presses again."""
        number = next(self.number)
        comment = chance.choice(self.running.people["comments"])
        form = {"value": chance.choice(["1", "-1"])}
        try:
            status = ask(
                self.running.port, f"/comments/{comment}/vote/", form, sender=address(number)
            )
        except Unanswered:
            return
        if status in GOOD:
            self.said.votes[comment, address(number)] = int(form["value"])
        else:
            self.said.refused.append(f"{status} for a vote")

    def decide(self, chance: random.Random) -> None:
        """Decide about the oldest comment that waits, as two moderators do in turn."""
        waiting = self.running.rows(
            "SELECT id, version FROM community_comment WHERE status = 'held' ORDER BY id LIMIT 3"
        )
        if not waiting:
            return
        pk, version = chance.choice(waiting)
        form = {"act": chance.choice(["approve", "approve", "reject"]), "version": str(version)}
        cookie = chance.choice(self.running.people["moderators"])
        status = self.insist(f"/moderation/comments/{pk}/decide/", form, cookie)
        if status in GOOD:
            self.said.decided[pk] = form["act"]
        elif status != 409:
            self.said.refused.append(f"{status} for a decision")


def address(number: int) -> str:
    """A network of one's own for everyone."""
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
