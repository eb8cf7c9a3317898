"""Classes of a choropleth, and the legend of a scene: what every colour, line and mark on the map means."""

import warnings
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from gis_app.grid.units import Level
from gis_app.language import Message, current, format_number, msg
from gis_app.map.colours import CATEGORIES, WHISTLES, mixed, ramp
from gis_app.map.scene import CaseStyle, Figure, LayerKind, Scene
from gis_app.map.values import STATES, case_mask, case_states, cell_ids, figure_values

FLOOR_SHARES = (0.8, 1.0, 1.2, 1.6)
"""Breaks of households and load as shares of the floor: 40, 50, 60 and 80 where the floor is 50."""

WHISTLE_FIGURES = (Figure.CASES, Figure.OPEN_CASES)


@dataclass(frozen=True, slots=True, eq=False)
class Classification:
    """A figure in classes. Class i holds values from `breaks[i - 1]` (the first: the least value) to below `breaks[i]`; the last is open.

    `colours` has one colour a class, one more than there are `breaks`; `of` the class of every cell in the order of `ids` (-1: no value);
    `values` the figure itself; `counts` the number of cells in each class; `whole` tells that the figure is a count.
    """

    figure: Figure
    ids: NDArray[np.int64]
    values: NDArray[np.float64]
    breaks: tuple[float, ...]
    colours: tuple[str, ...]
    of: NDArray[np.int64]
    counts: tuple[int, ...]
    whole: bool


class Symbol(StrEnum):
    """How a legend shows an entry."""

    FILL = "fill"
    GRADIENT = "gradient"  # from transparent to the colour
    LINE = "line"
    DASH = "dash"
    DOT = "dot"
    TRIANGLE = "triangle"
    DIAMOND = "diamond"
    CIRCLE = "circle"
    CLUSTER = "cluster"


