"""The folder that carries Celery's messages on one machine.

Kombu writes a message where readers already see it: whoever reads too early gets half of it, and
the worker ends. Here a message gets its name once it is whole.
"""

import uuid
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """A folder in which every message is whole."""

    def _put(  # type: ignore[override] # kombu's own classes differ in these names
        self, queue: str, payload: dict[str, Any], **kwargs: Any
    ) -> None:
        """Write a message under another name, then give it its own; readers sort by it."""
        folder = Path(self.data_folder_out)
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}"
        unfinished = folder / name
        unfinished.write_text(dumps(payload))
        unfinished.rename(folder / f"{name}.{queue}.msg")


class Transport(filesystem.Transport):
    """What CELERY_BROKER_TRANSPORT names."""

    Channel = Channel
