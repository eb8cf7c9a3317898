"""The command `route`: who is responsible for a whistle at a place, by which rule, and why not by the others."""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from gis_app.cli_shared import DONE, Refused, accuracy_option, instant, json_option, lang_option, opened_county, say
from gis_app.language import ZONE, msg, tr

if TYPE_CHECKING:
    from gis_app.cases.routing import Place, Route
    from gis_app.county.county import County

KINDS = ("consult", "help", "report", "complain")
URGENCIES = ("emergency", "urgent", "normal", "low")


def add_route(root: click.Group) -> None:
    """Add the command to the program."""

    @root.command(help=tr("Tell who is responsible for a whistle at a place."))
    @click.argument("county")
    @click.option("--at", required=True, metavar="LON,LAT", help=tr("Longitude and latitude, WGS 84."))
    @click.option("--category", default="", help=tr("Category of the whistle: code or name."))
    @click.option("--kind", type=click.Choice(KINDS), default="help", show_default=True, help=tr("Kind of the whistle."))
    @click.option("--urgency", type=click.Choice(URGENCIES), help=tr("Urgency of the whistle."))
    @click.option("--day", help=tr("Day on which it is blown, 2020-04-01; today by default."))
    @accuracy_option
    @lang_option
    @json_option
    def route(county: str, at: str, as_json: bool, lang: str | None, **about: Any) -> int:
        longitude, latitude = lonlat(at)
        moment = instant(about["day"], "--day", False)
        day = None if moment is None else moment.astimezone(ZONE).date()
        with opened_county(county) as opened:
            report = _report(
                opened, longitude, latitude, day, **{name: about[name] for name in ("category", "kind", "urgency", "accuracy")}
            )
        say(report, as_json, _lines(report))
        return DONE


def lonlat(text: str) -> tuple[float, float]:
    """Return the longitude and latitude that are written as one text; `Refused` for what cannot be."""
    try:
        longitude, latitude = (float(part) for part in text.replace("，", ",").split(","))
    except ValueError:
        raise Refused(msg("--at {text}: write longitude,latitude, for example 123.5127,47.9016.", text=text)) from None
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise Refused(msg("--at {text}: longitude comes first (-180 to 180), then latitude (-90 to 90).", text=text))
    return longitude, latitude


def _report(
    county: "County", longitude: float, latitude: float, day: date | None, category: str, kind: str, urgency: str | None, accuracy: float
) -> dict[str, Any]:
    from gis_app.cases.border import sides
    from gis_app.cases.case import CaseKind, Urgency
    from gis_app.cases.routing import Place
    from gis_app.county.responsible import category_of, router_of
    from gis_app.grid.datum import to_county

    state = county.state
    when = day or state.settings.now().astimezone(ZONE).date()
    x, y = to_county([longitude], [latitude], "wgs84", state.settings.crs)
    place = Place(float(x[0]), float(y[0]), accuracy)
    about = (category_of(state, category), int(CaseKind[kind.upper()]), int(Urgency[urgency.upper()]) if urgency else 0, when)
    router = router_of(state)
    found = router.route(place, *about)
    situation = router.situation(found, *about)
    return {
        **_place(county, place, found),
        "day": when.isoformat(),
        "rules": _rules(county, situation),
        "sides": [
            {
                "cell": state.units[side.cell].code,
                "worker": state.workers[side.worker].code if side.worker in state.workers else None,
                "body": state.bodies[side.body].name if side.body in state.bodies else None,
                "distance": round(side.distance, 1),
            }
            for side in sides(router, place, *about)
        ],
    }


def _place(county: "County", place: "Place", route: "Route") -> dict[str, Any]:
    state = county.state

    def code(unit: int) -> str | None:
        return state.units[unit].code if unit in state.units else None

    def name(body: int) -> str | None:
        return state.bodies[body].name if body in state.bodies else None

    return {
        "cell": code(route.cell),
        "village": code(route.village),
        "township": code(route.township),
        "worker": state.workers[route.worker].code if route.worker in state.workers else None,
        "department": name(route.department),
        "body": name(route.body),
        "ladder": [state.bodies[body].name for body in route.ladder if body in state.bodies],
        "rule": route.rule or None,
        "why": [str(reason) for reason in route.reasons],
        "border_distance": None if route.border_distance != route.border_distance else round(route.border_distance, 1),
        "uncertain": bool(route.uncertain),
        "path": [unit.name for unit in state.units.path(route.cell)],
    }


def _rules(county: "County", situation: Any) -> list[dict[str, Any]]:
    """Return the rules for a whistle: the one that decides first, the others with why they do not."""
    from gis_app.cases.reasons import conditions, target_text, why_lost
    from gis_app.cases.rule_book import weigh

    state = county.state
    weighed = weigh(state.rules.values(), state.bodies, situation)
    winner = next((found.rule for found in weighed if found.wins), None)
    return [
        {
            "rule": found.rule.id,
            "decides": found.wins,
            "fits": not found.unmet,
            "conditions": [str(asked) for asked in conditions(found.rule, state.categories, state.units).items],
            "body": str(target_text(found.rule, state.bodies)),
            "why_not": None if found.wins else str(why_lost(found, winner, state.units)),
        }
        for found in weighed
    ]


def _lines(report: dict[str, Any]) -> list[str]:
    lines = [
        tr("Cell: {path} ({code})", path=" › ".join(report["path"]) or "—", code=report["cell"] or "—"),
        tr("Worker: {worker}", worker=report["worker"] or "—"),
        tr("Receiving body: {body}", body=report["body"] or "—"),
        tr("Department: {department}", department=report["department"] or "—"),
        tr("Ladder: {ladder}", ladder=" → ".join(report["ladder"]) or "—"),
    ]
    lines += [f"  {reason}" for reason in report["why"]]
    others = [rule for rule in report["rules"] if not rule["decides"] and rule["fits"]]
    lines += [tr("Rule {rule} ({body}): {why}", rule=rule["rule"], body=rule["body"], why=rule["why_not"]) for rule in others]
    for side in report["sides"][1:]:
        lines.append(
            tr(
                "Across the border, {distance} m away: cell {cell}, worker {worker}, {body}",
                distance=side["distance"],
                cell=side["cell"],
                worker=side["worker"] or "—",
                body=side["body"] or "—",
            )
        )
    return lines
