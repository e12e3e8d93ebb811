"""Akismet is asked completely, believed carefully, waited for briefly, and never told on."""

import json
import logging
import socket
import ssl
import subprocess
import sys
import threading
import time
import traceback
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from moderation.checks.akismet import (
    Answer,
    BadKey,
    Submission,
    Unavailable,
    judge,
    report,
    verify,
)
from tests.moderation.akismet_server import AkismetServer, running

KEY = "canarykey0123"
BLOG = "https://example.org"
WHOLE = Submission(
    user_ip="192.0.2.7",
    content="Grüße & <b>more</b>=1 of comment_context=it",
    user_agent="Mozilla/5.0",
    referrer="https://example.org/from",
    permalink="https://example.org/articles/moss/",
    comment_type="reply",
    author_name="Ann Example",
    author_email="ann@example.org",
    author_url="https://ann.example.org",
    created_at=datetime(2025, 3, 1, 12, 0, 5, 999, tzinfo=timezone(timedelta(hours=2))),
    post_modified_at=datetime(2025, 2, 1, 8, tzinfo=UTC),
    blog_language="de",
    role="administrator",
    honeypot="filled by a robot",
    recheck_reason="edit",
    comment_context=("moss", "stone walls"),
    is_test=True,
)
BARE = Submission(user_ip="192.0.2.7", content="Hello")
SENT = {
    "api_key": [KEY],
    "blog": [BLOG],
    "blog_charset": ["UTF-8"],
    "blog_lang": ["de"],
    "user_ip": ["192.0.2.7"],
    "user_agent": ["Mozilla/5.0"],
    "referrer": ["https://example.org/from"],
    "permalink": ["https://example.org/articles/moss/"],
    "comment_type": ["reply"],
    "comment_author": ["Ann Example"],
    "comment_author_email": ["ann@example.org"],
    "comment_author_url": ["https://ann.example.org"],
    "comment_content": ["Grüße & <b>more</b>=1 of comment_context=it"],
    "comment_date_gmt": ["2025-03-01T10:00:05+00:00"],
    "comment_post_modified_gmt": ["2025-02-01T08:00:00+00:00"],
    "comment_context[]": ["moss", "stone walls"],
    "honeypot_field_name": ["parley_honeypot"],
    "parley_honeypot": ["filled by a robot"],
    "user_role": ["administrator"],
    "recheck_reason": ["edit"],
    "is_test": ["1"],
}

Ask = Callable[[str, float], object]
ASKS: dict[str, Ask] = {
    "judge": lambda server, deadline: judge(
        BARE, key=KEY, blog=BLOG, server=server, deadline=deadline
    ),
    "report": lambda server, deadline: report(
        BARE, guid="g", spam=True, key=KEY, blog=BLOG, server=server, deadline=deadline
    ),
    "verify": lambda server, deadline: verify(KEY, BLOG, server=server, deadline=deadline),
}
every_ask = pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS.keys())


def ask_judge(server: AkismetServer, submission: Submission = BARE, deadline: float = 5) -> Answer:
    return judge(submission, key=KEY, blog=BLOG, server=server.url, deadline=deadline)


def everything_said(error: BaseException | None) -> str:
    """An exception as any log, debugger or crash report could tell it, its chain included."""
    if error is None:
        return ""
    told = "".join(traceback.format_exception(error))
    chain = everything_said(error.__cause__) + everything_said(error.__context__)
    return told + repr(error) + str(error) + repr(error.args) + repr(vars(error)) + chain


# What Akismet is told


def test_a_whole_submission_goes_out_under_akismets_names() -> None:
    with running() as server:
        ask_judge(server, WHOLE)
    [call] = server.calls
    assert call.endpoint == "comment-check"
    assert call.form == SENT
    assert call.headers["user-agent"].startswith("Parley | akismet.py/")
    assert call.headers["accept-encoding"] == "identity"
    assert call.headers["host"] == server.url.removeprefix("http://")


def test_a_missing_user_agent_and_referrer_do_not_skip_the_check() -> None:
    with running("spam") as server:
        assert ask_judge(server, BARE).verdict == "spam"
    assert set(server.calls[0].form) == {
        "api_key", "blog", "blog_charset", "comment_content", "comment_type", "user_ip",
    }  # fmt: skip


@pytest.mark.parametrize(("spam", "endpoint"), [(True, "submit-spam"), (False, "submit-ham")])
def test_a_moderators_word_goes_back_with_the_guid_and_the_first_values(
    spam: bool, endpoint: str
) -> None:
    with running() as server:
        report(WHOLE, guid="guid-7", spam=spam, key=KEY, blog=BLOG, server=server.url)
    [call] = server.calls
    assert call.endpoint == endpoint
    assert call.form == SENT | {"guid": ["guid-7"]}


