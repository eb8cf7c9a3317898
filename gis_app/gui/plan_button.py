"""Which plan is shown, in the first row of the window, and the way to another one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QMenu, QToolButton

from gis_app.grid.plans import PlanStatus
from gis_app.gui import drafts
from gis_app.gui.icons import icon
from gis_app.gui.preferences import FOLLOWING
from gis_app.gui.session import Session
from gis_app.language import msg, tr

if TYPE_CHECKING:
    from gis_app.gui.window import Window

RULES = {
    "location": msg("By location"),
    "keeper": msg("All to the cell that keeps its number"),
    "ask": msg("Ask every time"),
}
"""The rules of `preferences.FOLLOWING` in words."""

WIDEST = 230
"""So many pixels the name of a plan may take at most."""


class PlanButton(QToolButton):
    """Shows the name and the status of the plan that is shown; its menu opens drafts and makes new ones."""

    def __init__(self, window: Window, session: Session) -> None:
        super().__init__()
        self._window, self._session = window, session
        self.setObjectName("plan")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(16, 16))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self._menu.aboutToShow.connect(self._fill)
        self.setMenu(self._menu)
        session.county_changed.connect(lambda _: self.refresh())
        session.workspace_changed.connect(lambda _: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        """Show the plan of now."""
        text, draft = plan_text(self._session)
        palette = self._session.palette
        self.setIcon(icon("file-pen" if draft else "badge-check", palette, palette.warning if draft else palette.secondary))
        self.setText(self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, WIDEST))
        self.setToolTip(tr("{plan} — choose another plan", plan=text))
        self.setAccessibleName(tr("Plan: {plan}", plan=text))

    def _fill(self) -> None:
        """Write the menu anew: the published plan, the drafts, and what can be done with them."""
        menu, session, window = self._menu, self._session, self._window
        menu.clear()
        state = session.county.state
        live = drafts.published(state)
        shown = menu.addAction(tr("Published: {name}", name=live.name or "–" if live is not None else "–"), lambda: drafts.close(window))
        shown.setCheckable(True)
        shown.setChecked(session.open_plan == 0)
        known = drafts.draft_plans(state)
        if known:
            menu.addSeparator()
        for plan in known:
            made = menu.addAction(tr("Draft: {name}", name=plan.name), lambda plan=plan: self._open(plan.id))  # type: ignore[misc]
            made.setCheckable(True)
            made.setChecked(session.open_plan == plan.id)
        past = drafts.archived_plans(state)
        if past:
            earlier = menu.addMenu(tr("Make a draft of an earlier plan"))
            for plan in past:
                days = f"{plan.valid_from or ''} – {plan.valid_to or ''}"
                earlier.addAction(tr("{name} ({days})", name=plan.name or "–", days=days), partial(drafts.ask_of, window, plan))
        menu.addSeparator()
        names = ("new_draft", "rename_plan", "copy_plan", "discard_plan") if session.drafting else ("new_draft",)
        for name in (*names, "", "compare", "publish"):
            if name:
                menu.addAction(window.actions_by_id[name])
            else:
                menu.addSeparator()
        menu.addSeparator()
        rules = menu.addMenu(tr("Who goes where after a split or merge"))
        for rule in FOLLOWING:
            chosen = rules.addAction(str(RULES[rule]), partial(setattr, window.preferences, "following", rule))
            chosen.setCheckable(True)
            chosen.setChecked(window.preferences.following == rule)

    def _open(self, plan: int) -> None:
        self._window.set_workspace("plan")
        drafts.open_draft(self._window, plan)


def plan_text(session: Session) -> tuple[str, bool]:
    """Return what the plan that is shown is called, and whether it is a draft."""
    state = session.state
    plan = state.plans.get(state.plan)
    if plan is not None and plan.status == PlanStatus.DRAFT:
        return tr("Draft “{name}”", name=plan.name), True
    name = plan.name if plan is not None else state.settings.plan_name
    return (tr("Published · {name}", name=name) if name else tr("Published plan")), False
