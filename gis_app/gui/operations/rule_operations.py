"""What is done with the rules of a county."""

from __future__ import annotations

from gis_app.gui import rules_panel
from gis_app.gui.operations.operation import Operation, county
from gis_app.language import msg


def rule_operations() -> tuple[Operation, ...]:
    """Return what opens the rules, and the test bench."""
    cases = ("cases",)
    return (
        Operation(
            "rules", msg("Rules: who receives what, and how long it may take"), "list-ordered", rules_panel.show, ("Shift+G",), more=cases,
            why_not=county, short=msg("Rules"),
        ),
        Operation(
            "try_rules", msg("Try the rules out: what would happen to a whistle here?"), "circle-help",
            lambda w: rules_panel.show(w, "bench"), ("Shift+H",), more=cases, why_not=county, short=msg("Try out"),
        ),
        Operation(
            "elsewhere", msg("Open whistles whose rules name another body"), "corner-up-right",
            lambda w: rules_panel.show(w, "elsewhere"), more=cases, why_not=county, short=msg("Rules name another body"),
        ),
    )  # fmt: skip
