"""The reference layers of one opened county: files opened once, pictures of pieces kept within a bound, everything beside the window."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from copy import copy
from pathlib import Path
from typing import Any, TypeVar

from gis_app.county.references import Reference, ReferenceKind, drawn_order, real_path
from gis_app.errors import UserError
from gis_app.language import Message, msg
from gis_app.map.reference.pictures import Cutter, Picture, open_picture
from gis_app.map.reference.rasters import Extent
from gis_app.map.reference.servers import ServerSettings, ServerTiles, UnknownServer, load_settings
from gis_app.map.reference.style import is_building
from gis_app.map.reference.tile_files import MbTiles, TileFolder
from gis_app.map.reference.vectors import VectorLayer, reading_vectors
from gis_app.map.snapping import References
from gis_app.progress import finish

T = TypeVar("T")
Tiles = MbTiles | TileFolder | ServerTiles
Opened = VectorLayer | Picture | Tiles

MEMORY = 64 * 2**20
"""Bytes of decoded pictures that are kept."""


def cache_folder() -> Path:
    """Return the user's folder for what can be made or fetched again."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("gis-app"))


class Pieces:
    """Decoded pictures, the ones asked for longest ago giving way; made in a few threads of their own."""

    def __init__(self, limit: int = MEMORY, threads: int = 2) -> None:
        self._limit, self._threads = limit, threads
        self._kept: OrderedDict[object, tuple[Any, int]] = OrderedDict()
        self._bytes = 0
        self._under_way: dict[object, Future[Any]] = {}
        self._lock = threading.Lock()
        self._pools: dict[bool, ThreadPoolExecutor] = {}
        self._closed = False
        self.arrived: Callable[[], object] | None = None  # called in the thread that brought a remote piece

    @property
    def bytes(self) -> int:
        """How much memory is in use."""
        return self._bytes

    def get(self, key: object) -> tuple[Any] | None:
        """Return (picture,) where a piece is there (the picture is None where it is known to be empty), else None."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return (found[0],)

    def want(self, key: object, make: Callable[[], tuple[Any, int]], remote: bool = False) -> Future[Any]:
        """Have a piece made, unless it is kept or under way; `make` returns the picture and its bytes."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                done: Future[Any] = Future()
                done.set_result(found[0])
                return done
            if key in self._under_way:
                return self._under_way[key]
            if self._closed:
                return _given_up()
            future = self._under_way[key] = self._pool(remote).submit(self._make, key, make, remote)
            return future

    def aside(self, make: Callable[[], T]) -> Future[T]:
        """Work something out beside the window, as where pieces lie."""
        with self._lock:
            return _given_up() if self._closed else self._pool(False).submit(make)

    def _pool(self, remote: bool) -> ThreadPoolExecutor:
        if remote not in self._pools:
            name = "fetching" if remote else "decoding"
            self._pools[remote] = ThreadPoolExecutor(4 if remote else self._threads, thread_name_prefix=name)
        return self._pools[remote]

    def _make(self, key: object, make: Callable[[], tuple[Any, int]], remote: bool) -> Any:
        try:
            picture, size = make()
            with self._lock:
                if picture is not None or not remote:  # what a server did not give may come later
                    self._kept[key] = (picture, size)
                    self._bytes += size
                while self._bytes > self._limit and len(self._kept) > 1:
                    self._bytes -= self._kept.popitem(last=False)[1][1]
        finally:
            with self._lock:
                self._under_way.pop(key, None)
        if remote and picture is not None and self.arrived is not None:
            self.arrived()
        return picture

    def drop_waiting(self, kept: Iterable[object]) -> None:
        """Give up remote pieces that nobody waits for any more (the map has moved on) and that were not begun."""
        wanted = set(kept)
        with self._lock:
            for key, future in list(self._under_way.items()):
                if key not in wanted and future.cancel():
                    del self._under_way[key]

    def close(self) -> None:
        """Drop everything; threads end when what they are at is done."""
        self.arrived = None
        with self._lock:
            self._closed = True
            for pool in self._pools.values():
                pool.shutdown(wait=False, cancel_futures=True)
            self._kept.clear()
            self._bytes = 0


def _given_up() -> Future[Any]:
    """Return a future that nobody will fulfil, for who asks a shelf that is closed (a redraw under way)."""
    future: Future[Any] = Future()
    future.cancel()
    return future


