"""Every way in which a mail server fails, and what may be said about the e-mail afterwards."""

import datetime as dt
import ipaddress
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.exceptions import ImproperlyConfigured

from community.mail import transport
from community.mail.message import Message, message_id
from community.mail.transport import (
    Later,
    Phase,
    Refused,
    Transport,
    Undelivered,
    Unknown,
    open_transport,
)
from tests.mail.smtp_server import SmtpServer, serving

PASSWORD = "hunter2"
HELLO = Message(
    sender="answers@example.org",
    sender_name="The Lamplighter",
    to="ann@example.org",
    subject="Ben answered you",
    text=".\nBen wrote: yes.\n..\n",
    html="",
    message_id=message_id("reply", "1", "example.org"),
)
NEXT = replace(HELLO, to="ben@example.org", message_id=message_id("reply", "2", "example.org"))


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with serving() as running:
        yield running


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "TIMEOUT", 0.4)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls") / "server.pem")


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


def make_certificate(path: Path) -> Path:
    """A key and a certificate for loopback that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "fake mail server")])
    now = dt.datetime.now(dt.UTC)
    loopback = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([loopback]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(private + signed.public_bytes(pem))
    return path


@contextmanager
def half_deaf_server() -> Iterator[int]:
    """A server that agrees to everything and then reads no byte of the content."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_agree_and_stop_reading, args=(listener, done))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            done.set()
            thread.join()


def _agree_and_stop_reading(listener: socket.socket, done: threading.Event) -> None:
    caller, _ = listener.accept()
    with caller, caller.makefile("rb") as said:
        caller.sendall(b"220 hello\r\n")
        for line in said:
            caller.sendall(b"354 go on\r\n" if line == b"DATA\r\n" else b"250 yes\r\n")
            if line == b"DATA\r\n":
                break
        done.wait(20)


def with_password(server: SmtpServer) -> str:
    return server.url.replace("://", f"://parley:{PASSWORD}@")


def ids(server: SmtpServer) -> list[str]:
    return [message_from_bytes(mail.content)["Message-ID"] for mail in server.arrived]


def failure_of(way_out: Transport, message: Message = HELLO) -> Undelivered:
    with pytest.raises(Undelivered) as failure:
        way_out.send(message)
    printed = "".join(traceback.format_exception(failure.value))
    assert message.to not in printed
    assert PASSWORD not in printed
    return failure.value


FAULTS = [
    # step:act, what is known, the code, how far it came, how many the server has
    ("banner:421", Later, 421, Phase.CONNECT, 0),
    ("banner:554", Later, 554, Phase.CONNECT, 0),
    ("banner:drop", Later, None, Phase.CONNECT, 0),
    ("banner:hang", Later, None, Phase.CONNECT, 0),
    ("banner:trickle", Later, None, Phase.CONNECT, 0),
    ("banner:odd", Later, None, Phase.CONNECT, 0),
    ("mail:421", Later, 421, Phase.SENDER, 0),
    ("mail:451", Later, 451, Phase.SENDER, 0),
    ("mail:530", Later, 530, Phase.SENDER, 0),
    ("mail:550", Later, 550, Phase.SENDER, 0),
    ("mail:drop", Later, None, Phase.SENDER, 0),
    ("mail:hang", Later, None, Phase.SENDER, 0),
    ("rcpt:421", Later, 421, Phase.RECIPIENT, 0),
    ("rcpt:451", Later, 451, Phase.RECIPIENT, 0),
    ("rcpt:530", Later, 530, Phase.RECIPIENT, 0),
    ("rcpt:550", Refused, 550, Phase.RECIPIENT, 0),
    ("rcpt:drop", Later, None, Phase.RECIPIENT, 0),
    ("rcpt:hang", Later, None, Phase.RECIPIENT, 0),
    ("rcpt:trickle", Later, None, Phase.RECIPIENT, 0),
    ("rcpt:odd", Later, None, Phase.RECIPIENT, 0),
    ("data:421", Later, 421, Phase.CONTENT, 0),
    ("data:451", Later, 451, Phase.CONTENT, 0),
    ("data:554", Refused, 554, Phase.CONTENT, 0),
    ("data:250", Later, None, Phase.CONTENT, 0),
    ("data:drop", Later, None, Phase.CONTENT, 0),
    ("data:hang", Later, None, Phase.CONTENT, 0),
    ("end:421", Later, 421, Phase.CONTENT, 0),
    ("end:451", Later, 451, Phase.CONTENT, 0),
    ("end:552", Refused, 552, Phase.CONTENT, 0),
    ("end:550", Refused, 550, Phase.CONTENT, 0),
    ("end:lose", Unknown, None, Phase.CONTENT, 0),
    ("end:drop", Unknown, None, Phase.CONTENT, 1),
    ("end:hang", Unknown, None, Phase.CONTENT, 1),
    ("end:trickle", Unknown, None, Phase.CONTENT, 1),
    ("end:odd", Unknown, None, Phase.CONTENT, 1),
    ("end:354", Unknown, None, Phase.CONTENT, 0),
]


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("mode", "known", "code", "phase", "kept"), FAULTS, ids=[row[0] for row in FAULTS]
)
def test_a_fault_says_what_is_known_and_spares_the_next_e_mail(
    server: SmtpServer,
    mode: str,
    known: type[Undelivered],
    code: int | None,
    phase: Phase,
    kept: int,
) -> None:
    server.mode = mode
    with open_transport(server.url) as way_out:
        failure = failure_of(way_out)
        server.mode = "accept"
        way_out.send(NEXT)
    assert (type(failure), failure.code, failure.phase) == (known, code, phase)
    assert ids(server) == [HELLO.message_id] * kept + [NEXT.message_id]


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("mode", [row[0] for row in FAULTS])
def test_the_moment_of_handing_over_is_told_exactly(server: SmtpServer, mode: str) -> None:
    server.mode = mode
    told: list[int] = []
    with open_transport(server.url) as way_out, pytest.raises(Undelivered):
        way_out.send(HELLO, handing_over=lambda: told.append(len(server.arrived)))
    assert told == ([0] if mode.startswith("end") else [])


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("mode", ["banner:trickle", "rcpt:trickle", "end:trickle"])
def test_a_trickle_of_bytes_gains_no_time(server: SmtpServer, mode: str) -> None:
    server.mode = mode
    began = time.monotonic()
    with open_transport(server.url) as way_out:
        failure_of(way_out)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("mode", ["rcpt:slow", "data:slow", "end:slow"])
