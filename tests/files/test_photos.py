"""Where a photo was taken is read from it, and never leaves the program with it."""

import io
from fractions import Fraction

import pytest
from PIL import Image, ImageChops

from gis_app.files.errors import FileError
from gis_app.files.photos import media_type_of, position, stripped

GPS, MAKE, ORIENTATION, SOFTWARE = 0x8825, 0x010F, 0x0112, 0x0131


def sexagesimal(degrees: float) -> tuple[Fraction, Fraction, Fraction]:
    whole, rest = divmod(degrees, 1)
    minutes, rest = divmod(rest * 60, 1)
    return Fraction(int(whole)), Fraction(int(minutes)), Fraction(round(rest * 60 * 10_000), 10_000)


def photo(longitude: float = 123.5127, latitude: float = 47.9016, *, orientation: int = 1, gps: bool = True) -> bytes:
    """Return a JPEG as a phone writes it: a red left half, a blue right one, GPS tags, maker, a comment, and a film after its end."""
    image = Image.new("RGB", (60, 40), "blue")
    image.paste("red", (0, 0, 30, 40))
    tags = Image.Exif()
    tags[MAKE], tags[SOFTWARE], tags[ORIENTATION] = "SECRET-PHONE", "SECRET-SOFTWARE", orientation
    if gps:
        tags.get_ifd(GPS).update(
            {
                1: "S" if latitude < 0 else "N",
                2: tuple(map(float, sexagesimal(abs(latitude)))),
                3: "W" if longitude < 0 else "E",
                4: tuple(map(float, sexagesimal(abs(longitude)))),
            }
        )
    written = io.BytesIO()
    image.save(written, "JPEG", exif=tags, comment=b"SECRET-COMMENT", quality=95)
    return written.getvalue() + b"SECRET-FILM"


@pytest.mark.parametrize(("longitude", "latitude"), [(123.5127, 47.9016), (-73.9857, 40.7484), (-43.2105, -22.9519)])
def test_a_photo_tells_where_it_was_taken(longitude: float, latitude: float) -> None:
    found = position(photo(longitude, latitude))
    assert found is not None and found == pytest.approx((longitude, latitude), abs=1e-6)


@pytest.mark.parametrize("content", [photo(gps=False), photo(0.0, 0.0), photo(123.0, 95.0), b"", b"%PDF-1.7", photo()[:30]])
def test_what_tells_no_place_offers_none(content: bytes) -> None:
    assert position(content) is None


def test_nothing_but_the_picture_leaves_the_program() -> None:
    content = photo(orientation=6)
    assert b"SECRET-PHONE" in content and b"SECRET-COMMENT" in content
    clean = stripped(content, "image/jpeg")
    assert b"SECRET" not in clean and b"Exif" not in clean and position(clean) is None
    with Image.open(io.BytesIO(clean)) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (40, 60), {}), "it stands upright as before"
        top, bottom = image.convert("RGB").getpixel((20, 10)), image.convert("RGB").getpixel((20, 50))
    assert isinstance(top, tuple) and isinstance(bottom, tuple)
    assert top[0] > 200 and top[2] < 60 and bottom[2] > 200 and bottom[0] < 60, "red above, blue below"


def test_pictures_of_other_kinds_keep_their_pixels_and_lose_the_rest() -> None:
    from PIL.PngImagePlugin import PngInfo

    told = PngInfo()
    told.add_text("Author", "SECRET-NAME")
    for mode, kind in (("RGBA", "PNG"), ("P", "PNG"), ("L", "PNG"), ("RGB", "PNG"), ("1", "TIFF")):
        image = Image.new("RGB", (9, 7), "white")
        image.paste("black", (2, 2, 5, 5))
        image = image.convert(mode)
        written = io.BytesIO()
        image.save(written, kind, **({"pnginfo": told} if kind == "PNG" else {}))
        clean = stripped(written.getvalue(), f"image/{kind.lower()}")
        assert b"SECRET" not in clean
        with Image.open(io.BytesIO(clean)) as read:
            assert not ImageChops.difference(read.convert("RGB"), image.convert("RGB")).getbbox(), mode


def test_what_a_content_is_counts_and_not_what_it_is_called() -> None:
    assert media_type_of("a.dat", photo()) == "image/jpeg" and media_type_of("a.PNG") == "image/png"
    assert media_type_of("a") == "application/octet-stream" and media_type_of("a.pdf", b"%PDF") == "application/pdf"
    assert b"SECRET" not in stripped(photo(), "application/octet-stream", "a.dat")
    assert stripped(b"%PDF-1.7", "application/pdf", "a.pdf") == b"%PDF-1.7"


def test_what_cannot_be_cleaned_does_not_leave() -> None:
    with pytest.raises(FileError, match="what is hidden"):
        stripped(b"\x00\x00\x00\x18ftypheic0000", "application/octet-stream", "photo.heic")
    with pytest.raises(FileError, match="damaged"):
        stripped(photo()[:200], "image/jpeg", "half.jpg")
