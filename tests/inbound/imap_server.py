"""A mailbox on loopback that speaks as much IMAP as a client needs to empty it."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Box:
    """E-mails by number, with their flags; `drops_at` is the command at which the line breaks."""

    mails: dict[int, bytes] = field(default_factory=dict)
    flags: dict[int, set[str]] = field(default_factory=dict)
    drops_at: str = ""
    password: str = "secret word"
    whole: list[int] = field(default_factory=list)
    port: int = 0

    def put(self, raw: bytes) -> int:
        """One more e-mail; its number."""
        number = max(self.flags, default=0) + 1
        self.mails[number], self.flags[number] = raw, set()
        return number


class Talk(socketserver.StreamRequestHandler):
    """One conversation."""

    def handle(self) -> None:
        """Answer line by line."""
        self.say("* OK ready")
        for raw in self.rfile:
            tag, _blank, rest = raw.decode().strip().partition(" ")
            if self.box.drops_at and self.box.drops_at in rest:
                return
            if not self.obey(tag, rest):
                return

    @property
    def box(self) -> Box:
        """The mailbox of this server."""
        return self.server.box  # type: ignore[attr-defined]

    def say(self, line: str) -> None:
        """One line."""
        self.wfile.write(f"{line}\r\n".encode())

    def obey(self, tag: str, rest: str) -> bool:
        """One command; False at the end."""
        words = rest.split()
        command = words[1].upper() if words[0].upper() == "UID" else words[0].upper()
        said = getattr(self, f"do_{command.lower()}")(rest)
        self.say(f"{tag} {said or 'OK done'}")
        return command != "LOGOUT"

    def do_capability(self, _rest: str) -> None:
        self.say("* CAPABILITY IMAP4rev1 UIDPLUS")

    def do_login(self, rest: str) -> str:
        return "OK in" if f'"{self.box.password}"' in rest else "NO wrong"

    def do_select(self, rest: str) -> str:
        self.say(f"* {len(self.box.mails)} EXISTS")
        return "OK [READ-WRITE] done" if "INBOX" in rest else "NO no such folder"

    def do_search(self, _rest: str) -> None:
        new = [n for n in self.box.mails if not self.box.flags[n] & {r"\Seen", r"\Deleted"}]
        self.say("* SEARCH " + " ".join(map(str, new)))

    def do_fetch(self, rest: str) -> None:
        number = int(rest.split()[2])
        raw = self.box.mails[number]
        if "RFC822.SIZE" in rest:
            self.say(f"* {number} FETCH (UID {number} RFC822.SIZE {len(raw)})")
            return
        if "HEADER" in rest:
            raw = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        else:
            self.box.whole.append(number)
        self.wfile.write(f"* {number} FETCH (UID {number} BODY[] {{{len(raw)}}}\r\n".encode())
        self.wfile.write(raw + b")\r\n")

    def do_store(self, rest: str) -> None:
        found = re.search(r"\((.*)\)", rest)
        self.box.flags[int(rest.split()[2])] |= set(found[1].split() if found else [])

    def do_expunge(self, _rest: str) -> None:
        for number in [n for n in self.box.mails if r"\Deleted" in self.box.flags[n]]:
            del self.box.mails[number]

    def do_logout(self, _rest: str) -> None:
        self.say("* BYE")


@contextmanager
def serving() -> Iterator[Box]:
    """A mailbox while the test runs."""
    box = Box()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        server.box = box  # type: ignore[attr-defined]
        server.daemon_threads = True
        box.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield box
        server.shutdown()
