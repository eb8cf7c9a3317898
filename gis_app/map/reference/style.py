"""The colour of a reference layer where nobody chose one: water blue, roads brown, buildings grey, old borders violet."""

from collections.abc import Mapping

from gis_app.county.references import Reference
from gis_app.map.palette import Palette
from gis_app.map.reference.vectors import VectorLayer

COLOURS: Mapping[str, tuple[str, str]] = {
    "water": ("#2B7BBA", "#5BA7E0"),
    "road": ("#A65E1E", "#E09A55"),
    "building": ("#5B6770", "#A3AFB8"),
    "border": ("#8A3FA0", "#C58AD6"),
    "green": ("#3E7D32", "#7FBF72"),
}
"""What a layer shows → its colour in the light and in the dark theme."""

_WORDS: Mapping[str, tuple[str, ...]] = {
    "water": ("river", "water", "lake", "canal", "stream", "hydro", "河", "水", "湖", "渠", "沟"),
    "road": ("road", "street", "rail", "highway", "way", "路", "街", "道", "铁"),
    "building": ("build", "house", "房", "楼", "建筑", "居民地"),
    "border": ("border", "bound", "grid", "界", "网格", "区划"),
    "green": ("forest", "park", "wood", "林", "绿", "草"),
}


def subject(reference: Reference, layer: VectorLayer | None = None) -> str:
    """Guess what a layer shows (a key of `COLOURS`) from its name and its file, else from whether it has areas."""
    for text in (reference.name, reference.source.rsplit("/", 1)[-1]):
        plain = text.casefold()
        for kind, words in _WORDS.items():
            if any(word in plain for word in words):
                return kind
    return "border" if layer is not None and bool((layer.dimensions == 2).any()) else "road"


def is_building(reference: Reference, layer: VectorLayer | None = None) -> bool:
    """Tell whether a layer shows buildings: it is said so in its options, or its name says it."""
    chosen = reference.option("colour")
    return (chosen if chosen in COLOURS else subject(reference, layer)) == "building"


def colour_of(reference: Reference, layer: VectorLayer | None, palette: Palette) -> str:
    """Return the colour of a vector layer: the one that was chosen ("#RRGGBB", or a key of `COLOURS`), else a guess."""
    chosen = reference.option("colour")
    if chosen.startswith("#"):
        return chosen
    pair = COLOURS[chosen if chosen in COLOURS else subject(reference, layer)]
    return pair[palette.name == "dark"]