def test_a_slow_server_is_waited_for(server: SmtpServer, mode: str) -> None:
    server.mode = mode
    with open_transport(server.url) as way_out:
        way_out.send(HELLO)
    assert ids(server) == [HELLO.message_id]


def test_the_server_gets_exactly_what_was_composed(server: SmtpServer) -> None:
    with open_transport(server.url) as way_out:
        way_out.send(replace(HELLO, to="ann@münchen.de"))
    (mail,) = server.arrived
    email = message_from_bytes(mail.content, policy=policy.default)
    assert (mail.sender, mail.recipients) == ("answers@example.org", ("ann@xn--mnchen-3ya.de",))
    assert email.get_content().replace("\r\n", "\n") == HELLO.text


def test_a_batch_goes_over_one_line(server: SmtpServer) -> None:
    server.script("ann@example.org", "accept", "rcpt:550", "end:451", "data:554", "accept")
    outcomes = []
    with open_transport(server.url) as way_out:
        for _ in range(5):
            try:
                way_out.send(HELLO)
                outcomes.append("sent")
            except Undelivered as failure:
                outcomes.append(f"{failure.code} {failure.status}")
    assert outcomes == ["sent", "550 5.7.0", "451 4.7.0", "554 5.7.0", "sent"]
    assert server.connections == 1


@pytest.mark.parametrize("mode", ["idle:drop", "idle:421"])
def test_a_line_closed_while_idle_is_opened_anew(server: SmtpServer, mode: str) -> None:
    server.script("ann@example.org", mode)
    with open_transport(server.url) as way_out:
        way_out.send(HELLO)
        way_out.send(NEXT)
    assert ids(server) == [HELLO.message_id, NEXT.message_id]
    assert [mail.connection for mail in server.arrived] == [1, 2]


def test_a_line_is_opened_anew_only_once() -> None:
    with serving() as server:
        server.script("ann@example.org", "idle:drop")
        with open_transport(server.url) as way_out:
            way_out.send(HELLO)
            server.mode = "banner:421"
            assert failure_of(way_out, NEXT).phase is Phase.CONNECT
    assert server.connections == 2


def test_an_unused_transport_calls_nobody(server: SmtpServer) -> None:
    with open_transport(server.url):
        pass
    assert server.connections == 0


def test_a_refused_connection_may_be_tried_again() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: the kernel refuses
        with open_transport(f"smtp://127.0.0.1:{taken.getsockname()[1]}") as way_out:
            failure = failure_of(way_out)
    assert (type(failure), failure.phase) == (Later, Phase.CONNECT)


