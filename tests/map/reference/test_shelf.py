"""The shelf opens each layer once, beside the window; pieces stay within their bound; tile servers are asked only when they may be."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from gis_app.county.references import Reference, ReferenceKind
from gis_app.errors import UserError
from gis_app.map.reference.rasters import Piece
from gis_app.map.reference.servers import KNOWN, ServerSettings, ServerTiles, TileServer, load_settings, save_settings
from gis_app.map.reference.shelf import Pieces
from gis_app.map.reference.vectors import VectorLayer
from tests.map.reference.conftest import TileHandler
from tests.map.reference.made import CRS, encoded, mbtiles, plain, shelf
from tests.map.reference.test_vectors import RIVER, geojson

RED = encoded(plain("#FF0000"))
PIECE = Piece(10, 863, 356)


def test_layers_are_opened_once_and_told(tmp_path: Path) -> None:
    geojson(tmp_path / "river.geojson", [RIVER], ["河"])
    own, told = shelf(tmp_path), threading.Event()
    own.opened = told.set
    river = Reference(1, "河", ReferenceKind.VECTOR, "river.geojson")
    assert own.found(river) is None and own.problem(river) is None
    layer = own.open(river)
    assert told.wait(5) and isinstance(layer, VectorLayer)
    assert own.open(replace(river, name="other", opacity=0.5)) is layer
    assert own.vectors({1: river}) == [layer] and own.vectors({1: replace(river, visible=False)}) == []
    snapping = own.snapping({1: river})
    assert snapping is not None and snapping.line_at(*RIVER[0], 1.0) is not None
    assert own.line_at({1: river}, *RIVER[1], 5.0) == (layer, 0)
    own.close()


def test_a_missing_file_is_said_and_found_again(tmp_path: Path) -> None:
    own = shelf(tmp_path)
    river = Reference(1, "河", ReferenceKind.VECTOR, "river.geojson")
    with pytest.raises(UserError):
        own.open(river)
    assert "does not exist" in str(own.problem(river))
    geojson(tmp_path / "river.geojson", [RIVER], ["河"])
    assert own.problem(river) is not None
    own.forget(river)
    own.open(river)
    assert own.problem(river) is None
    own.close()


def test_a_tile_server_that_nobody_knows_is_named(tmp_path: Path) -> None:
    own = shelf(tmp_path)
    with pytest.raises(UserError, match="know no tile server 某图"):
        own.open(Reference(1, "a", ReferenceKind.SERVER, "某图"))
    with pytest.raises(UserError, match="needs a key"):
        own.open(Reference(1, "a", ReferenceKind.SERVER, KNOWN[0].name))
    own.close()


def test_offline_nothing_is_asked_and_what_was_seen_is_there(tmp_path: Path, server: tuple[TileServer, type[TileHandler]]) -> None:
    entry, handler = server
    handler.answer = (200, RED)
    offline = True
    tiles = ServerTiles(entry, CRS, tmp_path, lambda: offline)
    assert tiles.read(PIECE) is None and handler.asked == []
    offline = False
    assert tiles.read(PIECE) == RED
    assert handler.asked == ["/10/863/356?key=abc&s=1"]
    assert tiles.read(PIECE) == RED and len(handler.asked) == 1  # stored
    offline = True
    tiles.close()
    again = ServerTiles(entry, CRS, tmp_path, lambda: offline)
    assert again.read(PIECE) == RED
    again.close()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((403, b""), "refuses to give tiles"),
        ((500, b""), "answers with an error"),
        ((200, b"<html>log in</html>"), "does not answer with pictures"),
    ],
)
def test_what_a_server_does_wrong_is_said(
    tmp_path: Path, server: tuple[TileServer, type[TileHandler]], answer: tuple[int, bytes], words: str
) -> None:
    entry, handler = server
    handler.answer = answer
    tiles = ServerTiles(entry, CRS, tmp_path, lambda: False)
    assert tiles.read(PIECE) is None and words in str(tiles.trouble)
    for column in range(20):
        tiles.read(Piece(10, column, 0))
    assert len(handler.asked) == 3  # then it is left alone for a while
    handler.answer = (200, RED)
    tiles.again()
    assert tiles.read(PIECE) == RED and tiles.trouble is None
    tiles.close()


def test_a_place_without_a_tile_is_no_trouble(tmp_path: Path, server: tuple[TileServer, type[TileHandler]]) -> None:
    entry, handler = server
    handler.answer = (404, b"")
    tiles = ServerTiles(entry, CRS, tmp_path, lambda: False)
    assert tiles.read(PIECE) is None and tiles.trouble is None
    tiles.close()


def test_a_server_that_is_not_there_is_no_error(tmp_path: Path) -> None:
    tiles = ServerTiles(TileServer("无", "http://127.0.0.1:1/{z}/{x}/{y}"), CRS, tmp_path, lambda: False)
    assert tiles.read(PIECE) is None and "cannot be reached" in str(tiles.trouble)
    tiles.close()


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (TileServer("", "http://a/{z}/{x}/{y}"), "needs a name"),
        (TileServer("a", "file:///etc/{z}/{x}/{y}"), "begins with http"),
        (TileServer("a", "http://a/{z}/{x}"), "must hold"),
        (TileServer("a", "http://a/{z}/{x}/{y}?{key}"), "needs a key"),
        (TileServer("a", "http://{s}.a/{z}/{x}/{y}"), "say what can stand there"),
    ],
)
def test_an_entry_that_cannot_work_says_why(entry: TileServer, words: str) -> None:
    assert words in str(entry.problem())


def test_the_user_s_servers_are_kept_for_him_alone(tmp_path: Path) -> None:
    path = tmp_path / "conf" / "servers.json"
    assert load_settings(path) == ServerSettings() and ServerSettings().offline
    mine = TileServer("我的", "http://a/{z}/{x}/{-y}", key="secret", highest=15)
    settings = replace(ServerSettings().with_server(mine).without("OpenStreetMap"), offline=False)
    save_settings(settings, path)
    assert load_settings(path) == settings
    assert path.stat().st_mode & 0o077 == 0
    assert mine.url(Piece(2, 1, 0)) == "http://a/2/1/3"
    path.write_text("[]")
    assert load_settings(path) == ServerSettings()


def test_pieces_stay_within_their_bound() -> None:
    pieces = Pieces(limit=1000)
    for number in range(50):
        assert pieces.want(number, lambda number=number: (number, 100)).result() == number
    assert pieces.bytes <= 1000
    assert pieces.get(49) == (49,) and pieces.get(0) is None
    pieces.close()


def test_remote_pieces_are_told_and_those_passed_by_are_given_up() -> None:
    pieces, told, gate = Pieces(), threading.Event(), threading.Event()
    pieces.arrived = told.set

    def slow() -> tuple[object, int]:
        gate.wait(5)
        return "picture", 10

    futures = {number: pieces.want(number, slow, remote=True) for number in range(10)}
    time.sleep(0.05)
    pieces.drop_waiting([0])
    assert sum(future.cancelled() for future in futures.values()) == 6  # four were begun
    gate.set()
    assert futures[0].result(5) == "picture" and told.wait(5)
    assert pieces.want("none", lambda: (None, 0), remote=True).result(5) is None
    assert pieces.get("none") is None  # asked again the next time
    pieces.close()


def test_tiles_of_a_file_are_closed_with_the_shelf(tmp_path: Path) -> None:
    mbtiles(tmp_path / "a.mbtiles", [(PIECE, RED)])
    own = shelf(tmp_path)
    tiles = own.open(Reference(1, "a", ReferenceKind.TILES, "a.mbtiles"))
    assert not isinstance(tiles, VectorLayer) and tiles.read(PIECE) == RED
    own.close()
    with pytest.raises(UserError):
        tiles.read(PIECE)
