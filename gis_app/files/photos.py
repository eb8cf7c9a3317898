"""Photos: where they were taken, and the same pictures without anything that tells by whom, with what and where.

Positions are read from the GPS tags of EXIF (CIPA DC-008, 4.6.6); phones write them in WGS 84. Pictures are stripped by drawing their
pixels anew: that also leaves behind thumbnails, comments and whatever stands after the picture's end.
"""

import io
import mimetypes

from gis_app.files.errors import FileError
from gis_app.language import msg

_WRITTEN = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF", "image/bmp": "BMP", "image/tiff": "TIFF"}
"""Media type → the format that Pillow reads and writes."""

_GPS, _ORIENTATION = 0x8825, 0x0112
_LATITUDE_REF, _LATITUDE, _LONGITUDE_REF, _LONGITUDE = 1, 2, 3, 4


_BEGINNINGS = (
    (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"GIF8", "image/gif"), (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"), (b"MM\x00*", "image/tiff"),
)  # fmt: skip
_BOXED = {b"WEBP": "image/webp", b"ftyphei": "image/heic", b"ftyphev": "image/heic", b"ftypmif": "image/heic", b"ftypavi": "image/avif"}
"""What stands at byte 8 of a RIFF file, at byte 4 of others."""


def media_type_of(name: str, content: bytes = b"") -> str:
    """Return the media type of a picture by how its content begins, else what the ending of the name stands for."""
    begun = next((kind for beginning, kind in _BEGINNINGS if content.startswith(beginning)), None)
    boxed = next((kind for mark, kind in _BOXED.items() if content[8:12] == mark or content[4:11] == mark), None)
    return begun or boxed or mimetypes.guess_type(name)[0] or "application/octet-stream"


def check_picture(content: bytes, name: str) -> None:
    """Raise `FileError` for a file that says it is a picture (by its content or the ending of its name) and cannot be read as one.

    Kinds that are not read here (as HEIC), files that are no pictures, and empty files pass.
    """
    media_type = media_type_of(name, content)
    if media_type not in _WRITTEN or not content:
        return
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content), formats=list(_WRITTEN.values())) as image:
            image.verify()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise FileError(msg("{name} is no picture, or a damaged one: it cannot be read.", name=name)) from error


def position(content: bytes) -> tuple[float, float] | None:
    """Return longitude and latitude (degrees, WGS 84) of where a photo was taken, None where it does not say, or is no photo."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content), formats=list(_WRITTEN.values())) as image:
            tags = image.getexif().get_ifd(_GPS)
        latitude = _degrees(tags[_LATITUDE], str(tags[_LATITUDE_REF]) == "S")
        longitude = _degrees(tags[_LONGITUDE], str(tags[_LONGITUDE_REF]) == "W")
    except (OSError, KeyError, ValueError, TypeError, ZeroDivisionError, SyntaxError, Image.DecompressionBombError):
        return None
    known = -180 <= longitude <= 180 and -90 <= latitude <= 90 and (longitude, latitude) != (0.0, 0.0)  # a phone without a fix writes 0, 0
    return (longitude, latitude) if known else None


def _degrees(parts: tuple[float, float, float], negative: bool) -> float:
    """Return degrees of degrees, minutes and seconds; NaN (which lies nowhere) for 0/0."""
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return -value if negative else value


def stripped(content: bytes, media_type: str, name: str = "") -> bytes:
    """Return a picture with nothing but its pixels, upright; what is no picture as it is. What the content shows counts, then the type.

    Raises `FileError` for a picture that cannot be read, or of a kind (as HEIC) whose hidden data cannot be taken out: it must not leave
    the program.
    """
    shown = media_type_of(name, content)
    media_type = shown if shown.startswith("image/") else media_type
    if not media_type.startswith("image/"):
        return content
    from PIL import Image, ImageOps

    kind = _WRITTEN.get(media_type)
    if kind is None:
        raise FileError(
            msg("{name}: what is hidden in a picture of the kind {kind} cannot be removed; save it as JPEG.", name=name, kind=media_type)
        )
    try:
        with Image.open(io.BytesIO(content), formats=list(_WRITTEN.values())) as image:
            upright = ImageOps.exif_transpose(image)
            clean = Image.new(upright.mode, upright.size)
            if upright.mode == "P":
                clean.putpalette(upright.getpalette() or [])
            clean.paste(upright)
            written = io.BytesIO()
            clean.save(written, _fitting(kind, clean.mode), quality=92)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise FileError(msg("{name} is damaged: the picture cannot be read.", name=name)) from error
    return written.getvalue()


def _fitting(kind: str, mode: str) -> str:
    """Return the format to write: a picture whose name says JPEG may be a PNG with transparency."""
    return "PNG" if kind == "JPEG" and mode not in ("RGB", "L", "CMYK") else kind
