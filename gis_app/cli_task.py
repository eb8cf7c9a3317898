"""`gis-app task COUNTY …`: give tasks to the workers of cells, record what they report, and count."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from gis_app.cli_case import instant, working_on
from gis_app.cli_shared import json_option, lang_option, perform
from gis_app.language import format_time, tr

if TYPE_CHECKING:
    from gis_app.county.county import County
    from gis_app.county.task_edits import Task


def add_task(root: click.Group) -> None:
    """Add the group `task` to the commands."""

    @root.group("task", help=tr("Give tasks to the workers of cells, record what they report, and count."))
    @click.argument("county")
    @click.pass_context
    def task(context: click.Context, county: str) -> None:
        context.obj = county

    for add in (_add_give, _add_report, _add_close, _add_list):
        add(task)


def _add_give(group: click.Group) -> None:
    @group.command(help=tr("Give a task to cells, or to all cells of villages and townships."))
    @click.argument("title")
    @click.option("--by", required=True, metavar="BODY", help=tr("The body that gives it: centre, township, village or community."))
    @click.option("--unit", "units", multiple=True, required=True, help=tr("Cell, village or township: code, name or id. May be repeated."))
    @click.option("--text", default="", help=tr("What is to be done."))
    @click.option("--due", metavar="TIME", help=tr("Until when; a day alone means its end."))
    @click.option("--actor", default="", metavar="NAME", help=tr("Who did it."))
    @lang_option
    @json_option
    @click.pass_obj
    def give(county: str, /, title: str, as_json: bool, lang: str | None, **given: Any) -> int:
        from gis_app.county.calling import body_called, unit_called
        from gis_app.county.task_edits import give_task

        def work(opened: "County") -> tuple[dict[str, Any], Sequence[str]]:
            body = body_called(opened.state, given["by"]).id
            units = [unit_called(opened.state, unit).id for unit in given["units"]]
            due = instant(given["due"], "--due", end_of_day=True)
            edit = give_task(opened.store, body, title, text=given["text"], units=units, due=due, actor=given["actor"])
            perform(opened, edit, as_json)
            task = _tasks(opened)[-1]
            return _described(opened, task), [_line(opened, task)]

        return working_on(county, work, as_json)


def _add_report(group: click.Group) -> None:
    @group.command(help=tr("Record what the worker of a cell reports on a task."))
    @click.argument("task", type=int)
    @click.argument("cell")
    @click.option("--note", default="", help=tr("What there is to report."))
    @click.option("--done", is_flag=True, help=tr("The task is done in this cell."))
    @lang_option
    @json_option
    @click.pass_obj
    def report(county: str, task: int, cell: str, note: str, done: bool, as_json: bool, lang: str | None) -> int:
        from gis_app.county.calling import unit_called
        from gis_app.county.task_edits import report_task

        def work(opened: "County") -> tuple[dict[str, Any], Sequence[str]]:
            perform(opened, report_task(opened.store, task, unit_called(opened.state, cell).id, note=note, done=done), as_json)
            return _one(opened, task)

        return working_on(county, work, as_json)


def _add_close(group: click.Group) -> None:
    @group.command(help=tr("Close a task."))
    @click.argument("task", type=int)
    @lang_option
    @json_option
    @click.pass_obj
    def close(county: str, task: int, as_json: bool, lang: str | None) -> int:
        from gis_app.county.task_edits import close_task

        def work(opened: "County") -> tuple[dict[str, Any], Sequence[str]]:
            perform(opened, close_task(opened.store, task), as_json)
            return _one(opened, task)

        return working_on(county, work, as_json)


def _add_list(group: click.Group) -> None:
    @group.command("list", help=tr("List the tasks with their counts: given, reported, done, overdue."))
    @click.option("--by", default="", metavar="BODY", help=tr("Only those that this body gave."))
    @click.option("--cells", is_flag=True, help=tr("Also what became of each in every cell."))
    @lang_option
    @json_option
    @click.pass_obj
    def list_(county: str, by: str, cells: bool, as_json: bool, lang: str | None) -> int:
        from gis_app.county.calling import body_called

        def work(opened: "County") -> tuple[dict[str, Any], Sequence[str]]:
            tasks = _tasks(opened, body_called(opened.state, by).id if by else 0)
            report = [{**_described(opened, task), **({"cells": _cells(opened, task.id)} if cells else {})} for task in tasks]
            return {"tasks": report}, [_line(opened, task) for task in tasks]

        return working_on(county, work, as_json)


def _tasks(county: "County", body: int = 0) -> "tuple[Task, ...]":
    from gis_app.county.task_edits import tasks_of

    return tasks_of(county.store, county.state.settings.now(), body)


def _one(county: "County", task: int) -> tuple[dict[str, Any], list[str]]:
    found = next(one for one in _tasks(county) if one.id == task)
    return _described(county, found), [_line(county, found)]


def _described(county: "County", task: "Task") -> dict[str, Any]:
    from gis_app.cli_case_report import body_name, written

    return {
        "task": task.id,
        "title": task.title,
        "text": task.text or None,
        "by": body_name(county.state, task.body) or None,
        "created": written(task.created),
        "due": written(task.due),
        "closed": written(task.closed),
        **{name: getattr(task, name) for name in ("given", "reported", "done", "overdue")},
    }


def _cells(county: "County", task: int) -> list[dict[str, Any]]:
    from gis_app.cli_case_report import written
    from gis_app.county.task_edits import task_cells_of

    units, workers = county.state.units, county.state.workers
    return [
        {
            "cell": units[one.cell].code if one.cell in units else None,
            "worker": workers[one.worker].code if one.worker in workers else None,
            "reported": written(one.reported),
            "done": one.done,
            "note": one.note or None,
        }
        for one in task_cells_of(county.store, task)
    ]


def _line(county: "County", task: "Task") -> str:
    from gis_app.cli_case_report import body_name

    counts = {name: getattr(task, name) for name in ("given", "reported", "done", "overdue")}
    line = tr(
        "{id} {title} ({body}): given to {given} cells, reported {reported}, done {done}, overdue {overdue}",
        id=task.id,
        title=task.title,
        body=body_name(county.state, task.body),
        **counts,
    )
    return "  ".join((line, tr("due {time}", time=format_time(task.due)))) if task.due else line
