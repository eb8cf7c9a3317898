"""Saying so when something falls due: a quiet sentence in the window, and one of the desktop where it has a tray."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QSystemTrayIcon

from gis_app.cases.bodies import BodyKind
from gis_app.cases.schedule import KINDS, Duties, ReminderKind, reminder_text
from gis_app.cases.times import utc64
from gis_app.county.outbox_edits import due_now
from gis_app.gui.icons import app_icon
from gis_app.gui.session import Session
from gis_app.gui.words import body_name
from gis_app.language import format_number, tr

if TYPE_CHECKING:
    from gis_app.gui.window import Window

ALARMING = frozenset({ReminderKind.ROBOT_CALL, ReminderKind.OVERDUE})
"""What is worth interrupting somebody for: nobody has picked up, or a case is over its time."""

PAUSE = timedelta(minutes=1)
"""So long after a message the next one comes at the earliest; what falls due meanwhile is in it."""


class Alarm(QObject):
    """Looks whenever the clock moves what has fallen due since it looked last, and tells of it."""

    def __init__(self, window: Window, session: Session) -> None:
        super().__init__(window)
        self._window, self._session = window, session
        self._since = session.derived.now
        self._told: datetime | None = None
        self._case = 0
        self._tray: QSystemTrayIcon | None = None
        self.said = ""

    def look(self) -> None:
        """Tell what has fallen due since the last look, unless a message was shown within the last minute."""
        now = self._session.derived.now
        if now <= self._since or (self._told is not None and now - self._told < PAUSE):
            return
        found, self._since = self._fallen_due(now), now
        if len(found) and self._window.preferences.alarm:
            self._told = now
            self._tell(found)

    def _fallen_due(self, now: datetime) -> Duties:
        """Return what fell due after the last look, of the body that this computer works for, and of the line where only that is shown.

        The county centre hears of all.
        """
        state, mine = self._session.state, self._session.derived.mine
        found = due_now(state, now)
        wanted = np.isin(found.kind, [KINDS.index(kind) for kind in ALARMING]) & (found.due > utc64(self._since))
        if mine in state.bodies and state.bodies[mine].kind != BodyKind.CENTRE:
            wanted &= found.body == mine
        if self._session.line is not None:
            wanted &= np.isin(found.case, state.cases.id[self._session.cases_of_line()])
        return found.take(wanted)

    def _tell(self, found: Duties) -> None:
        session = self._session
        last = len(found) - 1
        self._case = int(found.case[last])
        number = str(session.county.store.rows("cases", found.case[last:], ("number",))["number"][0])
        what, body = reminder_text(KINDS[int(found.kind[last])]), body_name(session.state, int(found.body[last]))
        self.said = tr("{what}: {number}, {body}", what=what, number=number, body=body)
        if last:
            self.said = tr("{first}, and {count} more", first=self.said, count=format_number(last))
        self._window.banner.remind(self.said, (tr("Show"), self.show_case))
        tray = self._in_the_tray()
        if tray is not None:
            tray.showMessage(session.state.settings.name, self.said, app_icon())

    def _in_the_tray(self) -> QSystemTrayIcon | None:
        """Return the icon in the tray of the desktop, None where it has no tray."""
        if self._tray is None and QSystemTrayIcon.isSystemTrayAvailable():
            self._tray = QSystemTrayIcon(app_icon(), self)
            self._tray.setToolTip(self._window.windowTitle())
            self._tray.messageClicked.connect(self.show_case)
            self._tray.activated.connect(lambda _: self._raise())
            self._tray.show()
        return self._tray

    def _raise(self) -> None:
        self._window.showNormal() if self._window.isMinimized() else self._window.show()
        self._window.raise_()
        self._window.activateWindow()

    def show_case(self) -> None:
        """Bring the window to the front with the case that the message was about."""
        self._raise()
        self._window.banner.hide()
        if self._case:
            self._window.show_case(self._case)

    def end(self) -> None:
        """Take the icon out of the tray (when the county is closed)."""
        if self._tray is not None:
            self._tray.hide()
        self.deleteLater()
