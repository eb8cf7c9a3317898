"""From an edit of the division that was drawn or chosen to the performed one: on a draft, by the user's rule, undone with its view."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from gis_app.county.boundary_edits import BoundaryEdit, Following, boundary_edit
from gis_app.county.boundary_rows import BoundaryReport
from gis_app.county.changes import Changes, Edit, Refusal
from gis_app.county.unit_edits import UnitReport
from gis_app.grid.coverage import OUTSIDE, Coverage
from gis_app.grid.edits.edited import Edited
from gis_app.grid.privacy import mask_name
from gis_app.gui import drafts, work
from gis_app.gui.following_question import ask_following, undecided
from gis_app.gui.task import Task
from gis_app.language import Message, msg, tr
from gis_app.map.scene import Selection
from gis_app.map.viewport import Viewport
from gis_app.progress import Progress, Steps, part

if TYPE_CHECKING:
    from gis_app.county.state import CountyState
    from gis_app.gui.session import Session
    from gis_app.gui.window import Window

Shown = Mapping[str, object]
"""What the window showed: the viewport and the selection, as plain values that can be stored."""

MOST_KEPT = 200
"""So many selected rows are stored with an edit at most."""

AGAIN = msg("The borders of the draft are numbered differently; draw it once more.")


@dataclass(frozen=True, slots=True, eq=False)
class Open:
    """An edit that leaves something open which the user wants to decide: what it would do to `state`."""

    state: CountyState
    edited: Edited


def view_of(window: Window) -> Shown:
    """Return what the window shows now, to be stored with an edit."""
    session = window.session
    if session is None or window.page is None:
        return {}
    viewport = window.canvas.viewport
    selection = {table: [int(i) for i in ids[:MOST_KEPT]] for table, ids in session.selection.ids.items() if ids}
    return {"x": viewport.x, "y": viewport.y, "resolution": viewport.resolution, "selection": selection}


def show_view(window: Window, view: Shown) -> None:
    """Show again what was shown when an edit was asked for; what is there no more is left out."""
    session = window.session
    if session is None or window.page is None or not view:
        return
    try:
        x, y, resolution = (float(str(view[name])) for name in ("x", "y", "resolution"))
        stored = view.get("selection") or {}
        selected = {str(table): tuple(int(i) for i in ids) for table, ids in stored.items()}  # type: ignore[attr-defined]
    except (KeyError, TypeError, ValueError, AttributeError):  # of another version of the program
        return
    session.show_selection(Selection(selected))
    window.canvas.set_viewport(Viewport(x, y, resolution, window.canvas.width(), window.canvas.height()))


def perform_boundary(window: Window, edit: BoundaryEdit, following: Following | None = None) -> None:
    """Perform a boundary edit beside the window, after those that are waiting; on the published plan a draft is made first.

    `following` says who goes where; None: by the rule in the preferences.
    """
    session = window.session
    if session is None:
        return
    view, rule, known = view_of(window), window.preferences.following, session.county.working.plan

    def steps() -> Steps[Changes | Refusal | Open]:
        refused = yield from _on_a_draft(session)
        if refused is not None:
            return refused
        chosen = following
        if chosen is None and rule != "location":
            state = session.county.working
            edited = edit.attempt(state)
            if isinstance(edited, Refusal):
                return edited
            if undecided(state, edited):
                if rule == "ask":
                    return Open(state, edited)
                chosen = all_to(keeper(state.coverage, edited))
        made = replace(boundary_edit(edit, chosen or Following()), view=view)
        return (yield from part(session.county.performing(made), 0.5, 1.0))

    def ended(result: Changes | Refusal | Open) -> None:
        if isinstance(result, Open):
            ask_following(window, result.state, result.edited, lambda chosen: perform_boundary(window, edit, chosen))
        else:
            _tell(window, result, known)
            if isinstance(result, Changes) and window.page is not None:
                canvas = window.canvas
                window.turns.add(lambda: canvas.edit_performed(edit))  # when the map has heard of it

    def failed(reason: Message) -> None:
        if window.page is not None:
            window.canvas.forget_edit()
        window.tasks.failed.emit(reason)

    window.tasks.run(Task(msg("Changing boundaries"), steps, ended, failed))


Told = tuple[Sequence[str], tuple[str, Callable[[], object]] | None]
"""Sentences about what was done, and a button (text, what it does) that goes on from there; None: the way to undo it."""


def perform_division(window: Window, edit: Edit, tell: Callable[[Changes], Told] | None = None, by_number: bool = False) -> None:
    """Perform an edit of names, codes, locks or parents, or a proposal, beside the window; on the published plan a draft is made first.

    `tell` says what it meant, in place of what the report of the edit says. `by_number`: the edit names borders by their numbers, and is
    refused where those of the draft have others.
    """
    session = window.session
    if session is None:
        return
    wanted, known = replace(edit, view=view_of(window)), session.county.working.plan

    def steps() -> Steps[Changes | Refusal]:
        refused = yield from _on_a_draft(session, by_number)
        if refused is not None:
            return refused
        return (yield from part(session.county.performing(wanted), 0.5, 1.0))

    window.tasks.run(Task(edit.title, steps, lambda result: _tell(window, result, known, tell)))


def _on_a_draft(session: Session, by_number: bool = True) -> Steps[Refusal | None]:
    """Make a draft and open it where none is open. The borders of the draft are those of the published plan.

    After a publication they may have other numbers, which is refused (`by_number`) where an edit names borders by them.
    """
    county = session.county
    if county.draft is not None:
        return None
    yield Progress(0.0, msg("Making a draft"))
    before = county.state.coverage
    made = yield from part(drafts.making(session, drafts.free_name(county.state), 0), 0.0, 0.5)
    if isinstance(made, Refusal):
        return made
    return None if not by_number or _same_arcs(before, county.working.coverage) else Refusal("numbered", AGAIN)


def _same_arcs(one: Coverage, other: Coverage) -> bool:
    """Tell whether the arcs of two coverages have the same numbers and points."""
    if one is other:
        return True
    if one.arcs.keys() != other.arcs.keys():
        return False
    return all(arc is other.arcs[number] or np.array_equal(arc.points, other.arcs[number].points) for number, arc in one.arcs.items())


def keeper(before: Coverage, edited: Edited) -> int:
    """Return the cell that keeps its number and most land: of a split the one that was split, of a merge the one merged into."""
    shares: dict[int, float] = {}
    for piece in edited.pieces:
        kept = piece.owner if piece.owner in before.cells else piece.origin
        if kept != OUTSIDE and kept in edited.cells:
            shares[kept] = shares.get(kept, 0.0) + piece.shape.area
    return max(shares, key=lambda cell: (shares[cell], -cell), default=0)


def all_to(cell: int) -> Following:
    """Return the rule that sends everybody to one cell."""
    return Following(cell, cell, cell)


def _tell(window: Window, result: Changes | Refusal, known: int, tell: Callable[[Changes], Told] | None = None) -> None:
    """Show what became of an edit: its cells and what followed, or why it was refused and where. `known` is the draft that was open."""
    drafts.remember(window)
    if isinstance(result, Refusal):
        refuse(window, result)
        return
    session, report = window.session, result.report
    said: list[object] = []
    shown = session.county.working if session is not None else None
    if shown is not None and shown.plan != known and (plan := shown.plans.get(shown.plan)) is not None:
        said.append(msg("You work on the draft “{name}” now; the published plan stays as it is.", name=plan.name))
    action = None
    if tell is not None:
        more_said, action = tell(result)
        said += more_said
    elif isinstance(report, BoundaryReport | UnitReport):
        said += [_masked(shown, report.workers, sentence) for sentence in report.sentences]
    if isinstance(report, BoundaryReport) and session is not None and (report.added or report.removed):
        session.turns.add(lambda: session.show_selection(Selection({"units": concerned(report)})))
    if said:
        text = tr("Done: {what}. {more}", what=result.title, more=one_after_another(said))
        if action is not None:
            window.banner.news(text, action, work.newest_step(window))
        else:
            work.tell_step(window, text, result.title)
    else:
        window.banner.hide()  # what it says of the step before is no longer true
        window.status.say(tr("Done: {what}.", what=result.title))


def one_after_another(sentences: Iterable[object]) -> str:
    """Return sentences as one text: with a gap between them where the language has one."""
    texts = [str(sentence) for sentence in sentences]
    return reduce(lambda before, sentence: tr("{before} {sentence}", before=before, sentence=sentence), texts) if texts else ""


def _masked(state: CountyState | None, workers: Iterable[int], sentence: Message) -> str:
    """Return a sentence with the names of grid workers masked, as everywhere in the window."""
    text = str(sentence)
    for worker in workers:
        known = state.workers.get(worker) if state is not None else None
        if known is not None and len(known.name) > 1:
            text = text.replace(known.name, mask_name(known.name))
    return text


def concerned(report: BoundaryReport) -> tuple[int, ...]:
    """Return the cells to select after an edit: those whose people or land became others, without those that only got a vertex."""
    found = [one.cell for one in report.consequences if one.after is not None]
    return tuple(dict.fromkeys((*(cell for cell in found if cell not in report.added), *report.added)))


def refuse(window: Window, refusal: Refusal) -> None:
    """Say in words at the pointer why something is refused, and show where."""
    page = window.page
    if page is None:
        return
    page.canvas.forget_edit()
    if page.canvas.underMouse():
        page.canvas.say(refusal.reason, refusal.at)
        return
    window.banner.problem(str(refusal.reason))
    if refusal.at is not None:
        page.view.show_refused(*refusal.at)
