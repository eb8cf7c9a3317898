"""F6: the keyboard goes from panel to panel, the map among them."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget


def focus_next(panels: Sequence[QWidget]) -> None:
    """Give the focus to the panel after the one that has it, skipping those that are folded away."""
    shown = [panel for panel in panels if panel.isVisible()]
    focused = QApplication.focusWidget()
    here = next((at for at, panel in enumerate(shown) if focused is not None and (panel is focused or panel.isAncestorOf(focused))), -1)
    for step in range(1, len(shown) + 1):
        target = first_control(shown[(here + step) % len(shown)])
        if target is not None:
            target.setFocus(Qt.FocusReason.TabFocusReason)
            return


def first_control(panel: QWidget) -> QWidget | None:
    """Return what takes the focus first in a panel: itself, or the first of its controls in the order of Tab; None where nothing does."""
    if panel.focusPolicy() != Qt.FocusPolicy.NoFocus:
        return panel
    found = panel.nextInFocusChain()
    while found is not None and found is not panel:
        if panel.isAncestorOf(found) and found.isVisible() and found.isEnabled() and found.focusPolicy() & Qt.FocusPolicy.TabFocus:
            return found
        found = found.nextInFocusChain()
    return None
