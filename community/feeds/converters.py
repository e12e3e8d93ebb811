"""The formats in which feeds are written, as parts of an address."""


class FormatConverter:
    """`atom` or `json`."""

    regex = "atom|json"

    def to_python(self, value: str) -> str:
        """As it stands in the address."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands in the address."""
        return value