def test_nothing_leaves_when_the_moment_cannot_be_noted(server: SmtpServer) -> None:
    def crash() -> None:
        raise OSError("The database is away.")

    with open_transport(server.url) as way_out:
        with pytest.raises(OSError, match="database"):
            way_out.send(HELLO, handing_over=crash)
        way_out.send(NEXT)
    assert ids(server) == [NEXT.message_id]


def test_a_line_lost_within_the_content_is_no_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "TIMEOUT", 1.0)
    with half_deaf_server() as port, open_transport(f"smtp://127.0.0.1:{port}") as way_out:
        failure = failure_of(way_out, replace(HELLO, text="x" * 9_000_000))
    assert (type(failure), failure.phase) == (Later, Phase.CONTENT)


def test_an_address_that_cannot_be_sent_reaches_no_server(server: SmtpServer) -> None:
    with open_transport(server.url) as way_out:
        failure = failure_of(way_out, replace(HELLO, to="änn@example.org"))
    assert (type(failure), failure.phase, server.connections) == (Refused, Phase.RECIPIENT, 0)


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(
    ("query", "private"),
    [
        pytest.param("", True, id="encrypted where it is offered"),
        pytest.param("?tls=required", True, id="encrypted as required"),
        pytest.param("?tls=off", False, id="open as told"),
    ],
)
def test_the_line_is_as_private_as_the_url_says(
    tls: ssl.SSLContext, query: str, private: bool
) -> None:
    with serving(tls=tls) as server:
        with open_transport(server.url + query) as way_out:
            way_out.send(HELLO)
            way_out.send(NEXT)
        assert [mail.private for mail in server.arrived] == [private, private]
        assert server.connections == 1


@pytest.mark.usefixtures("trusted")
def test_smtps_is_private_from_the_first_byte(tls: ssl.SSLContext) -> None:
    with serving(tls=tls, from_first_byte=True, log_in=("parley", PASSWORD)) as server:
        with open_transport(with_password(server)) as way_out:
            way_out.send(HELLO)
        assert [(mail.private, mail.logged_in) for mail in server.arrived] == [(True, True)]


@pytest.mark.parametrize("from_first_byte", [False, True], ids=["STARTTLS", "smtps"])
def test_a_certificate_nobody_vouches_for_ends_it(
    tls: ssl.SSLContext, from_first_byte: bool
) -> None:
    with serving(tls=tls, from_first_byte=from_first_byte) as server:
        with open_transport(server.url) as way_out:
            failure = failure_of(way_out)
        assert (type(failure), failure.phase) == (Later, Phase.CONNECT)
        assert "certificate" in str(failure)
        assert server.arrived == []


def test_required_encryption_is_not_waived(server: SmtpServer) -> None:
    with open_transport(f"{server.url}?tls=required") as way_out:
        failure = failure_of(way_out)
    assert (type(failure), failure.phase) == (Later, Phase.CONNECT)
    assert server.arrived == []


def test_an_open_server_is_not_taken_for_an_encrypted_one(server: SmtpServer) -> None:
    with open_transport(server.url.replace("smtp:", "smtps:")) as way_out:
        failure = failure_of(way_out)
    assert (type(failure), failure.phase) == (Later, Phase.CONNECT)


def test_the_server_knows_who_we_are() -> None:
    with serving(log_in=("parley", "p/w:@")) as server:
        url = server.url.replace("://", "://parley:p%2Fw%3A%40@")
        with open_transport(url) as way_out:
            way_out.send(HELLO)
        assert [mail.logged_in for mail in server.arrived] == [True]


def test_a_wrong_password_condemns_no_e_mail() -> None:
    with serving(log_in=("parley", "another")) as server:
        with open_transport(with_password(server)) as way_out:
            failure = failure_of(way_out)
        assert (type(failure), failure.code, failure.phase) == (Later, 535, Phase.CONNECT)


def test_a_server_without_log_in_condemns_no_e_mail(server: SmtpServer) -> None:
    with open_transport(with_password(server)) as way_out:
        failure = failure_of(way_out)
    assert (type(failure), failure.phase) == (Later, Phase.CONNECT)


def test_a_password_crosses_no_network_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "LOOPBACK", set())  # as if the server were far away
    with serving(log_in=("parley", PASSWORD)) as server:
        with open_transport(with_password(server)) as way_out:
            failure = failure_of(way_out)
        assert "encrypted" in str(failure)
        assert server.arrived == []


