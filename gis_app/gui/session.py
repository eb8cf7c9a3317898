"""The opened county in the window: one truth for scene, filter, selection and workspace that all panels share."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance

from gis_app.cases import hotspots
from gis_app.cases.case import EventKind
from gis_app.cases.watching import Line, within
from gis_app.county.changes import Changes
from gis_app.county.county import County
from gis_app.county.ports import HistoryEntry
from gis_app.county.responsible import Routers
from gis_app.county.state import CountyState, with_past_cells
from gis_app.grid.coverage import extent
from gis_app.grid.privacy import mask_name, mask_phone
from gis_app.gui import garbage
from gis_app.gui.case_filter import ALL_STATES, CaseFilter, content_of, filter_of, mask
from gis_app.gui.category_voice import CategoryVoice
from gis_app.gui.derived import Derived, passing
from gis_app.gui.flow_maker import FlowMaker
from gis_app.gui.former_reader import FormerReader
from gis_app.gui.live_problems import LiveProblems
from gis_app.gui.task import wait_aside
from gis_app.gui.trails import TrailReader
from gis_app.gui.turns import Turns
from gis_app.language import msg
from gis_app.map.flows import FlowMap
from gis_app.map.palette import Palette
from gis_app.map.qt.drawing import Drawing
from gis_app.map.qt.pyramid import cut_beside
from gis_app.map.reference.shelf import Shelf
from gis_app.map.scene import Layer, LayerKind, Scene, Selection, default_layers
from gis_app.progress import Progress, Steps, part

WORKSPACES = ("plan", "cases", "analyse", "maps")


MINUTE = 60_000
"""Milliseconds after which the clock of the window moves on."""

RECENT = 200
"""So many steps of the history are read after a change; the older ones are known."""
EVERY = 1_000_000_000

Pair = tuple[Derived, Derived | None]
"""What follows from the published plan, and from the draft where one is open."""
Step = tuple[int, HistoryEntry]
"""A step and its history: a draft, or 0 for the county itself."""


class Signals(QObject):
    """What a session tells its panels; replaced as a whole with them, so that nothing is told to a panel that is gone."""

    county_changed = Signal(object)  # Changes
    scene_changed = Signal(object)  # Scene
    references_changed = Signal()  # a reference layer was opened, or could not be
    filter_changed = Signal(object)  # CaseFilter
    selection_changed = Signal(object)  # Selection
    workspace_changed = Signal(str)
    clock_moved = Signal()
    problems_changed = Signal()  # the problems of the plan that is shown are others, or more of it was checked
    names_changed = Signal()  # names and phones are shown in tables and lists, or masked again


class Session(QObject):
    """One opened county as the panels of a window see it. Changes of the county arrive here from any thread."""

    _told = Signal(object, object)  # Changes, Pair
    _opened = Signal()  # from any thread: a reference layer was opened, or could not be
    _arrived = Signal()  # from any thread: a tile came
    _appeals_read = Signal(object, object)  # from any thread: ids of cases that were appealed, and when cases were returned

    def __init__(self, county: County, palette: Palette, derived: Derived | None = None, turns: Turns | None = None) -> None:
        super().__init__()
        self.turns = turns or Turns(self)
        self._signals = Signals()
        self.county = county
        self._published = derived or Derived(county.state)
        self._drafted: Derived | None = None  # of the draft that is open
        self._newest: Pair = (self._published, None)  # what the thread that makes changes has worked out last
        self.voice = CategoryVoice(county, self)
        self.routers = Routers()  # of the thread that makes changes
        self.workspace = "plan"
        self.filter = CaseFilter()
        self.line: Line | None = None  # what the leader answers for who sees only that; None: everything is shown
        self._of_line: tuple[tuple[object, ...], NDArray[np.bool_]] | None = None
        self.selection = Selection()
        self.names_shown = False  # whether tables and lists show names and phones: never before somebody asks for it
        self._palette = palette
        self.drawing = Drawing()  # outlives the canvas when language or theme change
        self._layers: dict[str, tuple[Layer, ...]] = {name: default_layers(_layers_of(name)) for name in WORKSPACES}
        self._unnamed: frozenset[int] = frozenset()
        self.shelf = Shelf(Path(county.store.name).parent, county.state.settings.crs, self._bounds, cut_beside)
        self._follow_shelf()
        self.trails = TrailReader(county.store, self)
        self.bodies_chosen: tuple[int, ...] = ()  # that whistles were last sent to here, the newest first
        self.trails.arrived.connect(self._take_trails)
        self.flow_maker = FlowMaker()
        self.former = FormerReader(self)
        self._told.connect(self._changed)
        self._appeals_read.connect(self._take_appeals)
        self._begun: dict[int, int] = {}  # by draft: the step of the county that was the newest when it was first opened here
        self._forget: Callable[[], None] = county.subscribe(self._follow)
        self.scene = self._make_scene()
        self._read_history()
        self._clock = QTimer(self, interval=MINUTE)
        self._clock.timeout.connect(self.move_clock)
        self._clock.start()
        self.problems = LiveProblems(self)

    def _follow_shelf(self) -> None:
        """Redraw the map when tiles came that were not there at once, a few times a second."""
        self._redraw = QTimer(self, singleShot=True, interval=200)
        self._redraw.timeout.connect(self._rescene)
        self._arrived.connect(self._redraw_soon)
        self._opened.connect(self._tell_references)
        self.shelf.pieces.arrived = self._arrived.emit
        self.shelf.opened = self._opened.emit

    def _redraw_soon(self) -> None:
        if not self._redraw.isActive():
            self._redraw.start()

    def _tell_references(self) -> None:
        self.problems.follow_references()
        self.references_changed.emit()

    def _bounds(self) -> tuple[float, float, float, float] | None:
        coverage = self._published.state.coverage
        return extent(coverage) if coverage.cells else None

    @property
    def references_changed(self) -> SignalInstance:
        """Tells that a reference layer was opened, or could not be."""
        return self._signals.references_changed

    @property
    def county_changed(self) -> SignalInstance:
        """Tells `Changes`: the county is another one."""
        return self._signals.county_changed

    @property
    def scene_changed(self) -> SignalInstance:
        """Tells the new `Scene`."""
        return self._signals.scene_changed

    @property
    def filter_changed(self) -> SignalInstance:
        """Tells the new `CaseFilter`."""
        return self._signals.filter_changed

    @property
    def selection_changed(self) -> SignalInstance:
        """Tells the new `Selection`."""
        return self._signals.selection_changed

    @property
    def workspace_changed(self) -> SignalInstance:
        """Tells the name of the new workspace."""
        return self._signals.workspace_changed

    @property
    def clock_moved(self) -> SignalInstance:
        """Tells that it is later: clocks, queues and states may be others."""
        return self._signals.clock_moved

    @property
    def names_changed(self) -> SignalInstance:
        """Tells that tables and lists show names and phones now, or mask them again."""
        return self._signals.names_changed

    def show_names(self, shown: bool) -> None:
        """Show names and phones of households and grid workers in tables and lists, or mask them again."""
        if shown != self.names_shown:
            self.names_shown = shown
            self.names_changed.emit()

    def name(self, text: str) -> str:
        """Return a personal name as tables and lists write it: masked, unless somebody asked for names."""
        return text if self.names_shown else mask_name(text)

    def phone(self, text: str) -> str:
        """Return a phone number as tables and lists write it: masked, unless somebody asked for phones."""
        return text if self.names_shown else mask_phone(text)

    def move_clock(self) -> None:
        """Work out what is due by now; the clock of a demo county stands still."""
        now = self._published.state.settings.now()
        if now > self._published.now:
            self._look_at(now, self._published.mine)

    def work_for(self, body: int) -> None:
        """Say which body this computer works for (0: none); its open whistles are a queue of their own."""
        wanted = body if body in self._published.state.bodies else 0
        if wanted != self._published.mine:
            self._newest = (self._newest[0].at(self._newest[0].now, wanted), self._newest[1])
            self._look_at(self._published.now, wanted)

    def _look_at(self, now: datetime, mine: int) -> None:
        """Show everything at an instant, for a body; the map only where it looks otherwise then."""
        shown, display, before = self.shown_cases(), self.derived.display, self.filter
        self.filter = filter_of(content_of(before, self._published.now), now)  # "the last 7 days" end now
        self._published = self._published.at(now, mine)
        self._drafted = self._drafted.at(now, mine) if self._drafted is not None else None
        if self.filter != before:
            self.filter_changed.emit(self.filter)
        if not np.array_equal(display, self.derived.display) or not np.array_equal(shown, self.shown_cases()):
            self._rescene()
        self.clock_moved.emit()

    @property
    def problems_changed(self) -> SignalInstance:
        """Tells that `problems` knows other ones."""
        return self._signals.problems_changed

    def forget_panels(self) -> None:
        """Tell nothing any more to whoever listens now: the panels are about to be built anew."""
        self.turns.forget()
        self._signals = Signals()

    @property
    def derived(self) -> Derived:
        """What the panels show: the draft that is open in the workspace Plan, the published plan everywhere else."""
        return self._drafted if self._drafted is not None and self.workspace == "plan" else self._published

    @property
    def state(self) -> CountyState:
        """The state that the panels show."""
        return self.derived.state

    @property
    def drafting(self) -> bool:
        """Whether a draft is open and shown."""
        return self._drafted is not None and self.workspace == "plan"

    @property
    def open_plan(self) -> int:
        """The id of the draft that is open, in whatever workspace; 0 for none."""
        return self._drafted.state.plan if self._drafted is not None else 0

    @property
    def plan_shown(self) -> int:
        """The id of the plan that is shown."""
        return self.state.plan

    @property
    def palette(self) -> Palette:
        """The colours of the theme."""
        return self._palette

    @property
    def selected(self) -> tuple[str, int]:
        """The table and the id of what is selected first; ("", 0) for nothing."""
        return next(((table, ids[0]) for table, ids in self.selection.ids.items() if ids), ("", 0))

    def _read_history(self) -> None:
        """Note what was done in the plan that is shown, and whether something can be undone and redone."""
        plan = self.plan_shown if self.drafting else 0
        recent = self.county.store.history(RECENT, plan)
        if len(recent) == RECENT:  # there may be more
            recent = self._with_older(recent, plan)
        self.history, self._history_of = recent, plan
        self.done_count = sum(not entry.undone for entry in self.history)
        self.back, self.forth = self._turns_of(plan, self.history)

    def _turns_of(self, plan: int, history: Sequence[HistoryEntry]) -> tuple[Step | None, Step | None]:
        """Return which step is undone next and which made again: of a history, or of what was done to the county beside the draft."""
        steps = [(plan, entry) for entry in history]
        if plan:
            beside = self.county.store.history(RECENT, 0)
            steps += [(0, entry) for entry in beside if entry.id > self._begun.get(plan, entry.id)]
        steps.sort(key=lambda step: step[1].id)
        back = next((step for step in reversed(steps) if not step[1].undone), None)
        return back, next((step for step in steps if step[1].undone), None)

    def beside_draft(self, *, back: bool) -> bool:
        """Tell whether the step that is undone next (or made again) was done to the county itself, not to the draft that is shown."""
        if not self.drafting:
            return True
        step = self._turns_of(self.plan_shown, self.county.store.history(EVERY, self.plan_shown))[0 if back else 1]
        return step is not None and not step[0]

    def _with_older(self, recent: list[HistoryEntry], plan: int) -> list[HistoryEntry]:
        """Return a whole history: what is known of it goes on where it is done, for only the newest steps are ever undone."""
        oldest = recent[-1].id
        if plan != self._history_of or all(entry.undone for entry in recent) or all(entry.id != oldest for entry in self.history):
            return self.county.store.history(EVERY, plan)
        return recent + [replace(entry, undone=False) if entry.undone else entry for entry in self.history if entry.id < oldest]

    def shown_cases(self, *, at_any_time: bool = False) -> NDArray[np.bool_]:
        """Return the mask of the cases that pass the filter (but for its period), and belong to the line where only that is shown."""
        return self._passing(replace(self.filter, start=None, end=None) if at_any_time else self.filter)

    def _passing(self, wanted: CaseFilter) -> NDArray[np.bool_]:
        passed = mask(self.state.cases, self.derived.display, with_past_cells(self.state), wanted, self.derived.queues)
        return passed if self.line is None else passed & self.cases_of_line()

    @property
    def is_limited(self) -> bool:
        """Whether a filter or the line of a leader hides whistles."""
        return not self.filter.is_empty or self.line is not None

    def watch_line(self, line: Line | None) -> None:
        """Show only the whistles of a leader's line, in map, table, queues and figures; None: all again. The filter stays."""
        if line != self.line:
            self.line = line
            self.filter_changed.emit(self.filter)
            self._rescene()

    def cases_of_line(self) -> NDArray[np.bool_]:
        """Return the mask of the cases that belong to the line; of all where everything is shown."""
        state, line = self.state, self.line
        if line is None:
            return np.ones(len(state.cases), np.bool_)
        key = (line, state.cases, state.units, state.bodies)
        if self._of_line is None or any(one is not other for one, other in zip(self._of_line[0], key, strict=True)):
            self._of_line = key, within(state.cases, line, state.bodies, with_past_cells(state))
        return self._of_line[1]

    def prepare(self) -> Steps[None]:
        """Work out ahead, beside the window, what the first click and the first search would have to wait for."""
        yield from self.derived.prepare()
        self.county.store.search("网格", 1)  # builds the index of texts
        self._read_appeals()
        yield Progress(0.9, msg("Preparing the county"))
        hotspots.preload()
        garbage.settle()

    def cases_of_any_state(self) -> NDArray[np.bool_]:
        """Return the mask of the cases that pass the filter but for their state."""
        anything = replace(self.filter, states=ALL_STATES)
        return self._passing(anything)

    def set_palette(self, palette: Palette) -> None:
        """Show the map in another theme."""
        self._palette = palette
        self._rescene()

    def set_workspace(self, workspace: str) -> None:
        """Turn to another workspace: its layers come with it; selection and filter stay."""
        if workspace != self.workspace:
            before, self.workspace = self.derived, workspace
            other = self.derived is not before  # from the draft to the published plan, or back
            if other:
                self._read_history()
                self._keep_selection()
            self.scene = self._make_scene()
            self.workspace_changed.emit(workspace)
            self.turns.add(lambda: self.scene_changed.emit(self.scene))
            if other:
                self.turns.add(self.problems.follow, self._tell_everything)

    def set_layer(self, kind: LayerKind, **options: object) -> None:
        """Change options of one layer of the present workspace (`visible`, `opacity`, `figure`, `style`)."""
        layers = self._layers[self.workspace]
        self._layers[self.workspace] = tuple(replace(x, **options) if x.kind == kind else x for x in layers)  # type: ignore[arg-type]
        self._rescene()

    def move_layer(self, kind: LayerKind, steps: int) -> None:
        """Move a layer up (positive) or down in the order of drawing."""
        layers = list(self._layers[self.workspace])
        at = next(i for i, layer in enumerate(layers) if layer.kind == kind)
        layer = layers.pop(at)
        layers.insert(max(0, min(len(layers), at + steps)), layer)
        self._layers[self.workspace] = tuple(layers)
        self._rescene()

    def set_filter(self, wanted: CaseFilter) -> None:
        """Show only the whistles that pass a filter, in map, table and counts."""
        if wanted != self.filter:
            self.filter = wanted
            self.filter_changed.emit(wanted)
            self._rescene()

    def show_selection(self, selection: Selection) -> None:
        """Select what is there of a selection, in any number of tables."""
        kept = Selection({table: ids for table, found in selection.ids.items() if (ids := self._existing(table, found))})
        if kept.ids != self.selection.ids:
            self.selection = kept
            self.selection_changed.emit(kept)

    def chose_body(self, body: int) -> None:
        """Remember a body that somebody sent a whistle to: it is likely to be wanted again."""
        self.bodies_chosen = (body, *(one for one in self.bodies_chosen if one != body))[:3]

    def select(self, table: str, *ids: int) -> None:
        """Select rows of one table; no ids select nothing."""
        selection = Selection({table: ids} if ids else {})
        if selection.ids != self.selection.ids:
            self.selection = selection
            self.selection_changed.emit(selection)

    def close(self) -> None:
        """Stop listening and close the county."""
        self.turns.forget()
        self.problems.stop()
        self._redraw.stop()
        self._clock.stop()
        self.shelf.close()
        wait_aside()
        self._forget()
        self.drawing.clear()
        self.county.close()

    def _make_scene(self) -> Scene:
        cases = self.shown_cases() if self.is_limited else None
        layers = self._layers[self.workspace]
        if not self.state.coverage.cells:  # nothing to spread a surface over
            analyses = (LayerKind.DENSITY, LayerKind.HOTSPOT_CELLS)
            layers = tuple(replace(layer, visible=layer.visible and layer.kind not in analyses) for layer in layers)
        flows = self._flows() if any(layer.kind == LayerKind.FLOWS and layer.visible for layer in layers) else None
        return Scene(self.state, self._palette, self.derived.now, layers, cases, shelf=self.shelf, flows=flows, unnamed=self._unnamed)

    def _flows(self) -> FlowMap | None:
        """Return the hand-overs in the filter's period of the whistles that pass it otherwise; None until the steps are read."""
        trails = self.trails.ask()
        if trails is None:
            return None
        shown = self.shown_cases(at_any_time=True)
        return self.flow_maker.made(self.state, trails, shown, (self.filter.start, self.filter.end))

    def _take_trails(self) -> None:
        flows = self.scene.layer(LayerKind.FLOWS)
        if flows is not None and flows.visible:
            self._rescene()

    def hide_names(self, units: Iterable[int]) -> None:
        """Write no names of units on the map, as something else stands there; of all others, they are written (again)."""
        wanted = frozenset(units)
        if wanted != self._unnamed:
            self._unnamed = wanted
            self._rescene()

    def refresh_map(self) -> None:
        """Draw the map anew: what lies outside the county, such as a reference layer, is another one."""
        self._rescene()

    def _rescene(self) -> None:
        self.scene = self._make_scene()
        self.scene_changed.emit(self.scene)

    def opening_draft(self, plan: int) -> Steps[None]:
        """Open a draft in place of what is open, and work out what follows from it (to be run beside the window)."""
        self._begun.setdefault(plan, max((entry.id for entry in self.county.store.history(1, 0)), default=0))
        yield from part(self.county.opening_draft(plan), 0.0, 0.6)
        yield Progress(0.6, msg("Preparing the draft"))
        self._follow(_other_plan(self.county.state.plans[plan].name))

    def closing_draft(self) -> Steps[None]:
        """Show the published plan again (to be run beside the window)."""
        yield Progress(0.0, msg("Showing the published plan"))
        self.county.close_draft()
        self._follow(_other_plan(""))

    def _read_appeals(self) -> None:
        """Read which cases were ever appealed, and when cases were returned (in any thread)."""
        kinds = [EventKind.APPEALED.value, EventKind.RETURNED.value]
        rows = self.county.store.rows_by("events", "kind", kinds, ["case_id", "kind", "time"])
        back = np.asarray(rows["kind"] == EventKind.RETURNED.value, np.bool_)
        order = np.argsort(rows["time"][back], kind="stable")  # of several returns of a case the last one stays
        returned = dict(zip(rows["case_id"][back][order].tolist(), rows["time"][back][order], strict=True))
        self._appeals_read.emit(np.unique(np.asarray(rows["case_id"][~back], np.int64)), returned)

    def _take_appeals(self, found: NDArray[np.int64], returned: Mapping[int, np.datetime64]) -> None:
        if not np.array_equal(found, self._published.appealed) or returned != self._published.returned:
            self._newest = (self._newest[0].at(self._newest[0].now, appealed=found, returned=returned), self._newest[1])
            self._published = self._published.at(self._published.now, appealed=found, returned=returned)
            self.clock_moved.emit()

    def _follow(self, changes: Changes) -> None:
        """Work out what follows from a change in the thread that made it, and hand it to the window's."""
        if changes.touches("events"):
            self._read_appeals()
            self.trails.follow(changes)
        published, drafted = self._newest
        if published.state is not self.county.state:
            published = _followed(self.county.state, published)
        draft = self.county.draft
        if draft is None:
            drafted = None
        elif drafted is None or drafted.state is not draft:
            drafted = _followed(draft, drafted or published)
        self._newest = (published, drafted)
        shown = drafted or published
        self.drawing.follow(shown.state, shown.locator)
        self._told.emit(changes, self._newest)

    def _changed(self, changes: Changes, pair: Pair) -> None:
        """Show another state. The map and the panels hear of it one turn after the other, so that the window answers meanwhile."""
        now, mine = max(self._published.now, pair[0].now), self._published.mine
        self._published, self._drafted = (_moved(pair[0], now, mine), _moved(pair[1], now, mine) if pair[1] is not None else None)
        self._read_history()
        self._keep_selection()
        self.turns.add(self._rescene, first=True)
        self.turns.add(
            self.problems.follow,
            lambda: self.former.follow(changes),
            lambda: self.county_changed.emit(changes),
            lambda: self.selection_changed.emit(self.selection),
        )

    def _keep_selection(self) -> None:
        self.selection = Selection({table: kept for table, ids in self.selection.ids.items() if (kept := self._existing(table, ids))})

    def _tell_everything(self) -> None:
        self.county_changed.emit(_other_plan(""))
        self.selection_changed.emit(self.selection)

    def _existing(self, table: str, ids: tuple[int, ...]) -> tuple[int, ...]:
        state = self.state
        known: Mapping[str, object] = {"units": state.units, "workers": state.workers, "bodies": state.bodies}
        if table in ("households", "cases"):
            column = state.households.id if table == "households" else state.cases.id
            return tuple(i for i in ids if i in column)
        return tuple(i for i in ids if i in known.get(table, ()))  # type: ignore[operator]


