"""Tile servers: the user's own list of names and addresses, and tiles fetched from one. Nothing is fetched while `offline` is set."""

import hashlib
import itertools
import json
import sqlite3
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from gis_app import __version__
from gis_app.errors import UserError
from gis_app.files.errors import FileError
from gis_app.language import Message, msg
from gis_app.map.reference.mercator import MercatorGrid
from gis_app.map.reference.rasters import Extent, Piece

TIMEOUT = 8.0
"""Seconds that a server has for one tile."""

RESPITE = 30.0
"""Seconds during which a server that failed three times running is left alone."""

FRESH = 30 * 86400.0
"""Seconds for which a stored tile is not asked for again."""

LARGEST = 4_000_000
"""Bytes beyond which an answer is no tile."""


@dataclass(frozen=True, slots=True)
class TileServer:
    """A tile server: `address` holds {z}, {x}, {y} (or {-y}: rows from the south) and may hold {s} (one of `parts`) and {key}.

    `datum` is "gcj02" for maps that are shifted so; `credit` is what has to stand on a map made with it.
    """

    name: str
    address: str
    key: str = ""
    parts: str = ""
    datum: str = "wgs84"
    highest: int = 18
    credit: str = ""

    def problem(self) -> Message | None:
        """Say what is wrong with the entry, or None."""
        if not self.name.strip():
            return msg("A tile server needs a name; write one.")
        if not self.address.startswith(("http://", "https://")):
            return msg("The address of a tile server begins with http:// or https://.")
        if any(word not in self.address for word in ("{z}", "{x}")) or not ("{y}" in self.address or "{-y}" in self.address):
            return msg("The address of a tile server must hold {places}.", places="{z}, {x}, {y}")
        if "{key}" in self.address and not self.key.strip():
            return msg("{server} needs a key: ask its operator for one and enter it.", server=self.name)
        if "{s}" in self.address and not self.parts:
            return msg(
                "The address of {server} holds {place}: say what can stand there, for example 01234567.", server=self.name, place="{s}"
            )
        return None

    def url(self, piece: Piece) -> str:
        """Return the address of one tile."""
        values = {
            "{z}": piece.level, "{x}": piece.column, "{y}": piece.row, "{-y}": 2**piece.level - 1 - piece.row, "{key}": self.key.strip(),
            "{s}": self.parts[(piece.column + piece.row) % len(self.parts)] if self.parts else "",
        }  # fmt: skip
        found = self.address
        for word, value in values.items():
            found = found.replace(word, str(value))
        return found


_OSM = "© OpenStreetMap contributors"
_TIANDITU = "https://t{s}.tianditu.gov.cn/DataServer?T=%s_w&x={x}&y={y}&l={z}&tk={key}"
_GAODE = "https://%s0{s}.is.autonavi.com/appmaptile?lang=zh_cn&size=1&scale=1&style=%s&x={x}&y={y}&z={z}"

KNOWN = (
    TileServer("天地图 矢量", _TIANDITU % "vec", parts="01234567", credit="天地图"),
    TileServer("天地图 影像", _TIANDITU % "img", parts="01234567", credit="天地图"),
    TileServer("天地图 矢量注记", _TIANDITU % "cva", parts="01234567", credit="天地图"),
    TileServer("天地图 影像注记", _TIANDITU % "cia", parts="01234567", credit="天地图"),
    TileServer("OpenStreetMap", "https://tile.openstreetmap.org/{z}/{x}/{y}.png", highest=19, credit=_OSM),
    TileServer("高德地图", _GAODE % ("webrd", 8), parts="1234", datum="gcj02", credit="高德地图"),
    TileServer("高德影像", _GAODE % ("webst", 6), parts="1234", datum="gcj02", credit="高德地图"),
)
"""What the list begins with; nothing of it is asked before the user adds such a layer and goes online."""


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """The user's tile servers, and whether the network is left alone (as it is until the user wants it otherwise)."""

    servers: tuple[TileServer, ...] = KNOWN
    offline: bool = True

    def find(self, name: str) -> TileServer | None:
        """Return the server of a name, or None."""
        return next((server for server in self.servers if server.name == name), None)

    def with_server(self, server: TileServer) -> "ServerSettings":
        """Return the settings with one server added, or replaced where its name is known."""
        if self.find(server.name) is None:
            return replace(self, servers=(*self.servers, server))
        return replace(self, servers=tuple(server if known.name == server.name else known for known in self.servers))

    def without(self, name: str) -> "ServerSettings":
        """Return the settings without one server."""
        return replace(self, servers=tuple(server for server in self.servers if server.name != name))


def settings_file() -> Path:
    """Return the file in the user's configuration folder that holds the tile servers: keys are his own, and not the county's."""
    import platformdirs

    return Path(platformdirs.user_config_dir("gis-app")) / "tile_servers.json"