STATE_SYMBOLS = (Symbol.TRIANGLE, Symbol.DIAMOND, Symbol.CIRCLE, Symbol.DOT)
"""The marks of `values.STATES`."""


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One line of the legend: what it belongs to, its mark and colour, its text, and how many there are (None: not counted)."""

    layer: LayerKind
    symbol: Symbol
    colour: str
    text: Message
    count: int | None = None


FIGURE_TITLES: dict[Figure, Message] = {
    Figure.NONE: msg("No fill"),
    Figure.HOUSEHOLDS: msg("Resident households per cell"),
    Figure.LOAD: msg("Load (resident households ÷ floor)"),
    Figure.OPEN_CASES: msg("Open whistles per cell"),
    Figure.CASES: msg("Whistles per cell"),
    Figure.AREA: msg("Area (km²)"),
    Figure.DENSITY: msg("Households per km²"),
    Figure.COMPACTNESS: msg("Compactness"),
    Figure.WORKLOAD: msg("Workload (in households)"),
}

LAYER_TITLES: dict[LayerKind, Message] = {
    LayerKind.CELLS: msg("Cells (level 3)"),
    LayerKind.HOTSPOT_CELLS: msg("Significant clusters"),
    LayerKind.DENSITY: msg("Density of whistles"),
    LayerKind.CELL_BORDERS: msg("Cell borders"),
    LayerKind.VILLAGE_BORDERS: msg("Villages and communities (level 2)"),
    LayerKind.TOWNSHIP_BORDERS: msg("Townships (level 1)"),
    LayerKind.HOUSEHOLDS: msg("Households"),
    LayerKind.CASES: msg("Whistles"),
    LayerKind.FLOWS: msg("Hand-overs between bodies"),
    LayerKind.LABELS: msg("Names"),
}

STATE_TEXTS: tuple[Message, ...] = (msg("Overdue"), msg("Waiting for pick-up"), msg("In progress"), msg("Done"))

GI_STAR_TEXTS: tuple[Message, ...] = (
    msg("Cold spot, 99 % sure"),
    msg("Cold spot, 95 % sure"),
    msg("Hot spot, 95 % sure"),
    msg("Hot spot, 99 % sure"),
)


SAMPLE = 128
"""So many values are enough to find natural breaks (1,939 cells: 14 ms, breaks as from all of them within a few per cent)."""


def classify(scene: Scene) -> Classification:
    """Put the figure of the CELLS layer into classes.

    Households and load are cut at shares of the floor, so that what lies below it can be seen; whistles have a class of their own for none;
    everything else is cut by natural breaks, rounded to two digits.
    """
    layer = scene.layer(LayerKind.CELLS)
    figure = layer.figure if layer else Figure.NONE
    values = figure_values(scene, figure)
    known = values[np.isfinite(values)]
    whole = figure in (Figure.HOUSEHOLDS, *WHISTLE_FIGURES)
    if not len(known):
        breaks: tuple[float, ...] = ()
    elif figure == Figure.HOUSEHOLDS:
        breaks = _floor_breaks(known, float(scene.state.settings.rural_floor))
    elif figure == Figure.LOAD:
        breaks = _floor_breaks(known, 1.0)
    elif figure in WHISTLE_FIGURES:
        breaks = (1.0, *(b for b in natural_breaks(known[known > 0], 4, whole=True) if b > 1))
    else:
        breaks = natural_breaks(known, 5)
    colours = () if figure == Figure.NONE else ramp(scene.palette, len(breaks) + 1, *((WHISTLES,) if figure in WHISTLE_FIGURES else ()))
    of = np.where(np.isfinite(values), np.searchsorted(np.array(breaks), values, side="right"), -1)
    counts = tuple(np.bincount(of[of >= 0], minlength=len(colours)).tolist())
    return Classification(figure, cell_ids(scene), values, breaks, colours, of, counts, whole)


def natural_breaks(values: NDArray[np.float64], classes: int, *, whole: bool = False) -> tuple[float, ...]:
    """Return the upper limits (not included) of all classes but the last: Fisher-Jenks (mapclassify), rounded, without repetition.

    Many values are cut by `SAMPLE` of their quantiles: its time grows with the square. (Not JenksCaspall: with ties it may never end.)
    """
    import mapclassify

    different = np.unique(values)
    if len(different) <= 1:
        return ()
    sample = values if len(values) <= SAMPLE else np.quantile(values, np.linspace(0, 1, SAMPLE), method="nearest")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # mapclassify warns where there are fewer values than classes
        bins = mapclassify.FisherJenks(sample, k=min(classes, len(np.unique(sample)))).bins[:-1]
    rounded = np.floor(bins) + 1 if whole else np.array([_round(float(value)) for value in bins])
    inside = np.unique(rounded[(rounded > different[0]) & (rounded <= different[-1])])
    return tuple(inside.tolist())


def _round(value: float, digits: int = 2) -> float:
    if value == 0:
        return 0.0
    return round(value, digits - 1 - int(np.floor(np.log10(abs(value)))))


def _floor_breaks(values: NDArray[np.float64], floor: float) -> tuple[float, ...]:
    """Cut at shares of the floor; where most cells hold far more, the classes above the floor follow the values."""
    breaks = tuple(floor * share for share in FLOOR_SHARES)
    above = values[values >= breaks[-1]]
    if len(above) > len(values) / 2:
        breaks = (*breaks[:2], *natural_breaks(above, 4, whole=floor > 1))
    return tuple(sorted({float(np.ceil(b)) if floor > 1 else round(b, 2) for b in breaks}))


def class_texts(classes: Classification, floor: float | None = None) -> tuple[Message, ...]:
    """Return what to call each class; the classes that end at the floor say that they lie below it."""
    if not classes.colours:
        return ()
    if not classes.breaks:
        return (msg("all"),)
    digits = 0 if classes.whole or min(classes.breaks) >= 10 else 1 if min(classes.breaks) >= 1 else 2
    shown = [format_number(b, digits) for b in classes.breaks]
    texts = []
    for i, upper in enumerate([*classes.breaks, None]):
        if upper is None:
            texts.append(msg("{low} and more", low=shown[-1]))
        elif classes.whole and i and classes.breaks[i - 1] == upper - 1:
            texts.append(msg("{low}", low=shown[i - 1]))
        elif i == 0:
            texts.append(msg("none") if classes.whole and upper == 1 else msg("fewer than {high}", high=shown[0]))
        else:
            high = format_number(upper - 1, 0) if classes.whole else shown[i]
            below = floor is not None and upper == floor
            low = shown[i - 1]
            text = msg("{low} – {high}", low=low, high=high)
            texts.append(msg("{low} – {high} (below the floor)", low=low, high=high) if below else text)
    return tuple(texts)


def legend_title(scene: Scene, kind: LayerKind) -> Message:
    """Return the heading of a layer's entries."""
    layer = scene.layer(kind)
    if kind == LayerKind.CELLS and layer is not None and layer.figure != Figure.NONE:
        return FIGURE_TITLES[layer.figure]
    return LAYER_TITLES[kind]


