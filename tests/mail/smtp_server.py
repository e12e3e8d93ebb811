"""A mail server on loopback that fails exactly as told, in a thread or as a process of its own.

A mode is `step:act`. Steps: `banner`, `mail`, `rcpt`, `data` (before the content), `end` (after
it), `idle` (between two e-mails). Acts: a reply code such as `451`; `drop` cuts the line; `hang`
never answers; `slow` answers after a second; `trickle` answers one byte at a time; `odd` answers
nonsense. At `end`, `drop`, `hang`, `trickle` and `odd` keep the e-mail; `lose` cuts the line and
keeps nothing. The mode `accept` has no fault.

    with serving() as server:
        server.script("ann@example.org", "rcpt:451", "end:drop")  # her first and second e-mail

    python -m tests.mail.smtp_server --port 0 --folder /tmp/arrived --mode end:slow
"""

import argparse
import asyncio
import contextlib
import signal
import ssl
import sys
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

ACCEPT = "accept"
SLOW = 1.0  # seconds
TRICKLE = 0.1  # seconds between two bytes


@dataclass(frozen=True)
class Arrived:
    """An e-mail the server took: whether the client ever heard of it is another matter."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    connection: int
    private: bool
    logged_in: bool


@dataclass
class SmtpServer:
    """What arrived, how often somebody called, and how to fail next."""

    mode: str = ACCEPT
    folder: Path | None = None
    tls: ssl.SSLContext | None = None
    from_first_byte: bool = False
    log_in: tuple[str, str] | None = None
    port: int = 0
    arrived: list[Arrived] = field(default_factory=list)
    attempts: list[str] = field(default_factory=list)
    connections: int = 0
    scripts: defaultdict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    lines: set["Protocol"] = field(default_factory=set)

    @property
    def url(self) -> str:
        """The address for `open_transport`."""
        return f"{'smtps' if self.from_first_byte else 'smtp'}://127.0.0.1:{self.port}"

    def script(self, recipient: str, *modes: str) -> None:
        """How the next e-mails to this address fare; `mode` applies after the last."""
        self.scripts[recipient].extend(modes)

    def next_mode(self, recipient: str) -> str:
        """The mode of an e-mail that has just named its recipient."""
        script = self.scripts[recipient]
        return script.popleft() if script else self.mode

    def take(self, mail: Arrived) -> None:
        """Keep an e-mail; in a folder, no reader ever sees half of it."""
        if self.folder is not None:
            name = f"{time.time_ns()}-{len(self.arrived)}.eml"
            unfinished = self.folder / f".{name}.part"
            unfinished.write_bytes(mail.content)
            unfinished.replace(self.folder / name)
        self.arrived.append(mail)

    async def run(self, stop: asyncio.Event, ready: threading.Event) -> None:
        """Serve on loopback until `stop` is set, then leave no line open."""
        loop = asyncio.get_running_loop()
        at_once = self.tls if self.from_first_byte else None
        listener = await loop.create_server(
            lambda: Protocol(self, loop), "127.0.0.1", self.port, ssl=at_once
        )
        self.port = listener.sockets[0].getsockname()[1]
        ready.set()
        await stop.wait()
        listener.close()
        await self._hang_up()
        await listener.wait_closed()

    async def _hang_up(self) -> None:
        for line in list(self.lines):
            line.abort()
        while self.lines:
            await asyncio.sleep(0.01)


class Protocol(SMTP):
    """aiosmtpd's server with a fault between its steps."""

    def __init__(self, owner: SmtpServer, loop: asyncio.AbstractEventLoop) -> None:
        self.owner = owner
        self.fault = ACCEPT
        self.number = 0
        super().__init__(
            Answers(),
            hostname="fake.invalid",
            loop=loop,
            tls_context=None if owner.from_first_byte else owner.tls,
            auth_require_tls=owner.tls is not None and not owner.from_first_byte,
            auth_exclude_mechanism=None if owner.log_in else ["LOGIN", "PLAIN"],
            authenticator=_authenticator(owner.log_in),
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count callers; the same caller over TLS is no new one."""
        if not self.number:
            self.owner.connections += 1
            self.number = self.owner.connections
        self.owner.lines.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Forget a caller who is gone."""
        super().connection_lost(error)
        self.owner.lines.discard(self)

    def abort(self) -> None:
        """Cut the line without a word."""
        transport = self._original_transport or self.transport
        if transport is not None:
            transport.abort()  # type: ignore[attr-defined]

    async def _handle_client(self) -> None:
        await self.fail_at("banner", self.owner.mode)
        await super()._handle_client()

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        """Take the content, unless the fault comes first; hang up afterwards if told to."""
        if reply := await self.fail_at("data", self.fault):
            await self.push(reply)
            return
        await super().smtp_DATA(arg)
        await self.fail_at("idle", self.fault)

    async def fail_at(self, step: str, mode: str) -> str:
        """Act if it is time; returns the reply still to be given, if any."""
        at, _, act = mode.partition(":")
        reply = await self._act(act) if at == step else ""
        if reply.startswith("421") or (reply and step in {"banner", "idle"}):
            await self.push(reply)
            self._cut()
        return reply

    async def _act(self, act: str) -> str:
        if act.isdigit():
            return f"{act} {act[0]}.7.0 as told, <ann@example.org>"
        if act in {"drop", "lose"}:
            self._cut()
        if act == "hang":
            await asyncio.Event().wait()
        if act == "trickle":
            await self._trickle()
        if act == "slow":
            await asyncio.sleep(SLOW)
        return "hello?" if act == "odd" else ""

    async def _trickle(self) -> NoReturn:
        while True:
            self._writer.write(b"2")
            await self._writer.drain()
            await asyncio.sleep(TRICKLE)

    def _cut(self) -> NoReturn:
        # close() and not abort(): what was said before still arrives.
        if self.transport is not None:
            self.transport.close()
        raise asyncio.CancelledError

    def arrived(self) -> Arrived:
        """The e-mail just taken in."""
        assert self.session is not None
        assert self.envelope is not None
        return Arrived(
            sender=str(self.envelope.mail_from),
            recipients=tuple(self.envelope.rcpt_tos),
            content=bytes(self.envelope.original_content or b""),
            connection=self.number,
            private=self.session.ssl is not None or self.owner.from_first_byte,
            logged_in=bool(self.session.authenticated),
        )


class Answers:
    """What is said to each command, as aiosmtpd asks for it."""

    async def handle_MAIL(  # noqa: N802
        self, server: Protocol, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Answer to MAIL FROM."""
        reply = await server.fail_at("mail", server.owner.mode)
        if not reply:
            envelope.mail_from = address
        return reply or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: Protocol, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Answer to RCPT TO, where the script of the recipient begins."""
        server.owner.attempts.append(address)
        server.fault = server.owner.next_mode(address)
        reply = await server.fail_at("rcpt", server.fault)
        if not reply:
            envelope.rcpt_tos.append(address)
        return reply or "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: Protocol, _session: Session, _envelope: Envelope
    ) -> str:
        """Answer to the closing dot."""
        step, _, act = server.fault.partition(":")
        if step != "end" or not (act.isdigit() or act == "lose"):
            server.owner.take(server.arrived())
        return await server.fail_at("end", server.fault) or "250 OK"


def _authenticator(expected: tuple[str, str] | None) -> Any:
    def knows(_server: Any, _session: Any, _envelope: Any, _way: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        pair = given.login.decode(), given.password.decode()
        return AuthResult(success=pair == expected, handled=False)

    return knows


@contextlib.contextmanager
def serving(**options: Any) -> Iterator[SmtpServer]:
    """A server in a thread on a free loopback port; `options` as for `SmtpServer`."""
    server = SmtpServer(**options)
    loop = asyncio.new_event_loop()
    stop, ready = asyncio.Event(), threading.Event()
    thread = threading.Thread(target=_run, args=(loop, server.run(stop, ready)))
    thread.start()
    try:
        assert ready.wait(5), "The fake mail server did not start."
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


def _run(loop: asyncio.AbstractEventLoop, work: Any) -> None:
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(work)


async def _serve(server: SmtpServer) -> None:
    stop, ready = asyncio.Event(), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    running = asyncio.create_task(server.run(stop, ready))
    while not ready.is_set() and not running.done():
        await asyncio.sleep(0.01)
    sys.stdout.write(f"{server.url}\n")
    sys.stdout.flush()
    await running


def main() -> None:
    """Serve until SIGTERM; the first line printed is the URL."""
    parser = argparse.ArgumentParser(description="A mail server that fails as told.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--folder", type=Path, required=True, help="where e-mails are kept")
    parser.add_argument("--mode", default=ACCEPT, help="how every e-mail fares")
    parser.add_argument(
        "--script", action="append", default=[], metavar="ADDRESS=MODE,MODE", help="may be repeated"
    )
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    server = SmtpServer(mode=given.mode, folder=given.folder, port=given.port)
    for script in given.script:
        recipient, _, modes = script.partition("=")
        server.script(recipient, *modes.split(","))
    asyncio.run(_serve(server))


if __name__ == "__main__":
    main()
