"""The community app: what readers do."""

from django.apps import AppConfig


class CommunityConfig(AppConfig):
    """Wires what must be known once at start: outbox handlers, checks, signals."""

    name = "community"
    verbose_name = "Community"

    def ready(self) -> None:
        from community.project import wiring

        wiring.connect()
