"""Uploaded pictures: checked, turned upright, made smaller, freed of what cameras add."""

import secrets
import warnings
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

MAX_BYTES = 10 * 1024 * 1024
# Of all frames together: a small file can hold a picture that fills all memory.
MAX_PIXELS = 60_000_000
# Twice the width at which articles are shown, for dense screens.
LONGEST_SIDE = 2400

# Phones write JPEG with a second picture inside, which Pillow calls MPO.
ENDINGS = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif"}
# Location, camera and comments are not among what is kept.
KEPT = {"icc_profile", "transparency", "duration", "loop"}


class BadPicture(ValueError):
    """A file that cannot be shown as a picture; its sentence tells why."""


def clean_picture(upload: "UploadedFile[bytes]") -> "ContentFile[bytes]":
    """The picture encoded anew under a random name. Raises BadPicture."""
    if (upload.size or 0) > MAX_BYTES:
        raise BadPicture(_("This picture is larger than 10 MB. Please make it smaller."))
    try:
        return _encoded(upload)
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        SyntaxError,  # Pillow's word for a broken PNG
        ValueError,
        EOFError,
    ) as error:
        raise BadPicture(
            _("This is no picture we can show. Please choose a JPEG, PNG, WebP or GIF file.")
        ) from error


def _encoded(upload: "UploadedFile[bytes]") -> "ContentFile[bytes]":
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(upload, formats=["JPEG", "PNG", "WEBP", "GIF"]) as image:
            kind = "JPEG" if image.format == "MPO" else str(image.format)
            _check_pixels(image)
            frames = list(_frames(image, only_first=kind in ("JPEG", "PNG")))
    return ContentFile(_written(frames, kind), f"{secrets.token_hex(16)}.{ENDINGS[kind]}")


def _check_pixels(image: Image.Image) -> None:
    if image.width * image.height * getattr(image, "n_frames", 1) > MAX_PIXELS:
        raise ValueError("too many pixels")


def _frames(image: Image.Image, *, only_first: bool) -> Iterator[Image.Image]:
    for frame in ImageSequence.Iterator(image):
        upright = ImageOps.exif_transpose(frame)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        upright.info = {key: upright.info[key] for key in KEPT & upright.info.keys()}
        yield upright
        if only_first:
            return


def _written(frames: list[Image.Image], kind: str) -> bytes:
    first, *others = frames
    options: dict[str, Any] = {"quality": 85} if kind in ("JPEG", "WEBP") else {}
    if others:
        times = [frame.info.get("duration", 100) for frame in frames]
        options |= {"save_all": True, "append_images": others, "duration": times}
        options["loop"] = first.info.get("loop", 0)
    stream = BytesIO()
    first.save(stream, kind, **options)
    return stream.getvalue()
