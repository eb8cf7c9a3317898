"""The command line: the same work as in the window, with the same code.

Exit codes: 0 done, 1 problems found, 2 bad input (one sentence on standard error). Nothing of Qt, pandas or the database is loaded before
a command needs it.
"""

import gettext
import io
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gis_app import __version__, language
from gis_app.cli_shared import BAD_INPUT, DONE, PROBLEMS, instant
from gis_app.cli_shared import Refused as _Refused
from gis_app.cli_shared import json_option as _json_option
from gis_app.cli_shared import lang_option as _lang_option
from gis_app.cli_shared import listed as _listed
from gis_app.cli_shared import opened_county as _opened
from gis_app.cli_shared import perform as _perform
from gis_app.cli_shared import run as _run
from gis_app.cli_shared import say as _say
from gis_app.cli_shared import target as _target
from gis_app.cli_stats import BY, stats_lines, stats_report
from gis_app.errors import UserError
from gis_app.language import msg, tr
from gis_app.progress import Steps

if TYPE_CHECKING:
    from gis_app.county.changes import Edit
    from gis_app.county.county import County

FIELDS = {
    "households": ("x", "y", "code", "head", "address", "building", "phone", "members", "resident", "flags", "notes"),
    "workers": (
        "x", "y", "code", "name", "phone", "village", "cell", "skills", "capacity", "since", "until", "substitute", "absent_from",
        "absent_until", "notes",
    ),
    "departments": ("code", "name", "category", "receiver", "receiver_phone", "leader", "leader_phone"),
    "cases": (
        "x", "y", "id", "kind", "category", "body", "text", "address", "blown", "picked_up", "done", "result", "whistler",
        "unit", "household", "urgency", "contact", "phone", "state", "updated",
    ),
}  # fmt: skip
"""What `--map` knows, as `files.mapping.FIELDS` says it: help must not load that room."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    language.use(_language_of(given))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a character shows a question mark
    # click's own words come through gettext's default domain, "messages"; its catalogue is the one in LC_MESSAGES.
    os.environ["LANGUAGE"] = language.current()
    gettext.bindtextdomain("messages", str(language.RESOURCES / "locale"))
    try:
        code = commands().main(given, prog_name="gis-app", standalone_mode=False)
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except click.Abort:
        click.echo(tr("Cancelled."), err=True)
        code = PROBLEMS
    except click.ClickException as error:
        error.show()
        code = BAD_INPUT
    except UserError as error:
        click.echo(str(error), err=True)
        code = BAD_INPUT
    except BrokenPipeError:  # the reader (`| head`) has seen enough; what Python still holds must not fail once more at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = PROBLEMS
    sys.exit(code or DONE)


def _language_of(arguments: Sequence[str]) -> str:
    """Return the language asked for: --lang, then GIS_APP_LANG, then the locale of the system."""
    for flag, value in pairwise(arguments):
        if flag == "--lang" and value in language.LANGUAGES:
            return value
    wanted = next((os.environ[key] for key in ("GIS_APP_LANG", "LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(key)), "")
    return "zh_CN" if wanted.startswith("zh") else "en"


def commands() -> click.Group:
    """Build the tree of commands with its help in the language in use."""

    @click.group(
        invoke_without_command=True, help=tr("The county grid map: boundaries, households, grid workers and whistles of one county.")
    )
    @click.version_option(__version__, prog_name="gis-app")
    @_lang_option
    @click.pass_context
    def root(context: click.Context, lang: str | None) -> int | None:
        if context.invoked_subcommand is None:
            _need_display()
            from gis_app.gui.start import start

            return start(None, lang)
        return None

    from gis_app.cli_bulletin import add_bulletin
    from gis_app.cli_case import add_case
    from gis_app.cli_feed import add_feed
    from gis_app.cli_former import add_former
    from gis_app.cli_households import add_households
    from gis_app.cli_outbox import add_outbox
    from gis_app.cli_partition import add_partition
    from gis_app.cli_plan import add_plan
    from gis_app.cli_route import add_route
    from gis_app.cli_step_correction import add_step_correction
    from gis_app.cli_task import add_task

    for add in (
        _add_window,
        _add_county,
        _add_import,
        add_plan,
        add_households,
        add_partition,
        add_former,
        add_case,
        add_step_correction,
        add_task,
        add_outbox,
        _add_work,
        add_route,
        _add_figures,
        add_bulletin,
        _add_export,
        add_feed,
    ):
        add(root)
    return root


# ------------------------------------------------------------------ the window


def _add_window(root: click.Group) -> None:
    @root.command("open", help=tr("Open a county in the window."))
    @click.argument("county")
    @_lang_option
    @click.pass_context
    def open_(context: click.Context, county: str, lang: str | None) -> int:
        if not Path(county).is_file():
            raise _Refused(msg("{path}: there is no such county file. Check the path, or make one with `gis-app new`.", path=county))
        _need_display()
        from gis_app.gui.start import start

        return start(Path(county), lang or context.find_root().params["lang"])

    @root.command("first-look", help=tr("Open the window on the demo county; without a display, do the main job headless."))
    @click.option("--out", default="out", show_default=True, help=tr("Folder of the files that are written without a display."))
    @_lang_option
    def first_look(out: str, lang: str | None) -> int:
        if has_display():
            from gis_app.gui.start import start_demo

            return start_demo(lang)
        click.echo(tr("There is no display, so the main job is done without a window."))
        _headless(Path(out))
        return DONE

    @root.command(help=tr("Write a picture of the window on a county."))
    @click.argument("county")
    @click.argument("target", metavar="OUT.png")
    @click.option("--workspace", type=click.Choice(["plan", "cases"]), default="plan", show_default=True, help=tr("Workspace to show."))
    @click.option("--size", default="1600x900", show_default=True, help=tr("Size in pixels, WIDTHxHEIGHT."))
    @click.option("--theme", type=click.Choice(["light", "dark"]), default="light", show_default=True, help=tr("Colours."))
    @_lang_option
    @_json_option
    def screenshot(county: str, target: str, workspace: str, size: str, theme: str, lang: str | None, as_json: bool) -> int:
        width, height = _size(size)
        if Path(target).suffix.lower() != ".png":
            raise _Refused(msg("{path}: a picture of the window is written as .png; choose this ending.", path=target))
        _take_screenshot(Path(county), _target(target), workspace, (width, height), theme)
        _say({"written": target}, as_json, [tr("Written: {path}", path=target)])
        return DONE


def _size(text: str) -> tuple[int, int]:
    parts = text.lower().split("x")
    if len(parts) != 2 or not all(part.isdigit() and 200 <= int(part) <= 16000 for part in parts):
        raise _Refused(msg("--size {size}: write it as WIDTHxHEIGHT in pixels, for example 1920x1080.", size=text))
    return int(parts[0]), int(parts[1])


def _take_screenshot(county: Path, target: Path, workspace: str, size: tuple[int, int], theme: str) -> None:
    with _opened(str(county)):  # the same clear sentence as everywhere if this is no county
        pass
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from gis_app.gui.start import screenshot

    target.unlink(missing_ok=True)
    screenshot(county, target, workspace=workspace, size=size, lang=language.current(), theme=theme)
    if not target.exists():
        raise _Refused(msg("{path} cannot be written: permission is denied, or the disk is full.", path=target))


def _need_display() -> None:
    """Refuse where Qt would end the process: the quick look of `has_display`, without a process of its own."""
    known = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in known):
        raise _Refused(msg("There is no display for the window; `gis-app --help` lists what works without one."))


def has_display() -> bool:
    """Tell whether a window can be opened here (asked in a process of its own: Qt ends the process where it cannot)."""
    if os.environ.get("QT_QPA_PLATFORM", "") in ("offscreen", "minimal"):
        return False
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    probe = "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"
    return subprocess.run([sys.executable, "-c", probe], capture_output=True, check=False).returncode == 0


def _headless(folder: Path) -> None:
    """Do the main job without a window: demo county, assign, route, a map as PDF and web page, a picture of the window."""
    from gis_app import bootstrap
    from gis_app.county import edits

    path = bootstrap.demo_path()
    if not path.exists():
        click.echo(tr("Building the demo county: {path}", path=path))
        _run(bootstrap.building_demo(path), False)
    folder.mkdir(parents=True, exist_ok=True)
    with _opened(str(path)) as county:
        _perform(county, edits.assign_households(), False)
        _perform(county, edits.assign_workers(), False)
        _perform(county, edits.route_cases(), False)
        click.echo(_county_line(county))
        written = [folder / "county.pdf", folder / "county.html"]
        for target in written:
            _run(_map_steps(county, target, None, "", "A3"), False)
            click.echo(tr("Written: {path}", path=target.resolve()))
    for workspace in ("plan", "cases"):
        target = folder / f"window-{workspace}.png"
        _take_screenshot(path, target, workspace, (1600, 900), "light")
        click.echo(tr("Written: {path}", path=target.resolve()))


def _county_line(county: "County") -> str:
    from gis_app.grid.units import Level

    state = county.state
    number = language.format_number
    return tr(
        "{name}: {townships} townships, {villages} villages, {cells} cells, {households} households, {workers} workers, {cases} whistles",
        name=state.settings.name,
        townships=number(len(state.units.at_level(Level.TOWNSHIP))),
        villages=number(len(state.units.at_level(Level.VILLAGE))),
        cells=number(len(state.units.at_level(Level.CELL))),
        households=number(len(state.households)),
        workers=number(len(state.workers)),
        cases=number(len(state.cases)),
    )


# ------------------------------------------------------------------ counties


def _add_county(root: click.Group) -> None:
    @root.command(help=tr("Make a new, empty county file."))
    @click.argument("county")
    @click.option("--crs", default="EPSG:4550", show_default=True, help=tr("Projected coordinate system of the county."))
    @click.option("--name", default="", help=tr("Name of the county."))
    @click.option("--code", default="", help=tr("Code of the county, 6 digits."))
    @click.option(
        "--code-scheme",
        type=click.Choice(["gbt", "free"]),
        default="gbt",
        show_default=True,
        help=tr("Codes of 9, 12 and 15 digits, or any text."),
    )
    @_lang_option
    @_json_option
    def new(county: str, crs: str, name: str, code: str, code_scheme: str, lang: str | None, as_json: bool) -> int:
        from gis_app import bootstrap
        from gis_app.county.state import Settings

        settings = Settings(name=name, code=code, crs=crs, code_scheme=code_scheme)
        bootstrap.create_county(Path(county), settings).close()
        _say({"county": county, "crs": crs, "name": name, "code": code}, as_json, [tr("Made: {path}", path=county)])
        return DONE

    @root.command(help=tr("Make the synthetic demo county."))
    @click.argument("county")
    @click.option(
        "--size", type=click.Choice(["small", "county", "large"]), default="county", show_default=True, help=tr("How much of it.")
    )
    @click.option("--seed", default=1, show_default=True, help=tr("Another seed gives another county."))
    @click.option("--references", help=tr("Also write rivers, roads and buildings to this file (.gpkg), as layers to trace from."))
    @_lang_option
    @_json_option
    def demo(county: str, size: str, seed: int, references: str | None, lang: str | None, as_json: bool) -> int:
        from gis_app import bootstrap

        _run(bootstrap.building_demo(Path(county), size, seed), as_json)
        with _opened(county) as made:
            state = made.state
            layers = _run(bootstrap.building_references(made, Path(references), seed), as_json) if references else {}
            report = {
                "county": county,
                "units": len(state.units),
                "households": len(state.households),
                "workers": len(state.workers),
                "bodies": len(state.bodies),
                "cases": len(state.cases),
                **({"references": references, "features": layers} if references else {}),
            }
            _say(report, as_json, [_county_line(made)])
        return DONE


# ------------------------------------------------------------------ import


def _add_import(root: click.Group) -> None:
    @root.group("import", help=tr("Bring in other people's files."))
    def import_() -> None:
        pass

    @import_.command(help=tr("Import boundaries of one level, or of several from columns."))
    @click.argument("county")
    @click.argument("file")
    @click.option("--level", type=click.Choice(["township", "village", "cell"]), required=True, help=tr("Level of the shapes in the file."))
    @click.option("--layer", help=tr("Layer of a file that has several."))
    @click.option("--code", help=tr("Column of the code."))
    @click.option("--name", help=tr("Column of the name."))
    @click.option("--parent", help=tr("Column of the code of the unit above."))
    @click.option("--kind", help=tr("Column of the kind."))
    @click.option("--village-code", help=tr("Column of the village's code."))
    @click.option("--village-name", help=tr("Column of the village's name."))
    @click.option("--township-code", help=tr("Column of the township's code."))
    @click.option("--township-name", help=tr("Column of the township's name."))
    @click.option("--crs", help=tr("Coordinate system of the file, where it does not say so itself or says it wrongly."))
    @click.option("--encoding", help=tr("Encoding of its texts, where it is not recognised."))
    @click.option("--repair", is_flag=True, help=tr("Mend gaps, overlaps and invalid rings, and report every area that changed hands."))
    @_lang_option
    @_json_option
    def boundaries(county: str, file: str, as_json: bool, lang: str | None, **options: Any) -> int:
        from gis_app.files.boundaries import BoundaryOptions, boundary_edit

        return _import(county, lambda opened: boundary_edit(Path(file), BoundaryOptions(**options)), as_json)

    for target, text in (
        ("households", tr("Import households.")),
        ("workers", tr("Import grid workers.")),
        ("departments", tr("Import departments and other receiving bodies.")),
        ("cases", tr("Import whistles.")),
    ):
        _add_point_import(import_, target, text)
    from gis_app.cli_former import add_import_former

    add_import_former(import_)


def _add_point_import(group: click.Group, target: str, text: str) -> None:
    @group.command(target, help=text)
    @click.argument("county")
    @click.argument("file")
    @click.option("--layer", help=tr("Layer or sheet of a file that has several."))
    @click.option("--x", help=tr("Column of the longitude or easting."))
    @click.option("--y", help=tr("Column of the latitude or northing."))
    @click.option("--datum", help=tr("Datum of the coordinates: wgs84, cgcs2000, gcj02, bd09 or EPSG:n."))
    @click.option("--encoding", help=tr("Encoding of its texts, where it is not recognised."))
    @click.option(
        "--map",
        "pairs",
        multiple=True,
        metavar="FIELD=COL",
        help=tr("Which column holds a field; may be repeated. Fields: {fields}.", fields=", ".join(FIELDS[target])),
    )
    @click.option(
        "--timezone", default="", help=tr("Where the times in the file were taken (Asia/Shanghai, where the file is no known export).")
    )
    @click.option("--create-bodies", is_flag=True, help=tr("Make departments that the file names and the county does not know."))
    @click.option("--dry-run", is_flag=True, help=tr("Write nothing; tell what would be imported, and what rejected and why."))
    @_case_options(target)
    @_lang_option
    @_json_option
    def points(county: str, file: str, pairs: tuple[str, ...], as_json: bool, lang: str | None, **options: Any) -> int:
        from gis_app.files.points import PointOptions, point_edit

        chosen = PointOptions(mapping=_pairs(pairs), **{name: value for name, value in options.items() if value is not None})
        return _import(county, lambda opened: point_edit(Path(file), target, chosen, opened.store), as_json)


def _case_options(target: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add what only an import of whistles asks for."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        if target != "cases":
            return command
        for option in (
            click.option(
                "--format", type=click.Choice(["table", "open311"]), help=tr("What the file is, where its content does not show it.")
            ),
            click.option("--create-categories", is_flag=True, default=None, help=tr("Make the categories of an Open311 file, too.")),
            click.option("--source", help=tr("The system that the whistles come from; they are known again by it and their number.")),
        ):
            command = option(command)
        return command

    return add


def _pairs(pairs: Sequence[str]) -> dict[str, str]:
    mapping = {}
    for pair in pairs:
        field, equals, column = pair.partition("=")
        if not (field and equals and column):
            raise _Refused(msg("--map {pair}: write it as FIELD=COLUMN, for example --map head=户主.", pair=pair))
        mapping[field.strip()] = column.strip()
    return mapping


def _import(path: str, edit_for: Callable[["County"], "Edit"], as_json: bool) -> int:
    with _opened(path) as county:
        report: Any = _perform(county, edit_for(county), as_json).report
    found: dict[str, Any] = report.as_json()
    rejected = found["rejected"]
    repaired = [str(item) for item in report.repaired]
    numbers = {"read": report.read, "imported": report.imported, "rejected": len(rejected), "repaired": len(repaired)}
    lines = [
        tr(
            "Nothing was written. The import would give: {read} read, {imported} imported, {rejected} rejected, {repaired} repaired",
            **numbers,
        )
        if report.dry_run
        else tr("{read} read, {imported} imported, {rejected} rejected, {repaired} repaired", **numbers)
    ]
    lines += [tr("{body}: {count} whistles", body=body or tr("nobody"), count=count) for body, count in report.routed[:10]]
    lines += _listed([tr("row {row}: {problem}", row=item["row"], problem=item["problem"]) for item in rejected], 20)
    lines += _listed(repaired, 20)
    _say({**found, "repaired": repaired}, as_json, lines + found["notes"])
    return PROBLEMS if rejected else DONE


# ------------------------------------------------------------------ check, assign


def _add_work(root: click.Group) -> None:
    @root.command(help=tr("Check the grid: gaps, overlaps, codes, the tree of units …"))
    @click.argument("county")
    @_lang_option
    @_json_option
    def check(county: str, as_json: bool, lang: str | None) -> int:
        from gis_app.county.edits import check_county
        from gis_app.grid.checks import code_names

        with _opened(county) as opened:
            issues = _run(check_county(opened.state), as_json)
            names = code_names(opened.state.units)
        listed = [
            {
                "kind": str(issue.kind),
                "units": [names.get(unit, str(unit)) for unit in issue.units],
                "at": issue.at,
                "repairable": issue.repairable,
                "message": str(issue.message),
            }
            for issue in issues
        ]
        lines = [tr("Problems: {count}", count=len(issues))] if issues else [tr("No problems.")]
        lines += _listed([str(issue.message) for issue in issues], 50)
        _say({"valid": not issues, "issues": listed}, as_json, lines)
        return PROBLEMS if issues else DONE

    @root.command(help=tr("Give households or workers to cells."))
    @click.argument("county")
    @click.argument("what", type=click.Choice(["households", "workers"]))
    @click.option("--optimal", is_flag=True, help=tr("Match workers with cells at the least travel, within their branches and capacities."))
    @click.option("--unit", "units", multiple=True, metavar="CODE", help=tr("A village or township; may be repeated."))
    @click.option("--keep", default=200.0, metavar="METRES", help=tr("A worker stays where another has not so much less to go."))
    @click.option("--dry-run", is_flag=True, help=tr("Say what would change, and change nothing."))
    @_lang_option
    @_json_option
    def assign(county: str, what: str, as_json: bool, lang: str | None, optimal: bool, **options: Any) -> int:
        from gis_app.cli_assign import assign_optimal
        from gis_app.county import edits

        if optimal and what != "workers":
            raise _Refused(msg("Only workers are matched with cells (--optimal); households lie where they lie."))
        if not optimal and (options["units"] or options["dry_run"]):
            raise _Refused(msg("--unit and --dry-run belong to --optimal."))
        with _opened(county) as opened:
            if optimal:
                return assign_optimal(opened, as_json, **options)
            _perform(opened, edits.assign_households() if what == "households" else edits.assign_workers(), as_json)
            report = _assigned(opened, what)
        line = tr("{total} in all, {assigned} assigned, {unassigned} not assigned, {pinned} pinned by hand", **report)
        _say(report, as_json, [line])
        return DONE


def _assigned(county: "County", what: str) -> dict[str, int]:
    if what == "households":
        households = county.state.households
        assigned, total, pinned = int((households.cell > 0).sum()), len(households), int(households.pinned.sum())
    else:
        workers = county.state.workers.values()
        assigned, total, pinned = sum(worker.cell > 0 for worker in workers), len(workers), 0
    return {"total": total, "assigned": assigned, "unassigned": total - assigned, "pinned": pinned}


# ------------------------------------------------------------------ figures


def _add_figures(root: click.Group) -> None:
    @root.command(help=tr("Count whistles: received, reasonable, completed, rates, clocks, ratings, hand-overs; by body, unit, category …"))
    @click.argument("county")
    @click.option("--from", "start", help=tr("First day, 2020-04-01, or instant, 2020-04-01T12:00 (Asia/Shanghai)."))
    @click.option("--to", "end", help=tr("Last day (included), or instant (excluded)."))
    @click.option("--by", type=click.Choice(BY), help=tr("Also the figures of every body, unit, category …"))
    @click.option(
        "--repeat-days",
        type=click.IntRange(1, 3660),
        default=30,
        show_default=True,
        help=tr("Within so many days, whistles of one category in one cell are repeats."),
    )
    @_lang_option
    @_json_option
    def stats(county: str, start: str | None, end: str | None, by: str | None, repeat_days: int, as_json: bool, lang: str | None) -> int:
        first, last = instant(start, "--from", False), instant(end, "--to", True)
        if first and last and first >= last:
            raise _Refused(msg("--from {start} is not before --to {end}; swap them.", start=start, end=end))
        with _opened(county) as opened:
            report = stats_report(opened, first, last, by, repeat_days)
        _say(report, as_json, [] if as_json else stats_lines(report))
        return DONE

    @root.command(help=tr("Find places where whistles pile up."))
    @click.argument("county")
    @click.option("--method", type=click.Choice(["density", "gi-star"]), required=True, help=tr("Density surface, or Gi* per cell."))
    @click.option("--out", help=tr("Also write it as .gpkg, .geojson or .csv."))
    @_lang_option
    @_json_option
    def hotspots(county: str, method: str, out: str | None, as_json: bool, lang: str | None) -> int:
        from gis_app.output.hotspots import check_target, find_hotspots, write_hotspots

        target = _target(out) if out else None
        if target:
            check_target(target)
        with _opened(county) as opened:
            found = find_hotspots(opened.state, method)
            if target:
                write_hotspots(opened.state, found, target)
        _say(found.report(), as_json, found.lines())
        return DONE


# ------------------------------------------------------------------ export


def _add_export(root: click.Group) -> None:
    @root.group(help=tr("Take maps and data out."))
    def export() -> None:
        pass

    @export.command("map", help=tr("Write a map as .pdf, .png, .svg or as an offline .html page."))
    @click.argument("county")
    @click.argument("target", metavar="OUT")
    @click.option("--unit", help=tr("Code of the township, village or cell to show; else the whole county."))
    @click.option("--title", default="", help=tr("Title of the map."))
    @click.option("--page", type=click.Choice(["A4", "A3"]), default="A4", show_default=True, help=tr("Size of the page."))
    @_lang_option
    @_json_option
    def map_(county: str, target: str, unit: str | None, title: str, page: str, as_json: bool, lang: str | None) -> int:
        path = _target(target)
        with _opened(county) as opened:
            _run(_map_steps(opened, path, unit, title, page), as_json)
        _say({"written": target}, as_json, [tr("Written: {path}", path=target)])
        return DONE

    @export.command(help=tr("Write units, households, workers or whistles as .gpkg, .geojson, .shp, .csv or .xlsx."))
    @click.argument("county")
    @click.argument("target", metavar="OUT")
    @click.option("--what", type=click.Choice(["units", "households", "workers", "cases"]), required=True, help=tr("What to write."))
    @click.option("--private", is_flag=True, help=tr("Names and phones in full instead of masked."))
    @_lang_option
    @_json_option
    def data(county: str, target: str, what: str, private: bool, as_json: bool, lang: str | None) -> int:
        from gis_app.files.export import export_data

        path = _target(target)
        with _opened(county) as opened:
            rows = _run(export_data(opened, path, what, show_private=private), as_json)
        _say({"written": target, "rows": rows}, as_json, [tr("Written: {path}", path=target)])
        return DONE


def _map_steps(county: "County", target: Path, unit: str | None, title: str, page: str) -> Steps[None]:
    """Return the work that writes a map of the county, or of one unit."""
    from gis_app.output.maps import write_county_map

    return write_county_map(county, target, unit=unit, title=title, page=page)
