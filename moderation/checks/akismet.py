"""The only place that talks to Akismet, the outside service that knows spam from ham.

The `akismet` package (25.10) speaks the protocol; this module closes its gaps:

- it keeps the headers of an answer to itself: our own HTTP client remembers them (guid, pro-tip,
  recheck-after, alerts);
- it refuses fields it does not know (guid, a honeypot's value) and sends lists without the brackets
  Akismet wants (`comment_context[]`): such fields join the form in our client;
- it writes `is_test` as "true" where Akismet wants 1: we hand it the number;
- its time-out is 1 second for each read, so a server that drips bytes holds a caller for ever:
  ours is 5 seconds for the whole exchange, name look-up included;
- it reads an answer of any size: ours ends at 64 KiB;
- its server is a constant: every call here takes `server`, for tests and staging;
- its context manager asks for the key's validity each time and puts the key in the error's text:
  we use the plain constructor, and no error of the package or of httpx leaves this module.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal, Self, TypeVar

import akismet
import httpx

SERVER = "https://rest.akismet.com"
DEADLINE = 5.0
LONGEST_BODY = 64 * 1024
LONGEST_HEADER = 300
DAY = 24 * 60 * 60

CommentType = Literal["comment", "reply", "forum-post"]
VerdictName = Literal["ham", "spam", "discard"]
Form = dict[str, Any]
Result = TypeVar("Result")

VERDICTS: dict[akismet.CheckResponse, VerdictName] = {
    akismet.CheckResponse.HAM: "ham",
    akismet.CheckResponse.SPAM: "spam",
    akismet.CheckResponse.DISCARD: "discard",
}
# The name is ours to choose; Akismet learns it together with the value.
HONEYPOT_FIELD = "parley_honeypot"
TIMES = ("created_at", "post_modified_at")


class Unavailable(Exception):
    """Akismet gave no verdict; the sentence says why and never holds the key."""


class BadKey(Unavailable):
    """Akismet does not accept our key or site address: somebody must look at the settings."""


class _OddBodyError(Exception):
    """An answer that is not worth reading."""


# No repr: an address or an e-mail must not reach a log by way of a traceback.
@dataclass(frozen=True, repr=False)
class Submission:
    """All that Akismet may be told of one comment; what is empty is not sent.

    Neither `user_agent` nor `referrer` decides whether to ask: a client may leave out both.
    """

    user_ip: str
    content: str
    user_agent: str = ""
    referrer: str = ""
    permalink: str = ""
    comment_type: CommentType = "comment"
    author_name: str = ""
    author_email: str = ""
    author_url: str = ""
    created_at: datetime | None = None
    post_modified_at: datetime | None = None
    blog_language: str = ""
    role: str = ""
    honeypot: str = ""
    recheck_reason: str = ""
    comment_context: tuple[str, ...] = ()
    is_test: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The same facts in values that JSON knows; `from_dict` takes them back."""
        moments = {name: getattr(self, name) for name in TIMES}
        times = {name: moment and moment.isoformat() for name, moment in moments.items()}
        return asdict(self) | times | {"comment_context": list(self.comment_context)}

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> Self:
        """The submission that `to_dict` described."""
        times = {name: kept[name] and datetime.fromisoformat(kept[name]) for name in TIMES}
        return cls(**kept | times | {"comment_context": tuple(kept["comment_context"])})


@dataclass(frozen=True)
class Answer:
    """What Akismet thinks of a submission, and what it said beside its verdict."""

    verdict: VerdictName
    guid: str = ""
    pro_tip: str = ""
    recheck_after: int | None = None  # seconds, a day at most
    alert_code: str = ""
    alert_message: str = ""
    debug_help: str = ""


def judge(
    submission: Submission, *, key: str, blog: str, server: str = SERVER, deadline: float = DEADLINE
) -> Answer:
    """Akismet's verdict within `deadline` seconds; raises `Unavailable`, `BadKey` for a bad key."""
    line = _Line(key, blog, server, deadline)
    form = _form(submission)
    check, headers = line.ask(lambda talk: talk.comment_check(**form), _extras(submission))
    return _answer(check, headers, key)


def report(
    submission: Submission,
    *,
    guid: str,
    spam: bool,
    key: str,
    blog: str,
    server: str = SERVER,
    deadline: float = DEADLINE,
) -> None:
    """Tell Akismet what a moderator decided, in the words first sent; raises as `judge` does."""
    line = _Line(key, blog, server, deadline)
    form = _form(submission)
    extras = _filled({"guid": guid}) | _extras(submission)
    line.ask(lambda talk: (talk.submit_spam if spam else talk.submit_ham)(**form), extras)


def verify(key: str, blog: str, *, server: str = SERVER, deadline: float = DEADLINE) -> bool:
    """Whether Akismet accepts the key for this site; raises `Unavailable` if it does not say."""
    valid, _ = _Line(key, blog, server, deadline).ask(lambda talk: talk.verify_key())
    return valid


@dataclass(frozen=True, repr=False)
class _Line:
    """Whom we ask, as whom, and how long we wait."""

    key: str
    blog: str
    server: str
    deadline: float

    def ask(
        self, call: Callable[[akismet.SyncClient], Result], extras: Form | None = None
    ) -> tuple[Result, httpx.Headers]:
        """What `call` returns and the headers that came with it."""
        if not self.key:
            raise BadKey("There is no Akismet key.")
        with _Client(self.server, extras or {}, self.deadline) as client:
            talk = akismet.SyncClient(akismet.Config(self.key, self.blog), client)
            try:
                return _within(self.deadline, lambda: call(talk)), client.answered
            except TimeoutError:
                failure = Unavailable(LATE)
            except akismet.APIKeyError:
                failure = _refusal(client.answered, self.key)
            except (akismet.RequestError, akismet.ProtocolError) as error:
                failure = Unavailable(_sentence(error.__cause__))
        # Raised out here, it has no context: the package's texts and httpx's end with the block.
        raise failure


