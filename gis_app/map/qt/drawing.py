"""What drawing needs again and again, made once and kept: networks, levels of detail, classes, places of names, surfaces."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from gis_app.cases.hotspots import GiStar, Surface
from gis_app.county.responsible import locator_of
from gis_app.county.state import CountyState
from gis_app.grid.coverage import Coverage, extent
from gis_app.grid.difference import difference
from gis_app.grid.locate import Locator
from gis_app.grid.units import Hierarchy, Level
from gis_app.map.analysis import gi_star_of, surface_of
from gis_app.map.labels import Anchors, preparing_anchors
from gis_app.map.legend import Classification, classify
from gis_app.map.marking import open_clusters
from gis_app.map.network import Detail, Network, preparing_network, tolerance_for
from gis_app.map.patching import Patch, patched
from gis_app.map.points import Clusters
from gis_app.map.qt.shapes import Shapes
from gis_app.map.scene import Figure, LayerKind, Scene
from gis_app.map.snapping import Snapper
from gis_app.map.values import depends_on

T = TypeVar("T")

KEPT = 6
"""How many results of one kind are kept, e.g. levels of detail."""


class Drawing:
    """A memory for everything that is drawn from a scene. Results are found again by the identity of the (immutable) values they came from.

    A canvas has one for its life; a series of pages shares one. What is new is made of what is kept where the two counties differ in a few
    cells only: after an edit, after undoing it, in a draft.
    """

    def __init__(self) -> None:
        self._kept: dict[str, list[tuple[tuple[object, ...], object]]] = {}
        self._thread: ThreadPoolExecutor | None = None
        self._lock = threading.RLock()  # what follows an edit is prepared in the thread that makes it

    def found(self, name: str, key: tuple[object, ...]) -> object | None:
        """Return what was kept under a name for a key (compared by identity, numbers and texts by value), or None."""
        with self._lock:
            kept = self._kept.get(name, [])
            for i, (known, result) in enumerate(kept):
                if len(known) == len(key) and all(_same(a, b) for a, b in zip(known, key, strict=True)):
                    kept.append(kept.pop(i))
                    return result
        return None

    def newest(self, name: str) -> list[tuple[tuple[object, ...], object]]:
        """Return what is kept under a name with its keys, what was asked for last first."""
        with self._lock:
            return self._kept.get(name, [])[::-1]

    def keep(self, name: str, key: tuple[object, ...], result: T, most: int = KEPT) -> T:
        """Keep a result; the one that was asked for longest ago gives way."""
        with self._lock:
            kept = self._kept.setdefault(name, [])
            kept.append((key, result))
            del kept[:-most]
        return result

    def once(self, name: str, key: tuple[object, ...], make: Callable[[], T]) -> T:
        """Return what is kept for a key, making it first where there is none."""
        result: T | None = self.found(name, key)  # type: ignore[assignment]
        return self.keep(name, key, make()) if result is None else result

    def preparing(self, name: str, key: tuple[object, ...], steps: Callable[[], Iterator[T | None]], most: int = 2) -> Iterator[T | None]:
        """Make something in small steps unless it is kept: yields None, and at the end the result."""
        result: T | None = self.found(name, key)  # type: ignore[assignment]
        if result is None:
            for step in steps():
                if step is None:
                    yield None
                else:
                    result = step
            assert result is not None
            self.keep(name, key, result, most)
        yield result

    def aside(self, name: str, key: tuple[object, ...], make: Callable[[], T]) -> Future[T]:
        """Make something in a thread of its own unless it is kept (numpy and GEOS let the window run meanwhile)."""
        future: Future[T] | None = self.found(name, key)  # type: ignore[assignment]
        if future is None:
            if self._thread is None:
                self._thread = ThreadPoolExecutor(1, thread_name_prefix="drawing")
            future = self.keep(name, key, self._thread.submit(make), 3)
        return future

    def awaiting(self, name: str, key: tuple[object, ...], make: Callable[[], T]) -> Iterator[T | None]:
        """Make something aside and wait for it in small steps: yields None, and at the end the result (errors are raised here).

        `CancelledError` where `clear` gave it up meanwhile.
        """
        future = self.aside(name, key, make)
        while not future.done():
            with suppress(TimeoutError):
                future.result(timeout=0.003)
            yield None
        yield future.result()

    def locator(self, state: CountyState) -> Locator | None:
        """Return the locator of a county, or None while it is being made aside."""
        future = self.aside("locator", (state.coverage, state.units), lambda: self._locating(state))
        return future.result() if future.done() else None

    def awaited_locator(self, state: CountyState) -> Locator:
        """Return the locator of a county, waiting for it."""
        return self.aside("locator", (state.coverage, state.units), lambda: self._locating(state)).result()

    def _locating(self, state: CountyState) -> Locator:
        for (coverage, *_), future in self.newest("locator"):
            if isinstance(future, Future) and isinstance(coverage, Coverage) and future.done() and not future.exception():
                changed = difference(coverage, state.coverage)
                if changed.is_small(state.coverage):
                    updated: Locator = future.result().updated(state.coverage, changed.cells, ranks_of(state.units))
                    updated.cell_at(0.0, 0.0)
                    return updated
        return located(state)

    def snapper(self, state: CountyState) -> Snapper | None:
        """Return what snaps to the borders of a county, or None while it is being made aside."""
        future = self.aside("snapper", (state.coverage,), lambda: self._snapping(state))
        return future.result() if future.done() else None

    def awaited_snapper(self, state: CountyState) -> Snapper:
        """Return what snaps to the borders of a county, waiting for it."""
        return self.aside("snapper", (state.coverage,), lambda: self._snapping(state)).result()

    def _snapping(self, state: CountyState) -> Snapper:
        known = self._finished("snapper")
        return known.updated(state.coverage) if isinstance(known, Snapper) else Snapper(state.coverage)

    def _finished(self, name: str) -> object | None:
        """Return the newest of the results that were made aside."""
        futures = (future for _, future in self.newest(name) if isinstance(future, Future))
        return next((future.result() for future in futures if future.done() and not future.exception()), None)

    def follow(self, state: CountyState, locator: Locator | None = None) -> None:
        """Prepare what drawing another state needs, in the thread that made it, so that the window has only to paint.

        `locator` is that of the state, where somebody has it already.
        """
        network: Network | None = None
        for network in self.network(state):  # noqa: B007
            pass
        assert network is not None
        for _ in self.anchors(state, network):
            pass
        for (known, tolerance), _shapes in self.newest("shapes")[:1]:
            if isinstance(tolerance, float) and known is not network:
                self._shapes(network, tolerance)
        self._now("locator", (state.coverage, state.units), lambda: locator or self._locating(state))
        if self._finished("snapper") is not None:
            self._now("snapper", (state.coverage,), lambda: self._snapping(state))

    def _now(self, name: str, key: tuple[object, ...], make: Callable[[], T]) -> None:
        """Make something in this thread that is otherwise made aside."""
        if self.found(name, key) is None:
            future: Future[T] = Future()
            future.set_result(make())
            self.keep(name, key, future, 3)

    def clusters(self, scene: Scene, resolution: float) -> Clusters:
        """Return the marks of the open whistles at a resolution: alone where the map is near, in groups where it is far."""
        key = (scene.state.cases, scene.cases, scene.now.timestamp(), resolution, scene.state.settings, scene.state.limits)
        return self.once("clusters", key, lambda: open_clusters(scene, resolution))

    def network(self, state: CountyState) -> Iterator[Network | None]:
        """Prepare the network of a county in small steps."""
        return self.preparing("network", (state.coverage, state.units), lambda: self._networking(state), most=3)

    def _networking(self, state: CountyState) -> Iterator[Network | None]:
        for (coverage, *_), known in self.newest("network"):
            if isinstance(coverage, Coverage) and isinstance(known, Network):
                changed = difference(coverage, state.coverage)
                if changed.is_small(state.coverage):
                    patch = patched(known, state.coverage, state.units, changed)
                    self.keep("patch", (patch.network,), patch, 3)
                    yield patch.network
                    return
        yield from preparing_network(state.coverage, state.units)

    def patch(self, network: Network) -> Patch | None:
        """Return how a network was made of an earlier one, or None."""
        found = self.found("patch", (network,))
        return found if isinstance(found, Patch) else None

    def anchors(self, state: CountyState, network: Network) -> Iterator[Anchors | None]:
        """Prepare the places of names in small steps."""
        return self.preparing("anchors", (network, state.units), lambda: self._anchoring(state, network), most=3)

    def _anchoring(self, state: CountyState, network: Network) -> Iterator[Anchors | None]:
        patch = self.patch(network)
        earlier = (known for key, known in self.newest("anchors") if patch is not None and key[0] is patch.before)
        known = next(earlier, None)
        before = (known, patch.cells) if patch is not None and isinstance(known, Anchors) else None
        return preparing_anchors(network, state.units, before)

    def shapes(self, network: Network, resolution: float) -> Shapes:
        """Return the shapes of the level of detail that suits a resolution."""
        return self._shapes(network, tolerance_for(network, resolution))

    def _shapes(self, network: Network, tolerance: float) -> Shapes:
        def make() -> Shapes:
            patch = self.patch(network)
            known = self.found("shapes", (patch.before, tolerance)) if patch is not None else None
            if patch is not None and isinstance(known, Shapes):
                return known.followed(patch)
            return Shapes(Detail(network, tolerance))

        return self.once("shapes", (network, tolerance), make)

    def classes(self, scene: Scene) -> Iterator[Classification | None]:
        """Prepare the classes of the fill aside."""
        return self.awaiting("classes", _key_of_classes(scene), lambda: classify(scene))

    def classified(self, scene: Scene) -> Classification:
        """Return the classes of the fill, waiting for them: for a legend, which shows what the map shows."""
        return self.aside("classes", _key_of_classes(scene), lambda: classify(scene)).result()

    def known_classes(self, scene: Scene) -> Classification | None:
        """Return the classes of the fill if they are known already."""
        future = self.found("classes", _key_of_classes(scene))
        return future.result() if isinstance(future, Future) and future.done() and not future.exception() else None

    def surface(self, scene: Scene) -> Iterator[Surface | None]:
        """Prepare the density of whistles aside."""
        state = scene.state
        key = (state.coverage, state.cases, scene.cases)
        return self.awaiting("surface", key, lambda: surface_of(scene, extent(state.coverage)))

    def gi_star(self, scene: Scene) -> Iterator[GiStar | None]:
        """Prepare Gi* of the whistles shown aside."""
        state = scene.state
        return self.awaiting("gi star", (state.coverage, state.cases, state.households, scene.cases), lambda: gi_star_of(scene))

    def forget(self, name: str) -> None:
        """Forget what is kept under a name."""
        self._kept.pop(name, None)

    def clear(self) -> None:
        """Forget everything and end the thread."""
        self._kept.clear()
        if self._thread is not None:
            self._thread.shutdown(wait=False, cancel_futures=True)
            self._thread = None


def located(state: CountyState) -> Locator:
    """Return the locator of a county with its index built; ties go to the lowest code."""
    locator = locator_of(state.coverage, state.units)
    locator.index()
    return locator


def ranks_of(units: Hierarchy) -> dict[int, int]:
    """Return the place of every cell in the order of codes."""
    return {unit.id: rank for rank, unit in enumerate(units.at_level(Level.CELL))}


def _key_of_classes(scene: Scene) -> tuple[object, ...]:
    layer = scene.layer(LayerKind.CELLS)
    figure = layer.figure if layer else Figure.NONE
    return (figure, scene.palette.name, *depends_on(scene, figure))


def _same(a: object, b: object) -> bool:
    return a is b or (isinstance(a, (int, float, str, tuple)) and type(a) is type(b) and a == b)