def test_a_transport_does_not_show_its_password() -> None:
    with open_transport(f"smtp://parley:{PASSWORD}@127.0.0.1") as way_out:
        assert isinstance(way_out, transport.Post)
        assert PASSWORD not in f"{way_out!r} {way_out.server!r}"


BAD_URLS = {
    "empty": "",
    "no scheme": "mail.example.org:25",
    "another scheme": f"http://parley:{PASSWORD}@mail.example.org",
    "no host": "smtp://",
    "host with empty label": f"smtp://parley:{PASSWORD}@mail..example.org",
    "no number": f"smtp://parley:{PASSWORD}@mail.example.org:mail",
    "port beyond 65535": f"smtp://parley:{PASSWORD}@mail.example.org:99999",
    "port 0": f"smtp://parley:{PASSWORD}@mail.example.org:0",
    "slash in the password": f"smtp://parley:{PASSWORD}/x@mail.example.org",
    "number and slash in the password": f"smtp://parley:25/{PASSWORD}@mail.example.org",
    "number sign in the password": f"smtp://parley:25#{PASSWORD}@mail.example.org",
    "question mark in the password": f"smtp://parley:25?{PASSWORD}@mail.example.org",
    "bracket in the password": f"smtp://parley:[{PASSWORD}@mail.example.org",
    "password beyond ASCII": f"smtp://parley:{PASSWORD}%C3%A9@mail.example.org",
    "user without password": "smtp://parley@mail.example.org",
    "password without user": f"smtp://:{PASSWORD}@mail.example.org",
    "misspelt option": f"smtp://parley:{PASSWORD}@mail.example.org?tls=requierd",
    "unknown option": f"smtp://parley:{PASSWORD}@mail.example.org?ssl=1",
    "smtps without encryption": "smtps://mail.example.org?tls=off",
    "two slashes": "file://mails",
    "relative folder": "file:mails",
    "the root": "file:///",
    "folder below a file": "file:///dev/null/mails",
    "NUL in the folder": "file:///tmp/a%00b",
}


@pytest.mark.parametrize("url", BAD_URLS.values(), ids=BAD_URLS.keys())
def test_a_bad_url_stops_the_start_and_is_not_quoted(url: str) -> None:
    with pytest.raises(ImproperlyConfigured) as mistake, open_transport(url):
        pass
    assert "mail" in str(mistake.value).lower()
    assert PASSWORD not in "".join(traceback.format_exception(mistake.value))


def test_a_folder_keeps_each_e_mail_as_a_file_in_order(tmp_path: Path) -> None:
    folder = tmp_path / "in a" / "new folder"
    told: list[list[Path]] = []
    with open_transport(folder.as_uri()) as way_out:
        for message in (HELLO, NEXT, HELLO):
            way_out.send(message, handing_over=lambda: told.append(list(folder.iterdir())))
    kept = [message_from_bytes(path.read_bytes()) for path in sorted(folder.iterdir())]
    assert [email["Message-ID"] for email in kept] == [
        *(HELLO.message_id, NEXT.message_id, HELLO.message_id)
    ]
    assert [len(before) for before in told] == [0, 1, 2]
    assert all(path.suffix == ".eml" for path in folder.iterdir())


def test_a_repeat_in_a_folder_can_be_told_by_its_name(tmp_path: Path) -> None:
    with open_transport(tmp_path.as_uri()) as way_out:
        way_out.send(HELLO)
        way_out.send(HELLO)
        way_out.send(NEXT)
    digests = [path.stem.partition("-")[2] for path in sorted(tmp_path.iterdir())]
    assert digests[0] == digests[1] != digests[2]


def test_half_an_e_mail_is_never_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_path: Path, _content: bytes) -> int:
        raise OSError("No space left on device")

    with open_transport(tmp_path.as_uri()) as way_out:
        monkeypatch.setattr(Path, "write_bytes", full)
        failure = failure_of(way_out)
    assert (type(failure), failure.phase) == (Later, Phase.CONTENT)
    assert list(tmp_path.glob("*.eml")) == []


def test_the_fake_server_also_runs_as_a_process(tmp_path: Path) -> None:
    arguments = ["--folder", str(tmp_path), "--script", "ann@example.org=end:drop,accept"]
    command = [sys.executable, "-m", "tests.mail.smtp_server", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        with open_transport(process.stdout.readline().strip()) as way_out:
            assert isinstance(failure_of(way_out), Unknown)
            way_out.send(HELLO)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    kept = [message_from_bytes(path.read_bytes()) for path in sorted(tmp_path.glob("*.eml"))]
    assert [email["Message-ID"] for email in kept] == [HELLO.message_id, HELLO.message_id]