def test_a_submission_survives_json() -> None:
    for submission in (WHOLE, BARE):
        kept = json.loads(json.dumps(submission.to_dict()))
        assert Submission.from_dict(kept) == submission


def test_a_submission_does_not_print_what_it_knows() -> None:
    assert "ann@example.org" not in repr(WHOLE)
    assert "192.0.2.7" not in str(WHOLE)


# What Akismet answers


@pytest.mark.parametrize(
    ("mode", "answer"),
    [
        ("ham", Answer("ham", guid="guid-1")),
        ("spam", Answer("spam", guid="guid-1")),
        ("discard", Answer("discard", guid="guid-1", pro_tip="discard")),
        ("recheck", Answer("ham", guid="guid-1", recheck_after=300)),
        (
            "alert",
            Answer(
                "ham",
                guid="guid-1",
                alert_code="10005",
                alert_message="Your key is used too much",
            ),
        ),
    ],
)
def test_verdict_and_headers_arrive(mode: str, answer: Answer) -> None:
    with running(mode) as server:
        assert ask_judge(server) == answer


@pytest.mark.parametrize(
    ("submission", "verdict"),
    [
        pytest.param(replace(BARE, author_name="akismet-guaranteed-spam"), "spam", id="spam"),
        pytest.param(replace(BARE, role="administrator"), "ham", id="administrator"),
    ],
)
def test_akismets_own_test_values_work(submission: Submission, verdict: str) -> None:
    with running("ham" if verdict == "spam" else "spam") as server:
        assert ask_judge(server, submission).verdict == verdict


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        pytest.param("60", 60, id="a minute"),
        pytest.param("9" * 250, 86_400, id="beyond all measure"),
        pytest.param("0", None, id="zero"),
        pytest.param("-5", None, id="negative"),
        pytest.param("soon", None, id="a word"),
        pytest.param("1.5", None, id="a fraction"),
        pytest.param("²", None, id="a digit that is no number"),
        pytest.param("", None, id="empty"),
    ],
)
def test_a_recheck_is_due_in_whole_seconds_or_not_at_all(header: str, seconds: int | None) -> None:
    with running() as server:
        server.headers["X-akismet-recheck-after"] = header
        assert ask_judge(server).recheck_after == seconds


def test_a_long_header_is_cut() -> None:
    with running() as server:
        server.headers["X-akismet-alert-msg"] = "x" * 5_000
        assert len(ask_judge(server).alert_message) == 300


def test_a_header_cannot_turn_the_text_around_it() -> None:
    with running() as server:
        server.headers["X-akismet-alert-msg"] = "over\u202e limit".encode().decode("latin-1")
        assert ask_judge(server).alert_message == "over limit"


@pytest.mark.parametrize(("mode", "valid"), [("ham", True), ("bad-key", False), ("invalid", False)])
def test_a_key_is_verified(mode: str, valid: bool) -> None:
    with running(mode) as server:
        assert verify(KEY, BLOG, server=server.url) is valid
    assert server.calls[0].form == {"key": [KEY], "blog": [BLOG]}


# What goes wrong

ODD = "Akismet gave an answer that makes no sense."
LATE = "Akismet did not answer in time."
BROKEN = "The connection to Akismet broke off."
FAILURES = {
    "500": "Akismet answered with status 500.",
    "503": "Akismet answered with status 503.",
    "429": "Akismet answered with status 429.",
    "302": "Akismet answered with status 302.",
    "empty": ODD,
    "html": ODD,
    "huge": ODD,
    "endless": ODD,
    "gzip": ODD,
    "echo-html": ODD,
    "cut": BROKEN,
    "cut-body": BROKEN,
    "garbage": BROKEN,
    "hang": LATE,
    "drip-body": LATE,
    "drip-headers": LATE,
}