def legend(scene: Scene, *, classes: Classification | None = None) -> tuple[LegendEntry, ...]:
    """Return the entries of all visible layers, in the order in which a legend lists them: points, borders, fills."""
    found: list[LegendEntry] = []
    for kind in (
        LayerKind.CASES,
        LayerKind.FLOWS,
        LayerKind.HOUSEHOLDS,
        LayerKind.TOWNSHIP_BORDERS,
        LayerKind.VILLAGE_BORDERS,
        LayerKind.CELL_BORDERS,
        LayerKind.DENSITY,
        LayerKind.HOTSPOT_CELLS,
        LayerKind.CELLS,
    ):
        layer = scene.layer(kind)
        if layer is not None and layer.visible:
            found.extend(_entries(scene, kind, classes))
    return tuple(found)


def _entries(scene: Scene, kind: LayerKind, classes: Classification | None) -> list[LegendEntry]:
    palette, units = scene.palette, scene.state.units
    if kind == LayerKind.CASES:
        return _case_entries(scene)
    if kind == LayerKind.FLOWS:
        found = scene.flows
        text = msg("The wider, the more; the widest: {count}", count=format_number(found.most if found is not None else 0))
        return [LegendEntry(kind, Symbol.LINE, palette.info, text)]
    if kind == LayerKind.HOUSEHOLDS:
        shown = len(scene.state.households) if scene.households is None else int(scene.households.sum())
        return [LegendEntry(kind, Symbol.DOT, palette.household, LAYER_TITLES[kind], shown)]
    if kind == LayerKind.TOWNSHIP_BORDERS:
        return [LegendEntry(kind, Symbol.DASH, palette.township_border, LAYER_TITLES[kind], len(units.at_level(Level.TOWNSHIP)))]
    if kind == LayerKind.VILLAGE_BORDERS:
        return [LegendEntry(kind, Symbol.LINE, palette.village_border, LAYER_TITLES[kind], len(units.at_level(Level.VILLAGE)))]
    if kind == LayerKind.CELL_BORDERS:
        return [LegendEntry(kind, Symbol.LINE, palette.cell_border, LAYER_TITLES[LayerKind.CELLS], len(units.at_level(Level.CELL)))]
    if kind == LayerKind.DENSITY:
        return [LegendEntry(kind, Symbol.GRADIENT, palette.hotspot, LAYER_TITLES[kind])]
    if kind == LayerKind.HOTSPOT_CELLS:
        colours = gi_star_colours(scene)
        return [LegendEntry(kind, Symbol.FILL, colours[i], GI_STAR_TEXTS[i]) for i in (3, 2, 1, 0)]
    classes = classes or classify(scene)
    floor = {Figure.HOUSEHOLDS: float(scene.state.settings.rural_floor), Figure.LOAD: 1.0}.get(classes.figure)
    texts = class_texts(classes, floor)
    return [LegendEntry(kind, Symbol.FILL, *of) for of in zip(classes.colours, texts, classes.counts, strict=True)]


def _case_entries(scene: Scene) -> list[LegendEntry]:
    layer, cases, shown = scene.layer(LayerKind.CASES), scene.state.cases, case_mask(scene)
    kind = LayerKind.CASES
    if layer is not None and layer.style == CaseStyle.CATEGORY:
        colours = category_colours(scene)
        counts = {int(i): int((cases.category[shown] == i).sum()) for i in colours}
        names = {i: c.name_en if current() == "en" and c.name_en else c.name for i, c in scene.state.categories.items()}
        return [LegendEntry(kind, Symbol.CIRCLE, colours[i], msg("{name}", name=names[i]), counts[i]) for i in colours]
    totals = np.bincount(case_states(scene)[shown], minlength=len(STATES)).tolist()
    colours_of = state_colours(scene)
    return [LegendEntry(kind, *of) for of in zip(STATE_SYMBOLS, colours_of, STATE_TEXTS, totals, strict=True)]


def state_colours(scene: Scene) -> tuple[str, str, str, str]:
    """Return the colours of `values.STATES`."""
    palette = scene.palette
    return palette.overdue, palette.waiting, palette.in_progress, palette.done


def category_colours(scene: Scene) -> dict[int, str]:
    """Return the colour of every category of whistles."""
    colours = CATEGORIES[scene.palette.name]
    return {category: colours[min(i, len(colours) - 1)] for i, category in enumerate(sorted(scene.state.categories))}


def gi_star_colours(scene: Scene) -> tuple[str, str, str, str]:
    """Return the colours of cold 99 %, cold 95 %, hot 95 % and hot 99 %."""
    palette = scene.palette
    land = palette.map_land
    return palette.coldspot, mixed(palette.coldspot, land, 0.5), mixed(palette.hotspot, land, 0.5), palette.hotspot


def without_counts(entries: tuple[LegendEntry, ...]) -> tuple[LegendEntry, ...]:
    """Return legend entries that count nothing, for maps that leave the office."""
    return tuple(replace(entry, count=None) for entry in entries)
