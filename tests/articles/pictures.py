"""Files to upload."""

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

ORIENTATION, CAMERA, PLACE_TAKEN = 0x0112, 0x0110, 0x8825
ON_ITS_SIDE = 6


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 20)) -> SimpleUploadedFile:
    """A picture of one colour."""
    stream = BytesIO()
    Image.new("RGB", size, "teal").save(stream, kind)
    return SimpleUploadedFile(f"beach.{kind.lower()}", stream.getvalue())


def photograph() -> SimpleUploadedFile:
    """What a phone held upright makes: turned by a note, and telling where it was taken."""
    stream = BytesIO()
    notes = Image.Exif()
    notes[ORIENTATION] = ON_ITS_SIDE
    notes[CAMERA] = "Somebody's phone"
    notes[PLACE_TAKEN] = {1: "N", 2: (54.0, 10.0, 5.0)}
    Image.new("RGB", (40, 20), "teal").save(stream, "JPEG", exif=notes, comment=b"home")
    return SimpleUploadedFile("IMG_0001.JPG", stream.getvalue())


def moving_picture() -> SimpleUploadedFile:
    """Three frames."""
    stream = BytesIO()
    first, *others = [Image.new("RGB", (8, 8), colour) for colour in ("red", "green", "blue")]
    first.save(stream, "GIF", save_all=True, append_images=others, duration=[100, 200, 300])
    return SimpleUploadedFile("wave.gif", stream.getvalue())
