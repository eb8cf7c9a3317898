"""The parts of the card of a whistle: its head, clocks, the bodies that had it, people, place, and why it goes where it goes."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLayout, QWidget

from gis_app.cases.border import Side, sides
from gis_app.cases.case import OPEN_STATES, Urgency
from gis_app.cases.clocks import Leg, case_clock, legs, reminders
from gis_app.cases.display import due_times, kind_text, state_text, urgency_text, whistler_text
from gis_app.cases.routing import Route
from gis_app.cases.times import from_utc64
from gis_app.county.limits import hours_of
from gis_app.county.registered import ever_registered
from gis_app.county.state import CountyState
from gis_app.county.whistlers import Whistler, whistlers_of
from gis_app.gui.case_view import CaseView, place_of
from gis_app.gui.flow import Flow
from gis_app.gui.inspector import Inspector, heading
from gis_app.gui.widgets import button, card, column, facts, holding, label, row
from gis_app.gui.words import body_name, category_name, path_text, unit_name
from gis_app.language import format_duration, format_number, format_time, msg, plural, tr
from gis_app.map.legend import STATE_TEXTS

Page = list[QWidget | QLayout]
CHIPS = ("chipDanger", "chipWarning", "chipInfo", "chip")


def head(panel: Inspector, view: CaseView) -> Page:
    """Return the state, kind and urgency as chips beside the number, the text, and where it comes from."""
    display = int(panel.session.derived.display[view.at])
    chips = [
        label(str(STATE_TEXTS[display]), CHIPS[display]),
        label(str(kind_text(view.kind)), "chipAccent"),
    ]
    urgency = int(view.row["urgency"][0])
    if urgency in (Urgency.EMERGENCY, Urgency.URGENT):
        chips.append(label(str(urgency_text(urgency)), "chipDanger" if urgency == Urgency.EMERGENCY else "chipWarning"))
    number = label(view.number, "secondary", selectable=True)
    flow = Flow(spacing=6)
    for chip in chips:
        flow.addWidget(chip)
    beside = row(holding(flow), number, spacing=6)
    beside.setStretch(0, 1)
    beside.setAlignment(number, Qt.AlignmentFlag.AlignTop)
    return [beside, panel.title(str(view.row["text"][0]) or tr("(no text)")), *_where(panel, view)]


def _where(panel: Inspector, view: CaseView) -> Page:
    state = panel.session.state
    cell = int(state.cases.cell[view.at])
    found: Page = []
    if cell in state.units:
        found.append(panel.link(" › ".join(unit_name(unit) for unit in state.units.path(cell)), "units", cell))
    elif past := path_text(state, cell):
        found.append(label(tr("{path} (this cell is no longer there)", path=past), wrap=True))
    else:
        found.append(panel.advice(tr("It lies in no cell of the county.")))
    address = str(view.row["address"][0])
    if address and not (view.secret and not panel.private):  # of a report the address may betray who made it
        found.append(label(address, "secondary", wrap=True))
    return found


def clocks(panel: Inspector, view: CaseView) -> QFrame:
    """Return both clocks, when it falls due, and what the rule of the robot call says while nobody has picked the whistle up."""
    session, now = panel.session, panel.session.derived.now
    passed = legs(view.events, now)
    if not passed:
        return card(label(tr("Nothing is known of its times."), "secondary"))
    closed = view.standing.state not in OPEN_STATES
    number = label(format_duration(passed[-1].clock), "number")
    if not closed and session.derived.display[view.at] == 0:
        number.setStyleSheet(f"color: {session.palette.danger};")
    body = column(label(tr("Clock of the body"), "secondary"), number, spacing=0)
    whole = column(label(tr("Clock of the case"), "secondary"), label(format_duration(case_clock(view.events, now)), "number"), spacing=0)
    parts: list[QWidget | QLayout] = [row(body, None, whole, None, spacing=4)]
    if closed:
        parts.append(label(tr("The clocks stand still: the case is closed."), "secondary", wrap=True))
        return card(*parts)
    settings = session.state.settings
    due = reminders(passed[-1], settings.sms_minutes, settings.robot_call_minutes).robot_call
    if passed[-1].picked_up is None and due is not None:
        parts.append(label(tr("Not picked up: robot call due at {time}.", time=format_time(due)), "warning", wrap=True))
    parts += _falls_due(panel, view)
    return card(*parts)


def _falls_due(panel: Inspector, view: CaseView) -> Page:
    """Return when the whistle falls due, and by how much that is over."""
    session, state, now = panel.session, panel.session.state, panel.session.derived.now
    due = from_utc64(due_times(state.cases, hours_of(state))[view.at])
    if due is None:
        return []
    promised = view.standing.deadline is not None
    time = format_time(due)
    if due < now:
        return [label(tr("Due at {time}: over by {duration}.", time=time, duration=format_duration(now - due)), "danger", wrap=True)]
    left = format_duration(due - now)
    text = (
        tr("Promised for {time}, in {duration}.", time=time, duration=left)
        if promised
        else tr("Due at {time}, in {duration}.", time=time, duration=left)
    )
    return [label(text, "secondary" if (due - now).total_seconds() > session.state.settings.soon_hours * 3600 else "warning", wrap=True)]


def about(panel: Inspector, view: CaseView) -> QLayout:
    """Return the facts of a whistle: state, category, who holds it, what came of it."""
    state, cases = panel.session.state, panel.session.state.cases
    body, household = view.standing.body, int(cases.household[view.at])
    found: list[tuple[str, str | QWidget]] = [
        (tr("State"), str(state_text(view.standing.state))),
        (tr("Category"), category_name(state, int(cases.category[view.at]))),
        (tr("With"), panel.link(body_name(state, body), "bodies", body) if body else tr("nobody")),
    ]
    if (holder := state.bodies.get(body)) is not None:
        for title, name, phone in (
            (tr("Receiver"), holder.receiver, holder.receiver_phone),
            (tr("Leader"), holder.leader, holder.leader_phone),
        ):
            if name or phone:
                found.append((title, " ".join(part for part in (panel.name(name), panel.phone(phone)) if part)))
    if household and not (view.secret and not panel.private):
        head_ = ever_registered(panel.session.county.store, np.array([household], np.int64), ("head",))["head"]
        name = panel.name(str(head_[0])) if len(head_) else ""
        if household in panel.session.state.retired:
            found.append((tr("Household"), tr("{name} (no longer in the register)", name=name).strip()))
        else:
            found.append((tr("Household"), panel.link(name or tr("show"), "households", household)))
    if view.standing.deadline is not None:
        found.append((tr("Promised for"), format_time(view.standing.deadline)))
    if view.standing.done is not None and view.row["result"][0]:
        found.append((tr("Result"), str(view.row["result"][0])))
    if source := str(view.row["source"][0]):
        found.append((tr("Source system"), source))
    return facts(found)


def stays(panel: Inspector, view: CaseView) -> Page:
    """Return how long each body had the whistle: until it was picked up, and from then on."""
    state = panel.session.state
    passed = legs(view.events, panel.session.derived.now)
    if not passed:
        return []
    page: Page = [heading(tr("With whom, how long"))]
    for leg in passed:
        held = label(format_duration(leg.clock), "value")
        page.append(row(panel.link(body_name(state, leg.body), "bodies", leg.body), None, held, spacing=8))
        page.append(label(_stay(leg), "secondary", wrap=True))
    return page


def _stay(leg: Leg) -> str:
    if leg.picked_up is None:
        return tr("left without being picked up") if leg.ended else tr("not picked up yet")
    taken = format_duration(leg.to_pick_up)
    handled = format_duration(leg.handling)
    if leg.ended is None:
        return tr("picked up after {taken}, in hand for {handled}", taken=taken, handled=handled)
    return tr("picked up after {taken}, then {handled}", taken=taken, handled=handled)


def people(panel: Inspector, view: CaseView) -> Page:
    """Return who waits for the answer: the whistler, and those of the whistles that were merged with this one."""
    session = panel.session
    waiting = whistlers_of(session.county.store, session.state, view.case)
    page: Page = [heading(tr("Blown by"))]
    for one in waiting:
        page.append(_whistler(panel, one, own=one.case == view.case))
    if len(waiting) > 1:
        page.append(
            label(
                str(
                    plural(
                        len(waiting),
                        msg("{count} person waits for the answer.", count=format_number(len(waiting))),
                        msg("{count} people wait for the answer.", count=format_number(len(waiting))),
                    )
                ),
                "secondary",
                wrap=True,
            )
        )
    return page


def _whistler(panel: Inspector, one: Whistler, *, own: bool) -> QLayout:
    state = panel.session.state
    kind = str(whistler_text(one.whistler)) if one.whistler else ""
    parts: list[QWidget | QLayout | int | None] = []
    if one.secret and not panel.private:
        parts.append(label(tr("protected")))
    else:
        name = panel.name(one.name) if one.name else ""
        if one.worker in state.workers:
            parts.append(panel.link(name, "workers", one.worker))
        elif name:
            parts.append(label(name))
        if one.phone:
            parts.append(label(panel.phone(one.phone), selectable=panel.private))
        parts.append(label(kind or "–", "secondary"))
    parts.append(None)
    if not own:
        parts.append(panel.link(one.number or str(one.case), "cases", one.case))
    return row(*parts, spacing=6)


def doubts(panel: Inspector, view: CaseView, say_cell: Callable[[int], object], hand_over: Callable[[int], object]) -> Page:
    """Return what a person has to decide: which of two cells an uncertain place lies in, and whether the rules name another body."""
    page: Page = []
    if view.route.uncertain and not view.cell_said and view.standing.state in OPEN_STATES:
        found = sides(panel.session.derived.router, place_of(panel.session, view.at), int(view.row["category"][0]), view.kind)
        if found:
            page.append(_which_cell(panel, view, found, say_cell))
    if view.other_body:
        name = body_name(panel.session.state, view.other_body)
        page.append(
            card(
                panel.advice(tr("The rules name {body} now, which has not had this whistle.", body=name)),
                row(button(tr("Hand over to {body}", body=name), partial(hand_over, view.other_body)), None),
            )
        )
    return page


def _which_cell(panel: Inspector, view: CaseView, found: Sequence[Side], say_cell: Callable[[int], object]) -> QWidget:
    """Ask which of the two cells at a border it lies in, each with its worker and the body that the rules name there, one click each."""
    state = panel.session.state
    metres, accuracy = format_number(view.route.border_distance), format_number(place_of(panel.session, view.at).accuracy)
    lines: Page = [
        panel.advice(
            tr("{metres} m from a border, and its place is accurate to {accuracy} m. Which cell?", metres=metres, accuracy=accuracy)
        )
    ]
    for side in found:
        worker = state.workers.get(side.worker)
        who = tr("Grid worker: {name}", name=panel.name(worker.name) if worker else tr("(vacant)"))
        to = tr("goes to {body}", body=body_name(state, side.body))
        choose = button(unit_name(state.units.get(side.cell)), partial(say_cell, side.cell), "step", tip=tr("It lies in this cell"))
        lines.append(
            column(row(choose, None), label(f"{path_text(state, side.village)} · {who} · {to}", "secondary", wrap=True), spacing=2)
        )
    return card(*lines)


def why(panel: Inspector, view: CaseView) -> Page:
    """Return why the rules name the body that they name, and the ladder."""
    state, route, holder = panel.session.state, view.route, view.standing.body
    page: Page = [heading(tr("Why {body}", body=body_name(state, route.body)) if route.body else tr("Why nobody by the rules"))]
    page.append(label("\n".join(f"· {reason}" for reason in route.reasons), "secondary", wrap=True))
    if holder and holder != route.body and not view.other_body:
        page.append(label(_other_than_the_rules(state, view), "secondary", wrap=True))
    page += _ladder(panel, route, holder)
    return page


def _other_than_the_rules(state: CountyState, view: CaseView) -> str:
    """Say how a whistle came to a body that is not the one of the rules: named when it was blown, or handed over since."""
    first = next((event.target for event in view.events if event.target), 0)
    if first != view.route.body:
        return tr("When it was blown, {body} was named.", body=body_name(state, first))
    return tr("By the rules it would begin with {body}; it was handed over since.", body=body_name(state, view.route.body))


def _ladder(panel: Inspector, route: Route, holder: int) -> Page:
    page: Page = [heading(tr("The ladder"))] if route.ladder else []
    for step, body in enumerate(route.ladder):
        mark = label("●" if body == holder else str(step + 1), "secondary")
        page.append(row(mark, panel.link(body_name(panel.session.state, body), "bodies", body), None, spacing=4))
    return page