@pytest.fixture(autouse=True)
def key_unheard(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever a test here does, no log at any level learns the key."""
    caplog.set_level(logging.INFO)
    yield
    for record in caplog.records:
        assert KEY not in record.getMessage() + everything_said(
            (record.exc_info or [None, None])[1]
        )


@every_ask
@pytest.mark.parametrize(("mode", "sentence"), FAILURES.items(), ids=FAILURES.keys())
def test_every_failure_becomes_one_sentence_without_the_key(
    mode: str, sentence: str, ask: Ask
) -> None:
    with running(mode) as server:
        deadline = 0.3 if sentence == LATE else 5
        with pytest.raises(Unavailable) as caught:
            ask(server.url, deadline)
    assert type(caught.value) is Unavailable
    assert str(caught.value) == sentence
    assert caught.value.__cause__ is caught.value.__context__ is None
    assert KEY not in everything_said(caught.value)
    assert len(server.calls) == 1


@pytest.mark.parametrize("ask", [ASKS["judge"], ASKS["report"]], ids=["judge", "report"])
@pytest.mark.parametrize(
    ("mode", "kind", "sentence"),
    [
        (
            "bad-key",
            BadKey,
            "Akismet does not accept the key: We were unable to recognise your key",
        ),
        ("echo-invalid", BadKey, "Akismet does not accept the key: is [key] yours?"),
        ("invalid", Unavailable, ODD),
    ],
)
def test_a_bad_key_is_told_from_an_odd_answer(
    mode: str, kind: type[Unavailable], sentence: str, ask: Ask
) -> None:
    with running(mode) as server, pytest.raises(Unavailable) as caught:
        ask(server.url, 5)
    assert type(caught.value) is kind
    assert str(caught.value) == sentence
    assert caught.value.__cause__ is caught.value.__context__ is None
    assert KEY not in everything_said(caught.value)


def test_a_key_repeated_in_the_headers_does_not_enter_the_answer() -> None:
    with running("echo-ham") as server:
        answer = ask_judge(server)
    assert KEY not in repr(answer)
    assert answer.alert_message == "is [key] yours?"


def test_no_debug_log_of_the_http_libraries_tells_the_key_we_send(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "httpcore")
    with running("bad-key") as server, pytest.raises(BadKey):
        ask_judge(server)
    assert any(record.name.startswith("httpcore") for record in caplog.records)


def test_without_a_key_nobody_is_asked() -> None:
    with running() as server, pytest.raises(BadKey, match="no Akismet key"):
        judge(BARE, key="", blog=BLOG, server=server.url)
    assert server.calls == []


@every_ask
def test_nobody_listening(ask: Ask) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with pytest.raises(Unavailable, match=r"^Akismet could not be reached\.$") as caught:
            ask(f"http://127.0.0.1:{closed.getsockname()[1]}", 5)
    assert KEY not in everything_said(caught.value)


@every_ask
def test_an_unknown_certificate_is_not_accepted(ask: Ask, own_tls: ssl.SSLContext) -> None:
    with running(tls=own_tls) as server:
        with pytest.raises(Unavailable, match=r"^Akismet could not be reached\.$") as caught:
            ask(server.url, 5)
        assert server.calls == []
    assert KEY not in everything_said(caught.value)


@pytest.fixture
def own_tls(tmp_path: Path) -> ssl.SSLContext:
    """A server's TLS with a certificate that nobody but itself vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    pem = tmp_path / "server.pem"
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


@every_ask
@pytest.mark.parametrize("mode", ["hang", "drip-body", "drip-headers"])
def test_the_deadline_holds_for_the_whole_exchange_and_leaves_nothing_running(
    mode: str, ask: Ask
) -> None:
    with running(mode) as server:
        started = time.monotonic()
        with pytest.raises(Unavailable, match="in time"):
            ask(server.url, 0.3)
        assert 0.25 < time.monotonic() - started < 1.0
        assert_no_thread_of_ours_after(seconds=2)


def test_a_stuck_name_server_counts_against_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    def stuck(*args: Any, **kwargs: Any) -> Any:
        time.sleep(0.6)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", stuck)
    started = time.monotonic()
    with pytest.raises(Unavailable, match="in time"):
        ASKS["judge"]("http://akismet.invalid", 0.2)
    assert time.monotonic() - started < 0.5
    assert_no_thread_of_ours_after(seconds=2)


def assert_no_thread_of_ours_after(seconds: float) -> None:
    """While the server still drips: what we started ends by itself."""
    end = time.monotonic() + seconds
    while (left := _ours()) and time.monotonic() < end:
        time.sleep(0.02)
    assert not left


def _ours() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("akismet")]


def test_a_slow_but_honest_answer_within_the_deadline_counts() -> None:
    with running("slow-ham") as server:
        assert ask_judge(server).verdict == "ham"


def test_without_a_server_named_akismets_own_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Any, ...]] = []

    def refuse(*args: Any, **kwargs: Any) -> Any:
        asked.append(args[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(Unavailable):
        judge(BARE, key=KEY, blog=BLOG)
    assert asked == [("rest.akismet.com", 443)]


# The fake server as a process of its own


@pytest.fixture
def separate_server() -> Iterator[str]:
    command = [sys.executable, "-m", "tests.moderation.akismet_server", "--mode", "spam"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield process.stdout.readline().strip()
        process.terminate()


def test_the_fake_server_runs_alone_tells_its_calls_and_changes_its_mode(
    separate_server: str,
) -> None:
    assert judge(BARE, key=KEY, blog=BLOG, server=separate_server).verdict == "spam"
    mode = urllib.request.Request(f"{separate_server}/mode", data=b"discard", method="PUT")
    urllib.request.urlopen(mode).close()
    assert judge(BARE, key=KEY, blog=BLOG, server=separate_server).verdict == "discard"
    with urllib.request.urlopen(f"{separate_server}/calls") as answer:
        calls = json.load(answer)
    assert [call["endpoint"] for call in calls] == ["comment-check"] * 2
