"""Files of cases: kept as they are, noted in the events, refused where they are too large."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gis_app.bootstrap import open_county
from gis_app.cases.case import EventKind
from gis_app.county.attachments import Attachment, attach, attachment, attachments_of, content_of
from gis_app.county.case_edits import events_of, route_cases
from gis_app.county.changes import Changes, Refusal
from gis_app.county.county import County
from gis_app.county.edits import change_settings
from tests.county.samples import make


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    made = make(tmp_path / "county.gpkg")
    yield made
    made.close()


def test_a_file_is_kept_as_it_is_and_noted(county: County, tmp_path: Path) -> None:
    content = bytes(range(256)) * 5
    done = county.perform(attach(county.store, 10, "车库.jpg", "image/jpeg", content, "正面", actor="王强"))
    assert isinstance(done, Changes)
    id = int(done.ids["attachments"][0])
    assert isinstance(county.perform(attach(county.store, 20, "说明.pdf", "application/pdf", b"%PDF")), Changes)
    noted = events_of(county.store.events(10))[-1]
    assert (noted.kind, noted.data, noted.note, noted.actor) == (EventKind.NOTED, {"attachment": "车库.jpg"}, "正面", "王强")
    county.close()
    again = open_county(tmp_path / "county.gpkg")
    try:
        assert attachments_of(again.store, 10) == (Attachment(id, 10, "车库.jpg", "image/jpeg", 1280, noted.time, "正面"),)
        assert content_of(again.store, id) == content
        assert attachment(again.store, 99) is None and content_of(again.store, 99) is None
        assert [one.name for one in attachments_of(again.store, 20)] == ["说明.pdf"] and not attachments_of(again.store, 30)
    finally:
        again.close()


def test_undo_takes_no_file_away(county: County) -> None:
    county.perform(route_cases())
    entries = county.history()
    assert isinstance(county.perform(attach(county.store, 10, "a.txt", "text/plain", b"x")), Changes)
    assert county.history() == entries and county.undo() is not None
    assert len(attachments_of(county.store, 10)) == 1


@pytest.mark.parametrize(
    ("case", "name", "content", "code"),
    [
        (10, "big.bin", b"x" * 2_000_001, "too_large"),
        (10, "empty.bin", b"", "empty"),
        (10, "  ", b"x", "no_name"),
        (99, "a.bin", b"x", "no_case"),
    ],
)
def test_what_cannot_be_attached_is_said_and_changes_nothing(county: County, case: int, name: str, content: bytes, code: str) -> None:
    assert isinstance(county.perform(change_settings(attachment_megabytes=2)), Changes)
    told = len(county.store.rows("events")["id"])
    answer = county.perform(attach(county.store, case, name, "", content))
    assert isinstance(answer, Refusal) and answer.code == code
    assert len(county.store.rows("events")["id"]) == told and not len(county.store.rows("attachments")["id"])
    assert isinstance(county.perform(attach(county.store, 10, "fits.bin", "", b"x" * 2_000_000)), Changes)