def load_settings(path: Path | None = None) -> ServerSettings:
    """Read the tile servers; the known ones, offline, where there is no file or a damaged one."""
    try:
        content = json.loads((path or settings_file()).read_text(encoding="utf-8"))
        names = {field.name for field in fields(TileServer)}
        servers = tuple(TileServer(**{k: v for k, v in entry.items() if k in names}) for entry in content["servers"])
        return ServerSettings(servers, bool(content["offline"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ServerSettings()


def save_settings(settings: ServerSettings, path: Path | None = None) -> None:
    """Write the tile servers; only the user may read them, since keys are in them."""
    path = path or settings_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".half")
    half.touch(mode=0o600)
    half.write_text(json.dumps(asdict(settings), ensure_ascii=False, indent=1), encoding="utf-8")
    half.replace(path)


class ServerTiles(MercatorGrid):
    """The tiles of a server, each kept on disk once it came: what was seen before is there without a network, too."""

    is_remote = True

    def __init__(self, server: TileServer, crs: str, cache: Path, offline: Callable[[], bool]) -> None:
        problem = server.problem()
        if problem is not None:
            raise FileError(problem)
        super().__init__(crs, server.datum, 0, server.highest)
        self.name, self.server, self._offline = server.name, server, offline
        self.trouble: Message | None = None
        self._failures = itertools.count(1)
        self._wait_until = 0.0
        self._lock = threading.Lock()
        self._store = _store(cache / "tiles" / f"{hashlib.sha256(server.address.encode()).hexdigest()[:24]}.tiles")

    @property
    def size(self) -> int:
        """Pixels across a tile."""
        return self.pixels

    def read(self, piece: Piece) -> bytes | None:
        """Return a tile from the store, else from the server; None where it has none, or cannot be asked. `trouble` says why."""
        known, fetched = self._stored(piece)
        if self._offline():
            self.trouble = None
            return known
        if known is not None and time.time() - fetched < FRESH:
            return known
        if time.monotonic() < self._wait_until:
            return known
        found = self._fetched(piece)
        if found is None:
            return known
        with self._lock, suppress(sqlite3.Error):
            self._store.execute(
                "INSERT OR REPLACE INTO tiles VALUES (?, ?, ?, ?, ?)", (piece.level, piece.column, piece.row, found, time.time())
            )
            self._store.commit()
        return found

    def _stored(self, piece: Piece) -> tuple[bytes | None, float]:
        with self._lock:
            try:
                row = self._store.execute(
                    "SELECT data, fetched FROM tiles WHERE level = ? AND col = ? AND row = ?", (piece.level, piece.column, piece.row)
                ).fetchone()
            except sqlite3.Error:
                row = None
        return (None, 0.0) if row is None else (bytes(row[0]), float(row[1]))

    def _fetched(self, piece: Piece) -> bytes | None:
        request = urllib.request.Request(self.server.url(piece), headers={"User-Agent": f"gis-app/{__version__}"})
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
                data: bytes = answer.read(LARGEST + 1)
        except urllib.error.HTTPError as error:
            if error.code in (404, 204):  # beyond what the server has
                return None
            refused = error.code in (401, 403)
            self._failed(
                msg("{server} refuses to give tiles ({code}): check the key and the address.", server=self.name, code=error.code)
                if refused
                else msg("{server} answers with an error ({code}); try again later.", server=self.name, code=error.code)
            )
            return None
        except (OSError, ValueError):
            self._failed(msg("{server} cannot be reached; what was seen before is still shown.", server=self.name))
            return None
        if not data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"GIF8")) or len(data) > LARGEST:
            if data:
                self._failed(msg("{server} does not answer with pictures; check the address and the key.", server=self.name))
            return None
        self._failures, self.trouble = itertools.count(1), None
        return data

    def _failed(self, reason: Message) -> None:
        self.trouble = reason
        if next(self._failures) % 3 == 0:
            self._wait_until = time.monotonic() + RESPITE

    def again(self) -> None:
        """Ask the server again at once, although it failed."""
        self._wait_until, self.trouble = 0.0, None

    def extent(self) -> Extent | None:
        """Return None: a server has the whole world."""
        return None

    def close(self) -> None:
        """Let go of the store."""
        with self._lock:
            self._store.close()


def _store(path: Path) -> sqlite3.Connection:
    """Open the store of a server's tiles, made anew where it is damaged; in memory where the disk gives no room."""
    for attempt in range(2):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            store = sqlite3.connect(path, check_same_thread=False)
            store.execute("PRAGMA journal_mode = WAL")
            store.execute("PRAGMA synchronous = OFF")
            store.execute(
                "CREATE TABLE IF NOT EXISTS tiles "
                "(level INTEGER, col INTEGER, row INTEGER, data BLOB, fetched REAL, PRIMARY KEY (level, col, row))"
            )
            return store
        except (sqlite3.Error, OSError):
            if attempt == 0:
                with suppress(OSError):
                    path.unlink(missing_ok=True)
    store = sqlite3.connect(":memory:", check_same_thread=False)
    store.execute("CREATE TABLE tiles (level INTEGER, col INTEGER, row INTEGER, data BLOB, fetched REAL, PRIMARY KEY (level, col, row))")
    return store


class UnknownServer(UserError):
    """A layer of a tile server that this user's settings do not know."""
