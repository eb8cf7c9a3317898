"""`gis-app case COUNTY …`: blow a whistle, record its steps, and see what happened to it, without a window.

Times without an offset are the county's own (Asia/Shanghai). Bodies, households, units and workers are called by name, code or id.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gis_app.cli_shared import DONE, Command, Refused, accuracy_option, json_option, lang_option, opened_county, perform, say, target
from gis_app.language import ZONE, Listing, format_time, msg, tr

if TYPE_CHECKING:
    from gis_app.cases.case import EventKind
    from gis_app.cases.routing import Place
    from gis_app.county.county import County

KINDS = ("consult", "help", "report", "complain")
URGENCIES = ("emergency", "urgent", "normal", "low")


@dataclass(frozen=True, slots=True)
class StepCommand:
    """One command that records a step: the value of its `EventKind`, its help, and which options it has beside those of all."""

    name: str
    kind: str
    help: str
    options: tuple[str, ...] = ()


def step_commands() -> tuple[StepCommand, ...]:
    """Return the commands of steps in the order of the loop; blowing and correcting have their own options."""
    return (
        StepCommand("pick-up", "picked_up", tr("The body picks the whistle up.")),
        StepCommand("submit", "submitted", tr("Lay the case before the leader.")),
        StepCommand("review", "reviewed", tr("The leader has reviewed the case.")),
        StepCommand("start", "started", tr("Begin the work.")),
        StepCommand("promise", "promised", tr("Promise until when it will be done."), ("until",)),
        StepCommand("hand-over", "handed_over", tr("Hand the case over to another body."), ("to",)),
        StepCommand("pass-up", "passed_up", tr("Pass the case up: to the next step of its ladder, or to the body named."), ("to",)),
        StepCommand("meet", "meeting", tr("Call a joint meeting: a lead department and supporting ones."), ("to", "with")),
        StepCommand("suspend", "suspended", tr("Suspend the case until a day, for a reason."), ("until",)),
        StepCommand("resume", "resumed", tr("Go on with a suspended case.")),
        StepCommand("urge", "urged", tr("Mark the case for attention, as a county leader does.")),
        StepCommand("return", "returned", tr("Return the case as not reasonable, with the reason.")),
        StepCommand("appeal", "appealed", tr("Appeal against the return: the case goes on."), ("to",)),
        StepCommand("done", "done", tr("Record the result.")),
        StepCommand("verify", "verified", tr("The centre has verified the result.")),
        StepCommand("rate", "rated", tr("Rate attitude, speed and result with one to five stars each."), ("stars",)),
        StepCommand("close", "closed", tr("Close the case.")),
        StepCommand("reopen", "reopened", tr("Reopen a case that is over, or part one that was merged by mistake."), ("to",)),
        StepCommand("duplicate", "duplicate", tr("Merge the case with another one that it repeats."), ("of",)),
        StepCommand("note", "noted", tr("Write a note.")),
    )


def command_of(kind: str) -> str:
    """Return the command that records a kind of step; "" for what no command records (telling is the outbox's work)."""
    known = {step.kind: step.name for step in step_commands()} | {"blown": "blow", "corrected": "correct"}
    return known.get(kind, "")


def add_case(root: click.Group) -> None:
    """Add the group `case` to the commands."""

    @root.group("case", help=tr("Blow whistles, record what happens to them, and see how they stand."))
    @click.argument("county")
    @click.pass_context
    def case(context: click.Context, county: str) -> None:
        context.obj = county

    _add_blow(case)
    for step in step_commands():
        _add_step(case, step)
    for add in (_add_correct, _add_show, _add_steps, _add_attachments):
        add(case)


# ------------------------------------------------------------------ what the commands share


def _when_option(command: Command) -> Command:
    return click.option("--at", metavar="TIME", help=tr("When it happened: 2020-05-01 12:34 (Asia/Shanghai) or ISO 8601; now by default."))(
        command
    )


def _actor_option(command: Command) -> Command:
    return click.option("--actor", default="", metavar="NAME", help=tr("Who did it."))(command)


def _place_options(command: Command) -> Command:
    for option in (
        click.option("--address", default="", help=tr("Address, in words; a household's own address is its place.")),
        click.option("--unit", default="", help=tr("Cell, village or township: code, name or id.")),
        click.option("--household", default="", help=tr("Household: code or id.")),
        accuracy_option,
        click.option("--at-place", default="", metavar="LON,LAT", help=tr("Longitude and latitude, WGS 84.")),
    ):
        command = option(command)
    return command


def instant(text: str | None, option: str, *, end_of_day: bool = False) -> datetime | None:
    """Return the instant (UTC) of a text, None for none; a day alone is its beginning, or the last minute of it."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text.strip().replace("：", ":"))
    except ValueError:
        raise Refused(
            msg("{option} {text}: write a time as 2020-05-01 12:34, or with a zone as 2020-05-01T04:34Z.", option=option, text=text)
        ) from None
    if end_of_day and len(text.strip()) <= len("2020-05-01"):
        found = datetime.combine(found.date(), time(23, 59))
    return (found if found.tzinfo else found.replace(tzinfo=ZONE)).astimezone(UTC)


def _place(county: "County", at_place: str, accuracy: float, household: str, unit: str, address: str) -> "Place":
    """Return the place that was said; an address is the place of the household that has it, where that is one alone."""
    from gis_app.cases.routing import Place
    from gis_app.county.calling import household_called, households_at, unit_called
    from gis_app.grid.datum import to_county

    home = household_called(county.store, household) if household else 0
    named = unit_called(county.state, unit).id if unit else 0
    if at_place:
        longitude, latitude = lonlat(at_place, "--at-place")
        x, y = to_county([longitude], [latitude], "wgs84", county.state.settings.crs)
        return Place(float(x[0]), float(y[0]), accuracy, home, named)
    if not home and not named:
        there = households_at(county.store, address)
        home = there[0] if len(there) == 1 else 0
    return Place(household=home, unit=named)


def lonlat(text: str, option: str) -> tuple[float, float]:
    """Return longitude and latitude of "LON,LAT"."""
    try:
        longitude, latitude = (float(part) for part in text.replace("，", ",").split(","))
    except ValueError:
        raise Refused(msg("{option} {text}: write longitude,latitude, for example 123.5127,47.9016.", option=option, text=text)) from None
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise Refused(msg("{option} {text}: longitude comes first (-180 to 180), then latitude (-90 to 90).", option=option, text=text))
    return longitude, latitude


def working_on(path: str, work: Callable[["County"], tuple[dict[str, Any], Sequence[str]]], as_json: bool) -> int:
    """Open a county, do the work, close it, and print the report that it returns: as JSON, and in words."""
    with opened_county(path) as opened:
        report, lines = work(opened)
    say(report, as_json, lines)
    return DONE


# ------------------------------------------------------------------ blow

_ABOUT = ("text", "category", "at_place", "unit", "household", "address", "worker", "to", "number")
"""What a whistle can be known by: one of these must be said."""


def _add_blow(group: click.Group) -> None:
    @group.command(help=tr("Blow a whistle: it is registered, routed, and reaches a body at once."))
    @click.option("--kind", type=click.Choice(KINDS), default="help", show_default=True, help=tr("Kind of the whistle."))
    @click.option("--category", default="", help=tr("Category of the whistle: code or name."))
    @click.option("--urgency", type=click.Choice(URGENCIES), help=tr("How soon it has to be dealt with."))
    @click.option("--text", default="", help=tr("What it is about."))
    @_place_options
    @click.option(
        "--worker", default="", help=tr("The grid worker who blew it: code, name or id. His cell is the place where none is named.")
    )
    @click.option("--whistler", type=click.Choice(["worker", "resident", "helper"]), help=tr("Who blew it."))
    @click.option("--contact", default="", help=tr("Name of who called, where it was no worker."))
    @click.option("--phone", default="", help=tr("Phone of who called."))
    @click.option("--to", default="", metavar="BODY", help=tr("The body that it goes to; by the rules where none is named."))
    @click.option("--number", default="", help=tr("Its number; day and order by default."))
    @_when_option
    @_actor_option
    @lang_option
    @json_option
    @click.pass_obj
    def blow(county: str, /, as_json: bool, lang: str | None, **given: Any) -> int:
        if not any(given[name] for name in _ABOUT):
            raise Refused(msg("Say what the whistle is about, or where: --text, --category, --at-place, --unit …"))
        return working_on(county, lambda opened: _blow(opened, given, as_json), as_json)


def _blow(county: "County", given: dict[str, Any], hidden: bool) -> tuple[dict[str, Any], list[str]]:
    from gis_app.cases.case import CaseKind, Urgency
    from gis_app.cases.routing import Place
    from gis_app.county.calling import body_called, worker_called
    from gis_app.county.case_edits import register_case
    from gis_app.county.responsible import category_of

    state = county.state
    worker = worker_called(state, given["worker"]) if given["worker"] else None
    place = _place(county, *(given[name] for name in ("at_place", "accuracy", "household", "unit", "address")))
    if worker and not any(given[name] for name in ("at_place", "household", "unit", "address")):
        place = Place(unit=worker.cell or worker.village)
    edit = register_case(
        county.store,
        kind=CaseKind[given["kind"].upper()],
        category=category_of(state, given["category"]),
        urgency=Urgency[given["urgency"].upper()] if given["urgency"] else Urgency.NOT_SAID,
        place=place,
        blown=instant(given["at"], "--at"),
        whistler=given["whistler"] or ("worker" if worker else "resident"),
        worker=worker.id if worker else 0,
        actor=given["actor"] or (worker.name if worker else given["contact"]),
        body=body_called(state, given["to"]).id if given["to"] else 0,
        **{name: given[name] for name in ("text", "address", "number", "contact", "phone")},
    )
    made: Any = perform(county, edit, hidden).report
    return _blown(county, made)


def _blown(county: "County", made: Any) -> tuple[dict[str, Any], list[str]]:
    from gis_app.cli_case_report import body_name, standing_of

    state, route = county.state, made.route
    report = {
        "case": made.case,
        "number": made.number,
        **standing_of(county, made.case),
        "by_rules": body_name(state, route.body) or None,
        "cell": state.units[route.cell].code if route.cell in state.units else None,
        "worker": state.workers[route.worker].code if route.worker in state.workers else None,
        "why": [str(reason) for reason in route.reasons],
        "uncertain": bool(route.uncertain),
    }
    lines = [
        tr("Registered: {number}", number=made.number),
        tr("With: {body}", body=report["holder"] or tr("nobody")),
        *(f"  {reason}" for reason in report["why"]),
    ]
    return report, lines


# ------------------------------------------------------------------ steps


def _add_step(group: click.Group, step: StepCommand) -> None:
    def record(county: str, /, id: str, as_json: bool, lang: str | None, **given: Any) -> int:
        return working_on(county, lambda opened: _record(opened, step, id, given, as_json), as_json)

    command: Command = click.pass_obj(record)
    for option in (json_option, lang_option, _actor_option, _when_option, *(_STEP_OPTIONS[name] for name in step.options)):
        command = option(command)
    command = click.option("--note", "--result", "note", default="", help=tr("What is to be said about it: reason, result …"))(command)
    group.command(step.name, help=step.help)(click.argument("id")(command))


def _to(command: Command) -> Command:
    return click.option("--to", default="", metavar="BODY", help=tr("The body that it goes to."))(command)


def _with(command: Command) -> Command:
    return click.option("--with", "supporting", multiple=True, metavar="BODY", help=tr("A supporting body; may be repeated."))(command)


def _until(command: Command) -> Command:
    return click.option("--until", metavar="TIME", help=tr("Until when; a day alone means its end."))(command)


def _stars(command: Command) -> Command:
    return click.option(
        "--stars", metavar="A,S,R", help=tr("Stars for attitude, speed and result, as 5,4,5; one number stands for all three.")
    )(command)


def _of(command: Command) -> Command:
    return click.option("--of", "of", default="", metavar="ID", help=tr("The whistle that it repeats: number or id."))(command)


_STEP_OPTIONS: dict[str, Callable[[Command], Command]] = {"to": _to, "with": _with, "until": _until, "stars": _stars, "of": _of}


def _record(county: "County", step: StepCommand, called: str, given: dict[str, Any], hidden: bool) -> tuple[dict[str, Any], list[str]]:
    from gis_app.cases.case import EventKind
    from gis_app.county.calling import case_called
    from gis_app.county.case_edits import record_event

    case, kind = case_called(county.store, called), EventKind(step.kind)
    edit = record_event(
        county.store,
        case,
        kind,
        time=instant(given["at"], "--at"),
        actor=given["actor"],
        target=_target_of(county, case, kind, given.get("to")),
        note=given["note"],
        deadline=instant(given.get("until"), "--until", end_of_day=True),
        stars=_stars_of(given.get("stars")),
        data=_data_of(county, kind, given),
    )
    perform(county, edit, hidden)
    return _recorded(county, case)


def _target_of(county: "County", case: int, kind: "EventKind", to: str | None) -> int:
    from gis_app.cases.case import EventKind
    from gis_app.county.calling import body_called
    from gis_app.county.responsible import next_above

    if to:
        return body_called(county.state, to).id
    return next_above(county.state, case) if kind == EventKind.PASSED_UP else 0


def _data_of(county: "County", kind: "EventKind", given: dict[str, Any]) -> dict[str, object]:
    from gis_app.cases.case import EventKind
    from gis_app.county.calling import body_called, case_called

    if kind == EventKind.MEETING and given["supporting"]:
        lead = body_called(county.state, given["to"]).id if given["to"] else 0
        named = dict.fromkeys(body_called(county.state, name).id for name in given["supporting"])
        return {"supporting": [body for body in named if body != lead]}
    if kind == EventKind.DUPLICATE and given["of"]:
        return {"of": case_called(county.store, given["of"])}
    return {}


def _stars_of(text: str | None) -> tuple[int, int, int] | None:
    if text is None:
        return None
    parts = text.replace("，", ",").split(",")
    stars = [int(part) for part in parts if part.strip().isdecimal()]
    if len(stars) != len(parts) or len(stars) not in (1, 3):
        raise Refused(msg("--stars {text}: write three numbers from 1 to 5, as 5,4,5.", text=text))
    attitude, speed, result = stars * 3 if len(stars) == 1 else stars
    return attitude, speed, result


def _recorded(county: "County", case: int) -> tuple[dict[str, Any], list[str]]:
    from gis_app.cli_case_report import standing_lines, standing_of

    report = standing_of(county, case)
    return report, standing_lines(report)


# ------------------------------------------------------------------ correct, show, steps


def _add_correct(group: click.Group) -> None:
    @group.command(help=tr("Say what is right where something was recorded wrongly; what stood there before is kept."))
    @click.argument("id")
    @click.option("--kind", type=click.Choice(KINDS), help=tr("Kind of the whistle."))
    @click.option("--category", default="", help=tr("Category of the whistle: code or name."))
    @click.option("--urgency", type=click.Choice(URGENCIES), help=tr("How soon it has to be dealt with."))
    @click.option("--text", help=tr("What it is about."))
    @click.option("--contact", help=tr("Name of who called, where it was no worker."))
    @click.option("--phone", help=tr("Phone of who called."))
    @click.option("--result", help=tr("The result."))
    @_place_options
    @click.option("--note", default="", help=tr("What was wrong."))
    @_when_option
    @_actor_option
    @lang_option
    @json_option
    @click.pass_obj
    def correct(county: str, /, id: str, as_json: bool, lang: str | None, **given: Any) -> int:
        return working_on(county, lambda opened: _correct(opened, id, given, as_json), as_json)


def _correct(county: "County", called: str, given: dict[str, Any], hidden: bool) -> tuple[dict[str, Any], list[str]]:
    from gis_app.cases.case import CaseKind, Urgency
    from gis_app.cli_case_report import body_name
    from gis_app.county.calling import case_called
    from gis_app.county.case_edits import correct_case
    from gis_app.county.responsible import category_of

    case = case_called(county.store, called)
    values: dict[str, Any] = {name: given[name] for name in ("text", "contact", "phone", "result") if given[name] is not None}
    values |= {"address": given["address"]} if given["address"] else {}
    values |= {"kind": int(CaseKind[given["kind"].upper()])} if given["kind"] else {}
    values |= {"category": category_of(county.state, given["category"])} if given["category"] else {}
    values |= {"urgency": int(Urgency[given["urgency"].upper()])} if given["urgency"] else {}
    moved = any(given[name] for name in ("at_place", "household", "unit"))
    place = _place(county, given["at_place"], given["accuracy"], given["household"], given["unit"], "") if moved else None
    at = instant(given["at"], "--at")
    edit = correct_case(county.store, case, note=given["note"], actor=given["actor"], time=at, place=place, **values)
    lay = _cell_of(county, case)
    made: Any = perform(county, edit, hidden).report
    report, lines = _recorded(county, case)
    report |= {"by_rules": body_name(county.state, made.route.body) or None, "another_body": made.another_body}
    if (cell := _cell_of(county, case)) != lay:
        lines.append(tr("Cell: {before} → {after}", before=lay, after=cell))
    if made.another_body:
        lines.append(tr("By the rules it belongs to {body} now; hand it over.", body=report["by_rules"]))
    return report, lines


def _cell_of(county: "County", case: int) -> str:
    """Return the code of the cell of a case, or a word for none."""
    cases = county.state.cases
    cell = int(cases.cell[cases.id == case][0])
    return county.state.units[cell].code if cell in county.state.units else tr("none")


def _add_show(group: click.Group) -> None:
    @group.command(help=tr("Show a case: where it stands, its clocks, the bodies it was at, reminders and events."))
    @click.argument("id")
    @click.option("--at", metavar="TIME", help=tr("As it stood at this time; now by default."))
    @click.option("--private", is_flag=True, help=tr("Also names, phones, and who reported a wrongdoing."))
    @lang_option
    @json_option
    @click.pass_obj
    def show(county: str, id: str, at: str | None, private: bool, as_json: bool, lang: str | None) -> int:
        from gis_app.cli_case_report import described, described_lines
        from gis_app.county.calling import case_called
        from gis_app.county.case_edits import events_of

        def work(opened: "County") -> tuple[dict[str, Any], list[str]]:
            now = instant(at, "--at") or opened.state.settings.now()
            case = case_called(opened.store, id)
            blown = events_of(opened.store.events(case))[0].time
            if now < blown:
                raise Refused(msg("The whistle {number} was blown at {time} only.", number=id, time=format_time(blown)))
            report = described(opened, case, now, private=private)
            return report, described_lines(report)

        return working_on(county, work, as_json)


def _add_steps(group: click.Group) -> None:
    @group.command(help=tr("List the steps that are possible now."))
    @click.argument("id")
    @lang_option
    @json_option
    @click.pass_obj
    def steps(county: str, id: str, as_json: bool, lang: str | None) -> int:
        from gis_app.county.calling import case_called

        def work(opened: "County") -> tuple[dict[str, Any], list[str]]:
            report, _ = _recorded(opened, case_called(opened.store, id))
            return report, [str(Listing(tuple(report["possible"])))]

        return working_on(county, work, as_json)


# ------------------------------------------------------------------ attachments


def _add_attachments(group: click.Group) -> None:
    @group.command(help=tr("Add a photo or document to a case; says where a photo was taken."))
    @click.argument("id")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False))
    @click.option("--note", default="", help=tr("What it shows."))
    @_when_option
    @_actor_option
    @lang_option
    @json_option
    @click.pass_obj
    def attach(county: str, /, id: str, file: str, as_json: bool, lang: str | None, **given: Any) -> int:
        return working_on(county, lambda opened: _attach(opened, id, Path(file), given, as_json), as_json)

    @group.command(help=tr("Write an attachment (by its id) to a file; photos without anything that tells who took them, and where."))
    @click.argument("id", type=int)
    @click.argument("out")
    @lang_option
    @json_option
    @click.pass_obj
    def attachment(county: str, id: int, out: str, as_json: bool, lang: str | None) -> int:
        return working_on(county, lambda opened: _take_out(opened, id, target(out)), as_json)


def _attach(county: "County", called: str, file: Path, given: dict[str, Any], hidden: bool) -> tuple[dict[str, Any], list[str]]:
    from gis_app.county import attachments
    from gis_app.county.calling import case_called
    from gis_app.files.photos import check_picture, media_type_of, position

    case, content = case_called(county.store, called), file.read_bytes()
    check_picture(content, file.name)
    at = instant(given["at"], "--at")
    edit = attachments.attach(
        county.store, case, file.name, media_type_of(file.name, content), content, given["note"], actor=given["actor"], time=at
    )
    changes = perform(county, edit, hidden)
    number, place = int(changes.ids["attachments"][0]), position(content)
    report = {"attachment": number, "name": file.name, "size": len(content), "position": place and [round(value, 7) for value in place]}
    lines = [tr("Attached: {name} (id {id})", name=file.name, id=number)]
    if place:
        where = f"{place[0]:.6f},{place[1]:.6f}"
        lines.append(tr("The photo was taken at {place}; `correct … --at-place {place}` makes that the place of the case.", place=where))
    return report, lines


def _take_out(county: "County", id: int, path: Path) -> tuple[dict[str, Any], list[str]]:
    from gis_app.county.attachments import attachment, content_of
    from gis_app.files.photos import stripped

    known, content = attachment(county.store, id), content_of(county.store, id)
    if known is None or content is None:
        raise Refused(msg("There is no attachment {id}.", id=id))
    clean = stripped(content, known.media_type, known.name)
    try:
        path.write_bytes(clean)
    except OSError as error:
        raise Refused(msg("{path} cannot be written: permission is denied, or the disk is full.", path=path)) from error
    return {"written": str(path), "size": len(clean), "name": known.name}, [tr("Written: {path}", path=path)]
