import pytest

from gis_app.map.tools.entry import Entry, direction, entered, held, read_entry

POINTS = ((0.0, 0.0), (10.0, 0.0))


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("120", Entry(120.0)),
        ("12.5", Entry(12.5)),
        ("120<45", Entry(120.0, 45.0)),
        ("120《45", Entry(120.0, 45.0)),
        ("120<", Entry(120.0)),
        ("<45", Entry(None, 45.0)),
        ("5<@-90", Entry(5.0, -90.0, relative=True)),
        ("@3,-4", Entry(at=(3.0, -4.0), relative=True)),
        ("500120。5，5290011", Entry(at=(500120.5, 5290011.0))),
        ("", None),
        ("<", None),
        ("-", None),
        ("1,", None),
        ("1<2<3", None),
        ("1..2", None),
    ],
)
def test_an_entry_is_read_as_it_is_typed(text: str, entry: Entry | None) -> None:
    assert read_entry(text) == entry


def place(
    text: str, pointer: tuple[float, float] = (10.0, 50.0), points: tuple[tuple[float, float], ...] = POINTS, metres: float = 1.0
) -> object:
    entry = read_entry(text)
    assert entry is not None
    found = entered(entry, points, pointer, metres)
    return (round(found[0], 6), round(found[1], 6)) if found is not None else None


def test_a_length_goes_towards_the_pointer() -> None:
    assert place("20") == (10, 20)


def test_directions_turn_clockwise_from_north() -> None:
    assert place("20<90") == (30, 0)
    assert place("20<180") == (10, -20)


def test_a_direction_may_be_turned_from_the_last_stretch() -> None:
    assert place("20<@90") == (10, -20)  # it ran east: to the right is south
    assert place("20<@-90") == (10, 20)
    assert place("20<@90", points=POINTS[:1]) is None


def test_a_direction_alone_goes_as_far_as_the_pointer() -> None:
    assert place("<0", pointer=(40.0, 50.0)) == (10, 50)


def test_lengths_are_metres_also_where_the_county_measures_in_feet() -> None:
    assert place("30.48", metres=0.3048) == (10, 100)


def test_coordinates_are_places_or_count_from_the_last_point() -> None:
    assert place("3,4") == (3, 4)
    assert place("@3,4") == (13, 4)
    assert place("3,4", points=()) == (3, 4)
    assert place("7", points=()) is None


def test_the_direction_of_a_place() -> None:
    assert direction((0, 0), (0, 1)) == 0
    assert direction((0, 0), (-1, 0)) == 270


def test_held_directions_keep_the_foot_of_the_pointer() -> None:
    x, y = held((0, 0), (1, 30))
    assert (round(x, 9), round(y, 9)) == (0, 30)