class _Client(httpx.Client):
    """An HTTP client that aims, completes, remembers and bounds what the package exchanges."""

    def __init__(self, server: str, extras: Form, deadline: float) -> None:
        super().__init__(
            timeout=deadline,
            headers={
                "User-Agent": f"Parley | {akismet.USER_AGENT}",
                "Accept-Encoding": "identity",
            },
            event_hooks={"response": [self.receive]},
        )
        self.server = httpx.URL(server)
        self.extras = extras
        self.answered = httpx.Headers()

    def build_request(self, method: str, url: httpx.URL | str, **rest: Any) -> httpx.Request:
        """The package's request, to our server and with the fields it does not know."""
        rest["data"] = rest["data"] | self.extras
        return super().build_request(method, self.server.join(httpx.URL(url).path), **rest)

    def receive(self, response: httpx.Response) -> None:
        """Keep the headers, and let the body be read only as far as is reasonable."""
        self.answered = response.headers
        # Nobody asked for compression, and 64 KiB of it may unfold to 64 MiB.
        if "Content-Encoding" in response.headers:
            raise _OddBodyError
        if isinstance(response.stream, httpx.SyncByteStream):
            response.stream = _Bounded(response.stream)


class _Bounded(httpx.SyncByteStream):
    """A body that breaks off when it grows beyond `LONGEST_BODY`."""

    def __init__(self, stream: httpx.SyncByteStream) -> None:
        self.stream = stream

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for chunk in self.stream:
            size += len(chunk)
            if size > LONGEST_BODY:
                raise _OddBodyError
            yield chunk

    def close(self) -> None:
        self.stream.close()


def _within(deadline: float, call: Callable[[], Result]) -> Result:
    """What `call` returns, or `TimeoutError`.

    A thread, because nothing else bounds name look-up and dripped headers as well. When the caller
    then closes the client, the sockets go, and the thread ends at its next read.
    """
    executor = ThreadPoolExecutor(1, thread_name_prefix="akismet")
    try:
        return executor.submit(call).result(deadline)
    finally:
        executor.shutdown(wait=False)


def _form(submission: Submission) -> Form:
    """The fields the package knows, by Akismet's names."""
    optional = {
        "user_agent": submission.user_agent,
        "referrer": submission.referrer,
        "permalink": submission.permalink,
        "comment_type": submission.comment_type,
        "comment_author": submission.author_name,
        "comment_author_email": submission.author_email,
        "comment_author_url": submission.author_url,
        "comment_content": submission.content,
        "comment_date_gmt": _utc(submission.created_at),
        "comment_post_modified_gmt": _utc(submission.post_modified_at),
        "blog_lang": submission.blog_language,
        "user_role": submission.role,
        "honeypot_field_name": submission.honeypot and HONEYPOT_FIELD,
        "recheck_reason": submission.recheck_reason,
        "is_test": int(submission.is_test),
    }
    return {"user_ip": submission.user_ip, "blog_charset": "UTF-8"} | _filled(optional)


def _extras(submission: Submission) -> Form:
    """The fields the package would refuse or misspell."""
    return _filled(
        {
            "comment_context[]": list(submission.comment_context),
            HONEYPOT_FIELD: submission.honeypot,
        }
    )


def _filled(form: Form) -> Form:
    return {name: value for name, value in form.items() if value}


def _utc(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else ""


def _answer(check: akismet.CheckResponse, headers: httpx.Headers, key: str) -> Answer:
    return Answer(
        verdict=VERDICTS[check],
        guid=_told(headers, "X-akismet-guid", key),
        pro_tip=_told(headers, "X-akismet-pro-tip", key),
        recheck_after=_seconds(_told(headers, "X-akismet-recheck-after", key)),
        alert_code=_told(headers, "X-akismet-alert-code", key),
        alert_message=_told(headers, "X-akismet-alert-msg", key),
        debug_help=_told(headers, "X-akismet-debug-help", key),
    )


def _told(headers: httpx.Headers, name: str, key: str) -> str:
    """A header's printable text, short, without the key should Akismet repeat it."""
    text = headers.get(name, "").replace(key, "[key]")
    return "".join(filter(str.isprintable, text))[:LONGEST_HEADER]


def _seconds(text: str) -> int | None:
    """A whole number of seconds above 0; a day at most, since submissions are kept no longer."""
    return min(int(text), DAY) or None if text.isascii() and text.isdigit() else None


def _refusal(headers: httpx.Headers, key: str) -> Unavailable:
    """Akismet says "invalid" for a bad key, and only its debug header tells that it means it."""
    why = _told(headers, "X-akismet-debug-help", key)
    return BadKey(f"Akismet does not accept the key: {why}") if why else Unavailable(ODD)


LATE = "Akismet did not answer in time."
ODD = "Akismet gave an answer that makes no sense."
SENTENCES: list[tuple[type[Exception], str]] = [
    (httpx.TimeoutException, LATE),
    (httpx.ConnectError, "Akismet could not be reached."),  # name look-up, refusal, TLS
    (httpx.TransportError, "The connection to Akismet broke off."),
]


def _sentence(cause: BaseException | None) -> str:
    """Why there is no verdict, in our words: those of the cause may repeat what Akismet said."""
    if isinstance(cause, httpx.HTTPStatusError):
        return f"Akismet answered with status {cause.response.status_code}."
    return next((words for kind, words in SENTENCES if isinstance(cause, kind)), ODD)
