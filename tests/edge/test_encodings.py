"""Which encoding a reader gets, and that the bytes say the same in each."""

import pytest

from community.edge.encodings import ENCODINGS, choose, compress, expand


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("", ""),
        ("gzip", "gzip"),
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0, gzip;q=0", ""),
        ("*", "br"),
        ("*;q=0.1", "br"),
        ("*;q=0", ""),
        ("br;q=0, *", "gzip"),
        ("identity", ""),
        ("identity;q=0.5, gzip;q=0.4", ""),
        ("identity;q=0.5, gzip;q=0.8", "gzip"),
        ("identity;q=0, *;q=0", ""),
        ("gzip ; q = 0.3", "gzip"),
        ("gzip;q=nonsense", ""),
        ("gzip;q=-1", ""),
        ("gzip;q=nan", ""),
        ("deflate", ""),
        (",,;;q=,", ""),
    ],
)
def test_the_reader_chooses_and_we_prefer_the_smallest(accepted: str, chosen: str) -> None:
    assert choose(accepted) == chosen


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_bytes_say_the_same_in_every_encoding(encoding: str) -> None:
    body = "The tide is late. Ebbe und Flut, ça va. ".encode() * 50

    assert expand(compress(body, encoding), encoding) == body
    assert compress(body, encoding) == compress(body, encoding)
    assert expand(compress(body, encoding, hasty=True), encoding) == body
