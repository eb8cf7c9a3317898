"""What units, layers and figures are called in the window."""

from collections.abc import Mapping

from gis_app.cases.display import category_name as name_of_category
from gis_app.county.state import CountyState, with_past_cells
from gis_app.grid.pinyin import initials
from gis_app.grid.units import Unit, UnitKind
from gis_app.language import Message, format_number, msg, plural, tr
from gis_app.map.scene import CaseStyle

UNIT_KINDS: Mapping[UnitKind, Message] = {
    UnitKind.TOWNSHIP: msg("township"),
    UnitKind.TOWN: msg("town"),
    UnitKind.STREET: msg("street"),
    UnitKind.FARM: msg("farm"),
    UnitKind.VILLAGE: msg("village"),
    UnitKind.COMMUNITY: msg("community"),
    UnitKind.DIRECT_UNIT: msg("township-direct unit"),
    UnitKind.RURAL_CELL: msg("rural cell"),
    UnitKind.COMMUNITY_CELL: msg("community cell"),
}

STYLES: Mapping[CaseStyle, Message] = {CaseStyle.STATE: msg("By state"), CaseStyle.CATEGORY: msg("By category")}


def unit_name(unit: Unit | None) -> str:
    """Return the name of a unit, or its code where it has none; "–" for no unit."""
    return (unit.name or unit.code) if unit else "–"


ALL_TIP = msg("All households of the register, whether or not they live here.")


def households_text(households: int, residents: int) -> str:
    """Say how many households there are, and how many of them live there: floors and loads count only these."""
    counts = {"households": format_number(households), "residents": format_number(residents)}
    one = msg("{households} household, {residents} resident", **counts)
    return str(plural(households, one, msg("{households} households, {residents} resident", **counts)))


def search_key(*texts: str) -> str:
    """Return the text that words are looked for in, case-folded: what something is called, and its pinyin initials, a line each.

    Every box in which people or units are chosen by name, number or pinyin looks in it.
    """
    return "\n".join(line for text in texts if text for line in dict.fromkeys((text.casefold(), initials(text))) if line)


def goes_by(words: str, *texts: str) -> bool:
    """Tell whether something that is called by these texts goes by words that were typed; everything does by none."""
    asked = words.strip().casefold()
    return not asked or asked in search_key(*texts)


def path_text(state: CountyState, unit: int) -> str:
    """Return township › village › cell of a unit, also of a cell that is no longer there."""
    units = state.units if unit in state.units or not unit else with_past_cells(state)
    return " › ".join(unit_name(step) for step in units.path(unit))


def category_name(state: CountyState, category: int) -> str:
    """Return what a category is called in the language in use; "–" for none."""
    found = state.categories.get(category)
    return name_of_category(found) if found else "–"


def body_name(state: CountyState, body: int) -> str:
    """Return the name of a receiving body."""
    found = state.bodies.get(body)
    return found.name if found else tr("nobody")
