import pytest

from gis_app.grid.datum import from_county
from gis_app.gui.places import NOT_UNDERSTOOD, place_of

CRS = "EPSG:4550"


@pytest.mark.parametrize(
    "words",
    [
        "123.5127,47.9016",
        "123.5127 47.9016",
        "47.9016, 123.5127",
        "123.5127°E 47.9016°N",
        "47°54′5.76″N 123°30′45.72″E",
        "123.5127，47.9016",
    ],
)
def test_degrees_are_understood_however_they_are_written(words: str) -> None:
    place = place_of(words, CRS)
    assert isinstance(place, tuple)
    longitude, latitude = from_county(*place, CRS)
    assert float(longitude) == pytest.approx(123.5127, abs=1e-6) and float(latitude) == pytest.approx(47.9016, abs=1e-6)


@pytest.mark.parametrize("words", ["538310 5307220.5", "X 538\u2009310  Y 5\u2009307\u2009220.5", "x=538310, y=5307220.5"])
def test_county_coordinates_are_taken_as_they_are(words: str) -> None:
    assert place_of(words, CRS) == (538310.0, 5307220.5)


@pytest.mark.parametrize("words", ["", "新粮村", "123.5", "1 2 3", "230225203201001", "123.5,abc"])
def test_anything_else_is_no_place(words: str) -> None:
    assert place_of(words, CRS) is NOT_UNDERSTOOD
