"""`gis-app households COUNTY …`: what is wrong with the register of households, without a window."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from gis_app.cli_shared import DONE, PROBLEMS, json_option, lang_option, listed, opened_county, run, say
from gis_app.language import format_number, tr

if TYPE_CHECKING:
    from gis_app.county.county import County
    from gis_app.grid.household_quality import Finding

KINDS = ("duplicate", "no_place", "outside", "far", "crowded", "phone", "code")
"""The kinds of faults, as `grid.household_quality.Fault` says them: help must not load that room."""

MOST = 50


def add_households(root: click.Group) -> None:
    """Add the group `households` to the commands."""

    @root.group("households", help=tr("Work on the register of households."))
    @click.argument("county")
    @click.pass_context
    def households(context: click.Context, county: str) -> None:
        context.obj = county

    @households.command(
        help=tr("List what is wrong with the households: duplicates, places, phones, codes; the window mends many at once (Shift+Q).")
    )
    @click.option("--kind", "kinds", type=click.Choice(KINDS), multiple=True, help=tr("Only faults of this kind; may be repeated."))
    @click.option("--private", is_flag=True, help=tr("Names and phones in full instead of masked."))
    @lang_option
    @json_option
    @click.pass_obj
    def quality(county: str, kinds: tuple[str, ...], private: bool, lang: str | None, as_json: bool) -> int:
        from gis_app.county.household_quality import FAULT_TEXTS, checking

        with opened_county(county) as opened:
            found = [one for one in run(checking(opened.store, opened.state), as_json) if not kinds or one.fault in kinds]
            rows = _described(opened, found, private)
        names = {fault.value: str(text) for fault, text in FAULT_TEXTS.items()}
        counts = dict(Counter(row["kind"] for row in rows))
        say({"counts": counts, "findings": rows}, as_json, _lines(rows, counts, names))
        return PROBLEMS if rows else DONE


def _described(county: "County", found: "Sequence[Finding]", private: bool) -> list[dict[str, Any]]:
    """Return findings with the households that each is about; names and phones are masked unless they are asked for."""
    import numpy as np

    from gis_app.grid.household_quality import Mend
    from gis_app.grid.privacy import mask_name, mask_phone

    ids = np.unique(np.array([id for one in found for id in one.ids], np.int64))
    rows = county.store.rows("households", ids, ["code", "head", "phone", "address"])
    lists = [rows[name].tolist() for name in ("id", "code", "head", "phone", "address")]
    homes = {
        id: {
            "id": id,
            "code": code,
            "head": head if private else mask_name(head),
            "phone": phone if private else mask_phone(phone),
            "address": address,
        }
        for id, code, head, phone, address in zip(*lists, strict=True)
    }

    def value(one: "Finding") -> str | None:
        return (mask_phone(one.value) if one.mend == Mend.PHONE and not private else one.value) or None

    return [
        {
            "kind": one.fault.value,
            "message": str(one.text),
            "mend": one.mend.value or None,
            "value": value(one),
            "households": [homes[id] for id in one.ids],
        }
        for one in found
    ]


def _lines(rows: Sequence[dict[str, Any]], counts: dict[str, int], names: dict[str, str]) -> list[str]:
    if not rows:
        return [tr("Nothing is wrong with the households.")]
    told = [tr("{name}: {value}", name=names[kind], value=format_number(counts[kind])) for kind in KINDS if kind in counts]
    share = max(MOST // len(counts), 1)
    for kind in counts:
        told += ["", tr("{name}:", name=names[kind]), *listed([_line(row) for row in rows if row["kind"] == kind], share)]
    return told


def _line(row: dict[str, Any]) -> str:
    first = row["households"][0]
    about = " ".join(part for part in (first["code"] or str(first["id"]), first["head"], first["address"]) if part)
    return tr("{name}: {value}", name=about, value=row["message"])
