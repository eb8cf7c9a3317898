"""`gis-app feed COUNTY …` and `gis-app export cases …`: whistles from Open311 servers, and out to other systems."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gis_app.cli_shared import DONE, PROBLEMS, Refused, instant, json_option, lang_option, opened_county, perform, run, say, target
from gis_app.language import format_number, format_time, msg, tr

if TYPE_CHECKING:
    from gis_app.county.county import County
    from gis_app.county.feed_edits import Feed


def add_feed(root: click.Group) -> None:
    """Add the group `feed` to the commands, and `cases` to the group `export`."""

    @root.group("feed", help=tr("Fetch whistles from servers of other systems (Open311 GeoReport v2)."))
    @click.argument("county")
    @click.pass_context
    def feed(context: click.Context, county: str) -> None:
        context.obj = county

    for add in (_add_adding, _add_list, _add_fetch, _add_remove):
        add(feed)
    export = root.commands.get("export")
    if isinstance(export, click.Group):
        _add_export(export)


def feed_of(county: "County", name: str) -> "Feed":
    """Return the feed of a name, number or address; a clear sentence where there is none."""
    from gis_app.county.feed_edits import feed_called, feeds_of, no_feed

    found = feed_called(feeds_of(county.store), name)
    if found is None:
        raise Refused(no_feed(name))
    return found


def _add_adding(group: click.Group) -> None:
    @group.command(help=tr("Add a server by the address of its requests; nothing is asked of it yet."))
    @click.argument("address")
    @click.option("--name", default="", help=tr("What to call it."))
    @click.option("--from", "start", default="", metavar="YYYY-MM-DD", help=tr("First day to fetch (the last 90 days by default)."))
    @click.option("--format", type=click.Choice(["json", "xml"]), help=tr("JSON or XML; what the server has by default."))
    @click.option("--jurisdiction", help=tr("Which of several places that the server works for (jurisdiction_id)."))
    @click.option("--page-size", type=click.IntRange(1, 1000), help=tr("Requests that are asked for at a time."))
    @click.option("--timezone", help=tr("Where times without a zone were taken."))
    @click.option("--create-categories", is_flag=True, help=tr("Make categories of services that the county does not know."))
    @click.option("--create-bodies", is_flag=True, help=tr("Make departments that the file names and the county does not know."))
    @lang_option
    @json_option
    @click.pass_obj
    def add(county: str, /, address: str, name: str, as_json: bool, lang: str | None, **options: Any) -> int:
        from gis_app.county import feed_edits

        with opened_county(county) as opened:
            chosen = replace(feed_edits.FeedOptions(), **{key: value for key, value in options.items() if value is not None})
            made: Any = perform(opened, feed_edits.add_feed(opened.store, name, address, chosen), as_json).report
        say(_described(made), as_json, [tr("Added: {name}, {address}", name=made.name, address=made.address)])
        return DONE


def _described(feed: "Feed") -> dict[str, Any]:
    from dataclasses import asdict

    fetched = feed.fetched.isoformat() if feed.fetched else None
    return {
        "id": feed.id,
        "name": feed.name,
        "address": feed.address,
        "options": asdict(feed.options),
        "resume": dict(feed.resume) or None,
        "fetched": fetched,
    }


def _add_list(group: click.Group) -> None:
    @group.command("list", help=tr("List the servers, and when they were last asked."))
    @lang_option
    @json_option
    @click.pass_obj
    def list_(county: str, lang: str | None, as_json: bool) -> int:
        from gis_app.county.feed_edits import feeds_of

        with opened_county(county) as opened:
            feeds = feeds_of(opened.store)
        say({"feeds": [_described(feed) for feed in feeds]}, as_json, [_line(feed) for feed in feeds])
        return DONE


def _line(feed: "Feed") -> str:
    stopped = bool(feed.resume) and not feed.resume.get("done")
    when = tr("stopped midway") if stopped else format_time(feed.fetched) if feed.fetched else tr("never fetched")
    return "\t".join((str(feed.id), feed.name, feed.address, when))


def _add_fetch(group: click.Group) -> None:
    @group.command(help=tr("Fetch what is new; what was fetched stays, also where it stops midway."))
    @click.argument("name", required=False)
    @click.option("--pages", type=click.IntRange(1), help=tr("Stop after so many pages."))
    @lang_option
    @json_option
    @click.pass_obj
    def fetch(county: str, name: str | None, pages: int | None, as_json: bool, lang: str | None) -> int:
        from gis_app.county.feed_edits import feeds_of
        from gis_app.files.feeds import fetching

        reports: dict[str, Any] = {}
        lines: list[str] = []
        with opened_county(county) as opened:
            feeds = [feed_of(opened, name)] if name is not None else feeds_of(opened.store)
            if not feeds:
                raise Refused(msg("The county has no server to fetch from; add one with `gis-app feed COUNTY add ADDRESS`."))
            for feed in feeds:
                found = run(fetching(opened, feed, pages=pages or 0), as_json)
                reports[feed.name] = found.as_json()
                lines += _fetched_lines(feed.name, found)
        say({"feeds": reports}, as_json, lines)
        return PROBLEMS if any(report["rejected"] for report in reports.values()) else DONE


def _fetched_lines(name: str, found: Any) -> list[str]:
    from gis_app.files.case_amendments import kept_text

    numbers = {key: format_number(getattr(found, key)) for key in ("read", "added", "updated", "known")}
    lines = [tr("{name}: {read} read, {added} new, {updated} moved on, {known} as they were", name=name, **numbers)]
    lines += [tr("page {page}, request {row}: {problem}", page=page, row=one.row, problem=one.problem) for page, one in found.rejected[:20]]
    if found.kept:
        lines.append(str(kept_text(found.kept)))
    if not found.complete:
        lines.append(tr("There is more; fetching again goes on there."))
    return lines


def _add_remove(group: click.Group) -> None:
    @group.command(help=tr("Fetch no more from a server; its whistles stay."))
    @click.argument("name")
    @lang_option
    @json_option
    @click.pass_obj
    def remove(county: str, name: str, lang: str | None, as_json: bool) -> int:
        from gis_app.county.feed_edits import remove_feed

        with opened_county(county) as opened:
            found = feed_of(opened, name)
            perform(opened, remove_feed(opened.store, found.id), as_json)
        say({"removed": found.name}, as_json, [tr("Removed: {name}", name=found.name)])
        return DONE


def _add_export(group: click.Group) -> None:
    @group.command("cases", help=tr("Write whistles for other systems: .json and .csv as Open311, .xlsx and .gpkg as tables."))
    @click.argument("county")
    @click.argument("out", metavar="OUT")
    @click.option("--from", "start", help=tr("First day, 2020-04-01, or instant, 2020-04-01T12:00 (Asia/Shanghai)."))
    @click.option("--to", "end", help=tr("Last day (included), or instant (excluded)."))
    @click.option("--private", is_flag=True, help=tr("Names, phones, and the texts of reports, in full instead of masked."))
    @lang_option
    @json_option
    def cases(county: str, out: str, start: str | None, end: str | None, private: bool, lang: str | None, as_json: bool) -> int:
        from gis_app.files.case_export import export_cases

        path = target(out)
        first, last = instant(start, "--from", False), instant(end, "--to", True)
        if first and last and first >= last:
            raise Refused(msg("--from {start} is not before --to {end}; swap them.", start=start, end=end))
        with opened_county(county) as opened:
            count = run(export_cases(opened, Path(path), start=first, end=last, show_private=private), as_json)
        say({"written": out, "rows": count}, as_json, [tr("Written: {path}", path=out)])
        return DONE
