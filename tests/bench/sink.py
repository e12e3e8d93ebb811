"""A mail server that takes everything and only counts, as fast as one process can.

python -m tests.bench.sink      # prints its address

Who says COUNT hears the number, the bytes, and how many came again under one Message-ID.
"""

import asyncio
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar
from urllib.parse import urlsplit

from tests.faults.running import helper

HOST = "127.0.0.1"
ANSWERS = {
    b"EHLO": b"250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}


class Sink(asyncio.Protocol):
    """One connection."""

    taken = 0
    size = 0
    doubles = 0
    names: ClassVar[set[bytes]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.rest, self.in_words = transport, b"", False
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer each command, and the closing dot of each e-mail."""
        self.rest += data
        while self.in_words or b"\r\n" in self.rest:
            if not self.in_words:
                line, _, self.rest = self.rest.partition(b"\r\n")
                self.obey(line)
            elif self.ends_here():
                Sink.taken += 1
                self.transport.write(b"250 taken\r\n")
            else:
                return

    def ends_here(self) -> bool:
        """Whether the whole e-mail has arrived."""
        words, dot, after = self.rest.partition(b"\r\n.\r\n")
        if dot:
            Sink.size += len(words)
            self.note(words.partition(b"\r\nMessage-ID: ")[2].partition(b"\r\n")[0])
            self.rest, self.in_words = after, False
        return bool(dot)

    def note(self, name: bytes) -> None:
        """Remember an e-mail by its Message-ID, if it has one."""
        Sink.doubles += name in Sink.names
        if name:
            Sink.names.add(name)

    def obey(self, line: bytes) -> None:
        """Answer one command."""
        verb = line[:4].upper()
        if line == b"COUNT":
            self.transport.write(b"%d %d %d\r\n" % (Sink.taken, Sink.size, Sink.doubles))
            return
        self.transport.write(ANSWERS.get(verb, b"250 fine\r\n"))
        self.in_words = verb == b"DATA"
        if verb == b"QUIT":
            self.transport.close()


def count(port: int) -> tuple[int, int, int]:
    """How many e-mails a sink has taken, how many bytes they had, how many came again."""
    with socket.create_connection((HOST, port), 5) as line, line.makefile("rb") as said:
        said.readline()
        line.sendall(b"COUNT\r\n")
        number, size, doubles = said.readline().split()
        return int(number), int(size), int(doubles)


@contextmanager
def serving() -> Iterator[int]:
    """A sink in a process of its own; its port."""
    with helper("tests.bench.sink") as url:
        port = urlsplit(url).port
        assert port
        yield port


async def serve() -> None:
    """Take e-mails until the process is ended, or whoever has started it is gone."""
    parent = os.getppid()
    server = await asyncio.get_running_loop().create_server(Sink, HOST, 0)
    sys.stdout.write(f"smtp://{HOST}:{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    while os.getppid() == parent:
        await asyncio.sleep(1)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve())
