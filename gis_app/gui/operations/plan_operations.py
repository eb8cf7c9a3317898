"""What is done with plans: drafts made, renamed, copied, discarded, compared and published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis_app.gui import compare_panel, drafts, propose_panel, publish_panel
from gis_app.gui.operations.operation import PLAN, Operation, planning
from gis_app.language import Message, msg

if TYPE_CHECKING:
    from gis_app.gui.window import Window


def _draft(window: Window) -> Message | None:
    reason = planning(window)
    if reason is not None or window.session is None:
        return reason
    return None if window.session.drafting else msg("The published plan is shown; open a draft or make one (Ctrl+D).")


def _several(window: Window) -> Message | None:
    reason = planning(window)
    if reason is not None or window.session is None:
        return reason
    return None if len(window.session.county.state.plans) > 1 else msg("There is only one plan; make a draft first (Ctrl+D).")


def plan_operations() -> tuple[Operation, ...]:
    """Return what is done with plans."""
    return (
        Operation("new_draft", msg("New draft"), "git-branch-plus", drafts.ask_new, ("Ctrl+D",), PLAN, why_not=planning),
        Operation("rename_plan", msg("Rename the draft"), "pencil", drafts.ask_rename, (), PLAN, why_not=_draft),
        Operation("copy_plan", msg("Copy the draft"), "copy", drafts.ask_copy, (), PLAN, why_not=_draft),
        Operation("discard_plan", msg("Discard the draft"), "trash-2", drafts.ask_discard, (), PLAN, why_not=_draft),
        Operation("close_draft", msg("Show the published plan"), "badge-check", drafts.close, (), PLAN, why_not=_draft),
        Operation(
            "propose",
            msg("Have the program propose a grid"),
            "sparkles",
            propose_panel.show,
            ("Ctrl+Shift+G",),
            PLAN,
            more=PLAN,
            why_not=planning,
            short=msg("Propose"),
        ),
        Operation(
            "compare",
            msg("Compare two plans"),
            "git-compare",
            compare_panel.show,
            (),
            PLAN,
            PLAN,
            True,
            _several,
            short=msg("Compare plans"),
        ),
        Operation(
            "publish",
            msg("Publish the draft"),
            "send",
            publish_panel.show,
            ("Ctrl+Shift+P",),
            PLAN,
            PLAN,
            True,
            _draft,
            short=msg("Publish"),
        ),
    )
