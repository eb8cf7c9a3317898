"""The line of the leader at this computer: kept among the user's preferences, shown alone or not, and told in words."""

from gis_app.cases.watching import Line, bodies_of, known_line, line_content, line_of
from gis_app.gui.preferences import Preferences
from gis_app.gui.session import Session
from gis_app.gui.words import unit_name
from gis_app.language import Listing, format_number, tr

SHOWN = 3
"""So many townships and departments of a line are named."""


def kept_line(preferences: Preferences, session: Session) -> Line:
    """Return the line of the leader at this computer, without what the county no longer has."""
    content = preferences.line_of(session.county.store.name)
    return known_line(line_of(content), session.state.bodies, session.state.units)


def restore_line(preferences: Preferences, session: Session) -> None:
    """Show only the line again where that was so when the county was closed."""
    line = kept_line(preferences, session)
    only = preferences.line_of(session.county.store.name).get("only") is True
    session.watch_line(line if only and not line.is_empty else None)


def keep_line(preferences: Preferences, session: Session, line: Line, *, only: bool) -> None:
    """Remember the line, and whether only it is shown; show it so."""
    preferences.remember_line(session.county.store.name, {**line_content(line), "only": only})
    session.watch_line(line if only and not line.is_empty else None)


def line_text(session: Session, line: Line) -> str:
    """Return what a line holds, in words."""
    state = session.state
    departments = [state.bodies[body].name for body in sorted(line.bodies)]
    townships = [unit_name(state.units[unit]) for unit in sorted(line.units)]
    named = (*townships[:SHOWN], *departments[:SHOWN])
    rest = len(departments) + len(townships) - len(named)
    bodies = format_number(len(bodies_of(line, state.bodies, state.units)))
    if rest:
        return tr("{names} and {rest} more; {count} receiving bodies", names=Listing(named), rest=format_number(rest), count=bodies)
    return tr("{names}; {count} receiving bodies", names=Listing(named), count=bodies)
