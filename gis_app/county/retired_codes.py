"""Codes of a draft that were those of other units: a code that was retired is never given again.

An edit gives no such code (`numbering.used_codes`). But of two drafts each may give one and the same code to a cell of its own, and a cell
may go after its code was dealt to another one: so it is looked at again before a draft is published.
"""

from gis_app.county.state import CountyState
from gis_app.grid.issues import Issue, IssueKind
from gis_app.grid.plans import PlanStatus
from gis_app.grid.units import Unit
from gis_app.language import format_code, msg


def retired_codes(state: CountyState) -> list[Issue]:
    """Return an issue (`CODE_REPEATED`) for every unit of a draft whose code was retired with another unit.

    A unit may keep the code that it has in the published plan, and come back with the one it was closed with. The codes of units that
    both divisions have are dealt among them (`unit_edits.renumber`). The published plan has no issue.
    """
    if state.published is None:
        return []
    published = state.published.units
    gone = {unit.code: unit for unit in (*state.closed.values(), *(unit for unit in published.values() if unit.id not in state.units))}
    archived = frozenset[str]().union(*(codes for plan, codes in state.plan_codes.items() if _is_archived(state, plan)))
    found: list[Issue] = []
    for unit in state.units.values():
        own = published.get(unit.id) or state.closed.get(unit.id)
        if not unit.code or (own is not None and own.code == unit.code):
            continue
        other = gone.get(unit.code)
        if (other is not None and other.id != unit.id) or (own is None and unit.code in archived):
            found.append(_issue(unit, other))
    return found


def _is_archived(state: CountyState, plan: int) -> bool:
    return plan in state.plans and state.plans[plan].status == PlanStatus.ARCHIVED


def _issue(unit: Unit, other: Unit | None) -> Issue:
    code = format_code(unit.code)
    if other is None or other.id == unit.id or not other.name:
        words = msg("The code {code} of {name} was that of another unit in an earlier plan; give it a new one.", code=code, name=unit.name)
    else:
        words = msg(
            "The code {code} of {name} was that of {other}, which is gone; a retired code is never given again, so give it a new one.",
            code=code,
            name=unit.name,
            other=other.name,
        )
    return Issue(IssueKind.CODE_REPEATED, (unit.id,), None, False, 0.0, words)
