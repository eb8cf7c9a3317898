"""What `gis-app stats` reports: every figure with its definition in both languages, for the county and by body, unit, category …"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from gis_app import language
from gis_app.language import Message, format_duration, format_number, tr

if TYPE_CHECKING:
    from gis_app.cases.measures import Defined, Measures
    from gis_app.cases.shares import Average, Share
    from gis_app.county.county import County

BY = ("body", "township", "village", "cell", "category", "kind", "urgency", "month")
"""What figures can be told by: `county.case_figures.By`, which help must not load."""

LISTED = 30
"""So many rows are printed; JSON has all."""

SHOWN = ("received", "completed", "completion_rate", "arrivals", "response_rate", "satisfaction_rate", "done_median", "overdue")
"""The figures of a row in words."""


def stats_report(county: "County", start: datetime | None, end: datetime | None, by: str | None, repeat_days: int) -> dict[str, Any]:
    """Return the report as plain data: the county's figures, their definitions, and rows by `by`, the most received first."""
    from gis_app.cases.measures import figures_defined, measured
    from gis_app.county.case_figures import By, basis_of, keys_by, name_of, read_trails

    state, found = county.state, read_trails(county.store)
    basis = basis_of(state, found, repeat_days)
    defined = figures_defined(basis.minutes, repeat_days)
    (whole,) = measured(basis, start=start, end=end)
    report: dict[str, Any] = {**_values(defined, whole), "definitions": _definitions(defined)}
    if by is not None:
        name = name_of(state, By(by))
        rows = measured(basis, *keys_by(state, found, By(by)), start=start, end=end)
        rows.sort(key=lambda row: (row.key if by == By.MONTH else -row.figures.received, -row.arrivals, row.key))
        report |= {"by": by, "rows": [{"key": row.key, "name": name(row.key), **_values(defined, row)} for row in rows]}
    return report


def _values(defined: Sequence["Defined"], measures: "Measures") -> dict[str, Any]:
    """Return the figures by key; what is uncertain with how many it is of, and its 95 % confidence interval, beside it."""
    from gis_app.cases.shares import Average, Share

    report: dict[str, Any] = {figure.key: figure.value(measures) for figure in defined}
    sure = {figure.key: found for figure in defined if isinstance(found := figure.of(measures), Share | Average)}
    return {**report, "of": {key: _sureness(found) for key, found in sure.items()}}


def _sureness(found: "Share | Average") -> dict[str, Any]:
    from gis_app.cases.shares import Share

    low, high = found.interval or (None, None)
    count = found.whole if isinstance(found, Share) else found.count
    return {"count": count, "low": low, "high": high}


def _definitions(defined: Sequence["Defined"]) -> dict[str, Any]:
    return {figure.key: {"name": _both(figure.name), "definition": _both(figure.definition)} for figure in defined}


def _both(message: Message) -> dict[str, str]:
    """Return a text in both languages."""
    before = language.current()
    texts = {}
    try:
        for each in language.LANGUAGES:
            language.use(each)
            texts[each] = str(message)
    finally:
        language.use(before)
    return texts


def stats_lines(report: dict[str, Any]) -> list[str]:
    """Return the report in words: each figure with its definition, then the rows."""
    rate = "—" if report["completion_rate"] is None else f"{report['completion_rate']:.1%}"
    first = tr(
        "received {received}, reasonable {reasonable}, completed {completed}, completion rate {rate} (completed / reasonable)",
        received=format_number(report["received"]),
        reasonable=format_number(report["reasonable"]),
        completed=format_number(report["completed"]),
        rate=rate,
    )
    tongue = language.current()
    lines = [first]
    for key, texts in report["definitions"].items():
        value = tr("{name}: {value}", name=texts["name"][tongue], value=_written(key, report))
        lines.append(f"{value}  —  {texts['definition'][tongue]}")
    if "rows" in report:
        names = [report["definitions"][key]["name"][tongue] for key in SHOWN]
        lines += ["", "\t".join(("", *names))]
        lines += ["\t".join((row["name"], *(_short(key, row) for key in SHOWN))) for row in report["rows"][:LISTED]]
        if (more := len(report["rows"]) - LISTED) > 0:
            lines.append(tr("… and {count} more (use --json for all)", count=more))
    return lines


def _written(key: str, row: dict[str, Any]) -> str:
    """Write a figure with how many it is of and how sure it is."""
    text, sure = _short(key, row), row["of"].get(key)
    if sure is None or sure["low"] is None:
        return text
    low, high = (f"{bound:.1%}" if key.endswith("_rate") else f"{bound:.1f}" for bound in (sure["low"], sure["high"]))
    return tr("{value} ({count} in all, 95 %: {low} – {high})", value=text, count=format_number(sure["count"]), low=low, high=high)


def _short(key: str, row: dict[str, Any]) -> str:
    value = row[key]
    if value is None:
        return "—"
    if key.endswith("_rate"):
        return f"{value:.1%}"
    if key.endswith(("_median", "_p90")):
        return format_duration(timedelta(seconds=value))
    return format_number(value) if isinstance(value, int) else f"{value:.2f}"
