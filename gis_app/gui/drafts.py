"""Drafts in the window: opened, made, renamed, copied, discarded; the published plan shown again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis_app import language
from gis_app.county import plan_edits
from gis_app.county.changes import Changes, Refusal
from gis_app.county.state import CountyState
from gis_app.grid.plans import Plan, PlanStatus
from gis_app.gui import work
from gis_app.gui.task import Task
from gis_app.language import Message, msg, tr
from gis_app.progress import Steps, part

if TYPE_CHECKING:
    from gis_app.gui.session import Session
    from gis_app.gui.window import Window

STATUS = {PlanStatus.DRAFT: msg("draft"), PlanStatus.PUBLISHED: msg("published"), PlanStatus.ARCHIVED: msg("archived")}
"""What the status of a plan is called."""


def draft_plans(state: CountyState) -> list[Plan]:
    """Return the drafts of a county, the newest first."""
    return sorted((plan for plan in state.plans.values() if plan.status == PlanStatus.DRAFT), key=lambda plan: -plan.id)


def archived_plans(state: CountyState) -> list[Plan]:
    """Return the plans that were in force once, the newest first."""
    return sorted((plan for plan in state.plans.values() if plan.status == PlanStatus.ARCHIVED), key=lambda plan: -plan.id)


def published(state: CountyState) -> Plan | None:
    """Return the published plan."""
    return next((plan for plan in state.plans.values() if plan.status == PlanStatus.PUBLISHED), None)


def free_name(state: CountyState) -> str:
    """Return a name for a new draft: the month of now, and a number where that name is taken."""
    now = state.settings.now()
    name = tr("Adjustment of {year}-{month}", year=now.year, month=f"{now.month:02}" if language.current() == "en" else now.month)
    return _numbered(state, name)


def copy_name(state: CountyState, plan: int) -> str:
    """Return a name for a copy of a plan."""
    return _numbered(state, tr("{name} (copy)", name=state.plans[plan].name))


def _numbered(state: CountyState, name: str) -> str:
    """Return a name, with a number where it is taken."""
    taken = {plan.name for plan in state.plans.values()}
    return next(text for number in range(1, len(taken) + 2) if (text := name if number == 1 else f"{name} {number}") not in taken)


def made_plan(changes: Changes) -> int:
    """Return the id of the plan that an edit has made."""
    return int(changes.ids["plans"].max())


def making(session: Session, name: str, base: int) -> Steps[Changes | Refusal]:
    """Make a draft and open it."""
    made = yield from part(session.county.performing(plan_edits.create_draft(name, base)), 0.0, 0.5)
    if not isinstance(made, Refusal):
        yield from part(session.opening_draft(made_plan(made)), 0.5, 1.0)
    return made


def make(window: Window, name: str, base: int = 0) -> None:
    """Make a draft of the published plan (or of another one) and work on it from now on."""
    session = window.session
    if session is None:
        return

    def ended(result: Changes | Refusal) -> None:
        if isinstance(result, Refusal):
            window.banner.problem(str(result.reason))
        else:
            remember(window)
            window.banner.news(tr("You work on the draft “{name}” now; the published plan stays as it is.", name=name))

    window.tasks.run(Task(msg("Making the draft “{name}”", name=name), lambda: making(session, name, base), ended))


def open_draft(window: Window, plan: int) -> None:
    """Work on a draft from now on."""
    session = window.session
    if session is None or plan == session.open_plan:
        return
    name = session.county.state.plans[plan].name

    def steps() -> Steps[None]:
        if plan in session.county.state.plans:
            yield from session.opening_draft(plan)

    window.tasks.run(Task(msg("Opening the draft “{name}”", name=name), steps, lambda _: remember(window)))


def close(window: Window) -> None:
    """Show the published plan again; the draft stays as it is."""
    session = window.session
    if session is not None and session.open_plan:
        window.tasks.run(Task(msg("Showing the published plan"), session.closing_draft, lambda _: remember(window)))


def remember(window: Window) -> None:
    """Remember which draft is open, for the next time that the county is."""
    session = window.session
    if session is not None:
        draft = session.county.draft
        window.preferences.remember_draft(session.county.store.name, 0 if draft is None else draft.plan)
        window.refresh_actions()


def reopen(window: Window) -> None:
    """Open the draft that was open when the county was closed, if it is still there."""
    session = window.session
    if session is not None:
        plan = session.county.state.plans.get(window.preferences.draft_of(session.county.store.name))
        if plan is not None and plan.status == PlanStatus.DRAFT:
            open_draft(window, plan.id)


def ask_new(window: Window) -> None:
    """Ask for the name of a new draft of the published plan."""
    _ask(window, tr("New draft"), tr("A copy of the published plan to work on. Nobody else is shown it before it is published."), 0)


def ask_copy(window: Window) -> None:
    """Ask for the name of a copy of the draft that is open."""
    session = window.session
    if session is not None and session.drafting:
        _ask(window, tr("Copy the draft"), tr("The copy is worked on from now on; the draft stays as it is."), session.plan_shown)


def ask_of(window: Window, plan: Plan) -> None:
    """Ask for the name of a draft that divides the county as an earlier plan did."""
    window.set_workspace("plan")
    said = tr("A draft that divides the county as the plan “{name}” did; that plan and the published one stay as they are.", name=plan.name)
    _ask(window, tr("Make a draft of an earlier plan"), said, plan.id)


def _ask(window: Window, title: str, said: str, base: int) -> None:
    if window.session is None or window.page is None:
        return
    state = window.session.county.state

    def answered(name: str) -> Message | None:
        problem = _wrong_name(state, name)
        if problem is None:
            make(window, name, base)
        return problem

    proposed = copy_name(state, base) if base else free_name(state)
    window.page.view.question.ask_text(title, said, proposed, tr("Make"), answered)


def _wrong_name(state: CountyState, name: str, but: int = 0) -> Message | None:
    if not name:
        return msg("A plan needs a name; write one.")
    if any(plan.name == name and plan.id != but for plan in state.plans.values()):
        return msg("There is a plan “{name}” already; write another name.", name=name)
    return None


def ask_rename(window: Window) -> None:
    """Ask for another name of the draft that is open."""
    session = window.session
    if session is None or window.page is None or not session.drafting:
        return
    state, plan = session.county.state, session.county.state.plans[session.plan_shown]

    def answered(name: str) -> Message | None:
        problem = _wrong_name(state, name, plan.id)
        if problem is None and name != plan.name:
            work.perform(window, plan_edits.rename_plan(plan.id, name))
        return problem

    window.page.view.question.ask_text(tr("Rename the draft"), "", plan.name, tr("Rename"), answered)


def ask_discard(window: Window) -> None:
    """Ask in the banner whether the draft that is open is to go."""
    session = window.session
    if session is None or not session.drafting:
        return
    plan = session.county.state.plans[session.plan_shown]
    question = tr("Discard the draft “{name}” and everything done in it ({count} changes)?", name=plan.name, count=session.done_count)
    window.banner.ask(question, (tr("Discard"), lambda: discard(window, plan)))


def discard(window: Window, plan: Plan) -> None:
    """Discard a draft; the published plan is shown where it was open."""
    session = window.session
    if session is None:
        return

    def steps() -> Steps[Changes | Refusal]:
        if session.county.draft is not None and session.county.draft.plan == plan.id:
            yield from part(session.closing_draft(), 0.0, 0.4)
        return (yield from part(session.county.performing(plan_edits.discard_draft(plan.id)), 0.4, 1.0))

    def ended(result: Changes | Refusal) -> None:
        remember(window)
        if isinstance(result, Refusal):
            window.banner.problem(str(result.reason))
        else:
            work.tell_step(window, tr("The draft “{name}” is discarded.", name=plan.name), result.title)

    window.tasks.run(Task(msg("Discarding the draft “{name}”", name=plan.name), steps, ended))