SHOWN = ("units", "coverage", "households", "workers", "cases", "settings", "bodies", "categories", "rules", "limits")
"""The parts of a state that anything is worked out of; an edit of a draft gives the published plan a new state with the same ones."""


def _followed(state: CountyState, before: Derived) -> Derived:
    """Return what follows from a state, worked out at once, as far as it does not stay as it was."""
    derived = Derived(state, before)
    if all(getattr(state, name) is getattr(before.state, name) for name in SHOWN):
        late = passing(before.now, derived.now)
        derived.__dict__.update(
            {name: value for name, value in before.__dict__.items() if name not in derived.__dict__ and name not in late}
        )
    derived.follow()
    return derived


def _moved(derived: Derived, now: datetime, mine: int) -> Derived:
    """Return what follows from a state at an instant, for a body; it is rarely another than when it was worked out."""
    return derived if derived.now == now and derived.mine == mine else derived.at(now, mine)


def _other_plan(name: str) -> Changes:
    """Return the change of showing another plan: every unit may be another one."""
    return Changes(msg("Draft “{name}”", name=name) if name else msg("Published plan"), {"units": np.empty(0, np.int64)}, coverage=True)


def _layers_of(workspace: str) -> str:
    return "plan" if workspace in ("plan", "maps") else "cases"
