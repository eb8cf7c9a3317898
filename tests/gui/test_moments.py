"""Times that a person types."""

from datetime import datetime

import pytest

from gis_app.gui.moments import NOT_UNDERSTOOD, moment_of, quick_choices
from gis_app.language import ZONE

NOW = datetime(2020, 5, 3, 16, 0, tzinfo=ZONE)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONE)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "past", "ahead"),
    [
        ("2020-05-01 12:34", at(2020, 5, 1, 12, 34), at(2020, 5, 1, 12, 34)),
        ("2020/5/1 9：05", at(2020, 5, 1, 9, 5), at(2020, 5, 1, 9, 5)),
        ("2020年5月1日12时34分", at(2020, 5, 1, 12, 34), at(2020, 5, 1, 12, 34)),
        ("05-112:34", None, None),
        ("2020年5月1日 12时34分", at(2020, 5, 1, 12, 34), at(2020, 5, 1, 12, 34)),
        ("05-01 12:34", at(2020, 5, 1, 12, 34), at(2021, 5, 1, 12, 34)),
        ("12-31 08:00", at(2019, 12, 31, 8, 0), at(2020, 12, 31, 8, 0)),
        ("15:59", at(2020, 5, 3, 15, 59), at(2020, 5, 4, 15, 59)),
        ("16:01", at(2020, 5, 2, 16, 1), at(2020, 5, 3, 16, 1)),
        ("2020-05-04", None, at(2020, 5, 4, 17, 0)),
        ("", NOW, NOW),
        ("2020-02-31 10:00", None, None),
        ("25:00", None, None),
        ("tomorrow", None, None),
    ],
)
def test_what_is_left_out_is_the_nearest_that_fits(text: str, past: datetime | None, ahead: datetime | None) -> None:
    assert moment_of(text, NOW) == (past or NOT_UNDERSTOOD)
    assert moment_of(text, NOW, ahead=True) == (ahead or NOT_UNDERSTOOD)


def test_quick_choices_lie_ahead() -> None:
    assert [moment for _, moment in quick_choices(NOW)] == [at(2020, 5, day, 17, 0) for day in (3, 4, 6, 10)]
    assert [moment for _, moment in quick_choices(NOW.replace(hour=18))] == [at(2020, 5, day, 17, 0) for day in (4, 6, 10)]