class Shelf:
    """Opens the reference layers of a county whose file lies in `folder`; safe to use from any thread.

    `bounds` says where the county lies (None while it is empty): that decides between coordinate systems that a file leaves open.
    `cut` prepares scanned maps (`map.qt.pyramid.cut_picture`), `patient` waits for tile servers (a page), else what is not there yet is
    drawn when it comes (a window: `pieces.arrived`).
    """

    def __init__(
        self,
        folder: Path,
        crs: str,
        bounds: Callable[[], Extent | None],
        cut: Cutter,
        *,
        cache: Path | None = None,
        settings: ServerSettings | None = None,
        patient: bool = False,
    ) -> None:
        self.folder, self.crs, self.bounds, self.patient = folder, crs, bounds, patient
        self.settings = settings if settings is not None else load_settings()
        self.pieces = Pieces()
        self._cut, self._cache = cut, cache or cache_folder()
        self._opened: dict[tuple[object, ...], Future[Opened]] = {}
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="references")
        self._closed = False
        self.opened: Callable[[], object] | None = None  # called in the thread that opened a layer, or could not
        self.added: tuple[VectorLayer, ...] = ()  # layers of no file that tools snap to as well: the former grids that are shown

    def waiting(self) -> "Shelf":
        """Return the same shelf for a page, which waits for tile servers."""
        other = copy(self)
        other.patient = True
        return other

    def credits(self, references: Mapping[int, Reference]) -> tuple[str, ...]:
        """Return what has to stand on a map that shows tile servers, each once."""
        shown = (self.settings.find(r.source) for r in drawn_order(references) if r.visible and r.kind == ReferenceKind.SERVER)
        return tuple(dict.fromkeys(server.credit for server in shown if server is not None and server.credit))

    def _key(self, reference: Reference) -> tuple[object, ...]:
        names = ("layer", "encoding", "crs", "datum")
        server = self.settings.find(reference.source) if reference.kind == ReferenceKind.SERVER else None
        tms = bool(reference.options.get("tms"))
        return (reference.kind, reference.source, server, tms, *(reference.option(name) for name in names))

    def opening(self, reference: Reference) -> Future[Opened]:
        """Begin to open a layer unless that was done; the future raises `UserError` where it cannot be."""
        key = self._key(reference)
        with self._lock:
            if self._closed:
                return _given_up()
            if key in self._opened:
                return self._opened[key]
            future = self._opened[key] = self._pool.submit(self._open, reference)
        future.add_done_callback(lambda _: self.opened() if self.opened is not None else None)  # not under the lock: listeners ask at once
        return future

    def open(self, reference: Reference) -> Opened:
        """Open a layer, waiting for it. Raises `UserError`."""
        return self.opening(reference).result()

    def found(self, reference: Reference) -> Opened | None:
        """Return a layer that is open already, else None."""
        with self._lock:
            future = self._opened.get(self._key(reference))
        if future is None or not future.done() or future.cancelled() or future.exception() is not None:
            return None
        return future.result()

    def problem(self, reference: Reference) -> Message | None:
        """Say why a layer could not be opened, or what troubles it; None where nothing is wrong or nothing was tried yet."""
        with self._lock:
            future = self._opened.get(self._key(reference))
        if future is None or not future.done() or future.cancelled():
            return None
        error = future.exception()
        if error is not None:
            return error.message if isinstance(error, UserError) else msg("{name} cannot be read.", name=reference.name)
        opened = future.result()
        return opened.trouble if isinstance(opened, ServerTiles) else None

    def forget(self, reference: Reference) -> None:
        """Open a layer anew when it is asked for next."""
        with self._lock:
            future = self._opened.pop(self._key(reference), None)
        if future is not None and future.done() and not future.cancelled() and future.exception() is None:
            opened = future.result()
            if not isinstance(opened, VectorLayer):
                opened.close()

    def _open(self, reference: Reference) -> Opened:
        if reference.kind == ReferenceKind.SERVER:
            server = self.settings.find(reference.source)
            if server is None:
                text = msg("The settings know no tile server {server}; add it there, or remove the layer.", server=reference.source)
                raise UnknownServer(text)
            return ServerTiles(server, self.crs, self._cache, lambda: self.settings.offline)
        path = real_path(reference.source, self.folder)
        datum = reference.option("datum")
        if reference.kind == ReferenceKind.TILES:
            if path.is_dir():
                return TileFolder(path, self.crs, datum, bool(reference.options.get("tms")))
            return MbTiles(path, self.crs, datum)
        if reference.kind == ReferenceKind.PICTURE:
            return open_picture(path, self.crs, self.bounds(), self._cache, self._cut, reference.option("crs"))
        options = {name: reference.option(name) for name in ("layer", "encoding", "crs")}
        return finish(reading_vectors(path, self.crs, self.bounds(), **options))

    # for tools

    def vectors(self, references: Mapping[int, Reference]) -> list[VectorLayer]:
        """Return the vector layers that are shown and open, the uppermost last; before them those that were `added`."""
        found = (self.found(reference) for reference in drawn_order(references) if reference.visible)
        return [*self.added, *(layer for layer in found if isinstance(layer, VectorLayer))]

    def snapping(self, references: Mapping[int, Reference]) -> References | None:
        """Return the lines of the vector layers that are shown, to snap to; None where there are none."""
        layers = self.vectors(references)
        if not layers:
            return None
        if len(layers) == 1:
            return layers[0].references
        return References.of(shape for layer in layers for shape in layer.traced)

    def buildings(self, references: Mapping[int, Reference]) -> list[VectorLayer]:
        """Return the open layers of buildings, hidden ones too: no border must cut through them."""
        found = ((reference, self.found(reference)) for reference in references.values())
        return [layer for reference, layer in found if isinstance(layer, VectorLayer) and is_building(reference, layer)]

    def opening_buildings(self, references: Mapping[int, Reference]) -> None:
        """Begin to open the layers of buildings that nobody looked at yet."""
        for reference in references.values():
            if reference.kind == ReferenceKind.VECTOR and is_building(reference):
                self.opening(reference)

    def line_at(self, references: Mapping[int, Reference], x: float, y: float, reach: float) -> tuple[VectorLayer, int] | None:
        """Return the line feature under the pointer (the uppermost layer first): the layer and the position of the feature in it."""
        for layer in reversed(self.vectors(references)):
            feature = layer.feature_at(x, y, reach)
            if feature is not None:
                return layer, feature
        return None

    def close(self) -> None:
        """Let go of all files; nothing is drawn any more."""
        self.opened = None
        self.pieces.close()
        with self._lock:
            self._closed = True
            futures = list(self._opened.values())
            self._opened.clear()
        self._pool.shutdown(wait=False, cancel_futures=True)
        for future in futures:
            if future.done() and not future.cancelled() and future.exception() is None:
                opened = future.result()
                if not isinstance(opened, VectorLayer):
                    with suppress(Exception):
                        opened.close()
