"""`gis-app bulletin COUNTY MONTH OUT`: the monthly bulletin as a document or a workbook."""

from pathlib import Path

import click

from gis_app.cli_shared import DONE, Refused, json_option, lang_option, opened_county, run, say, target
from gis_app.language import msg, tr


def add_bulletin(root: click.Group) -> None:
    """Add the command `bulletin` to the commands."""

    @root.command(help=tr("Write the monthly bulletin of all receiving bodies as .docx or .xlsx."))
    @click.argument("county")
    @click.argument("month", metavar="YYYY-MM")
    @click.argument("out")
    @click.option("--template", metavar="FILE", help=tr("A .docx with fields, changed from the one that --save-template writes."))
    @click.option("--save-template", is_flag=True, help=tr("Write the program's template to OUT instead, to be changed in Word."))
    @lang_option
    @json_option
    def bulletin(county: str, month: str, out: str, template: str | None, save_template: bool, lang: str | None, as_json: bool) -> int:
        from gis_app.output.bulletin import check_target, month_called, write_bulletin

        path, chosen = target(out), Path(template) if template else None
        check_target(path, chosen)
        if save_template:
            _save_template(path)
            say({"template": str(path)}, as_json, [tr("Made: {path}", path=path)])
            return DONE
        wanted = month_called(month)
        with opened_county(county) as opened:
            made = run(write_bulletin(opened, path, wanted, chosen), as_json)
        figures = made.whole.figures
        report = {
            "path": str(path),
            "month": str(made.month),
            "received": figures.received,
            "reasonable": figures.reasonable,
            "completed": figures.completed,
            "completion_rate": figures.completion_rate,
            "bodies": len(made.bodies),
            "ranked": len(made.ranking),
        }
        say(report, as_json, [tr("Written: {path}", path=path)])
        return DONE


def _save_template(path: Path) -> None:
    from gis_app.output.bulletin_docx import own_template

    if path.suffix.lower() != ".docx":
        raise Refused(msg("A template is a .docx; give OUT this ending."))
    path.write_bytes(own_template().read_bytes())
