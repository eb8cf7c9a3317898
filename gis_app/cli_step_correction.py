"""`gis-app case COUNTY correct-step …`: say when an earlier step was really done, or what is right about its note."""

from typing import TYPE_CHECKING, Any

import click

from gis_app.cli_shared import json_option, lang_option, perform
from gis_app.language import format_time, tr

if TYPE_CHECKING:
    from gis_app.county.county import County


def add_step_correction(root: click.Group) -> None:
    """Add the command `correct-step` to the group `case`."""
    from gis_app.cli_case import instant, working_on

    group = root.commands["case"]
    assert isinstance(group, click.Group)

    @group.command("correct-step", help=tr("Correct the time or the note of an earlier step; what stood there before is kept."))
    @click.argument("id")
    @click.argument("step", type=click.IntRange(1))
    @click.option("--time", "when", metavar="TIME", help=tr("When it was really done: 2020-05-01 12:34 (Asia/Shanghai) or ISO 8601."))
    @click.option("--step-note", help=tr("What is right as its note."))
    @click.option("--note", default="", help=tr("What was wrong."))
    @click.option("--actor", default="", metavar="NAME", help=tr("Who did it."))
    @lang_option
    @json_option
    @click.pass_obj
    def correct_step(
        county: str,
        /,
        id: str,
        step: int,
        when: str | None,
        step_note: str | None,
        note: str,
        actor: str,
        as_json: bool,
        lang: str | None,
    ) -> int:
        values = {"time": instant(when, "--time"), "note": step_note, "reason": note, "actor": actor}
        return working_on(county, lambda opened: _corrected(opened, id, step, values, as_json), as_json)


def _corrected(county: "County", called: str, step: int, values: dict[str, Any], hidden: bool) -> tuple[dict[str, Any], list[str]]:
    from gis_app.cases.display import event_text
    from gis_app.county import step_correction
    from gis_app.county.calling import case_called

    case = case_called(county.store, called)
    done: Any = perform(county, step_correction.correct_step(county.store, case, step, **values), hidden).report
    report = {"case": case, "step": done.step.kind.value, "time": done.step.time.isoformat(), **dict(done.event.data)}
    said = tr("{id}: corrected, {step} at {time}", id=case, step=event_text(done.step.kind), time=format_time(done.step.time))
    return report, [said]
