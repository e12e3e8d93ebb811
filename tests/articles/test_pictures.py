"""What happens to a picture between the upload and the page."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from community.articles import pictures
from community.articles.pictures import BadPicture, clean_picture
from tests.articles.pictures import moving_picture, photograph, picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_is_kept_in_its_own_format_under_a_random_name(kind: str) -> None:
    first, second = clean_picture(picture(kind)), clean_picture(picture(kind))

    assert Image.open(first).format == kind
    assert "beach" not in str(first.name)
    assert first.name != second.name


def test_a_photograph_stands_upright_and_tells_nothing_of_its_maker() -> None:
    kept = clean_picture(photograph())

    image = Image.open(kept)
    assert image.size == (20, 40)
    assert not image.getexif()
    assert "comment" not in image.info
    assert b"phone" not in kept.file.getvalue()


def test_a_large_picture_becomes_as_wide_as_a_page_needs() -> None:
    assert Image.open(clean_picture(picture("JPEG", (4000, 1000)))).size == (2400, 600)


def test_a_moving_picture_goes_on_moving() -> None:
    image = Image.open(clean_picture(moving_picture()))

    assert image.n_frames == 3
    assert image.info["duration"] == 100


def test_a_picture_of_too_many_bytes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_BYTES", 50)

    with pytest.raises(BadPicture, match="10 MB"):
        clean_picture(picture())


def test_a_picture_that_would_fill_all_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_PIXELS", 8 * 8 * 2)

    with pytest.raises(BadPicture):
        clean_picture(moving_picture())


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", id="SVG"),
        pytest.param(b"<script>alert(1)</script>", id="a script"),
        pytest.param(picture("BMP").read(), id="another format"),
        pytest.param(picture("PNG").read()[:60], id="half a PNG"),
        pytest.param(picture("JPEG").read()[:300], id="half a JPEG"),
        pytest.param(picture("WEBP").read()[:40], id="half a WebP"),
        pytest.param(moving_picture().read()[:30], id="half a GIF"),
    ],
)
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(BadPicture):
        clean_picture(SimpleUploadedFile("beach.png", content))
