"""The list of keys, made from the list of operations."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QWidget

from gis_app.gui.operations import Operation
from gis_app.gui.widgets import button, column, holding, label, row, scrolled
from gis_app.language import tr
from gis_app.map.tools.registry import GESTURES


def _named(operation: Operation) -> str:
    """Return what an operation does; in front of a step of a whistle its workspace, since Plan has other uses for its key."""
    return tr("Cases: {step}", step=operation.text) if operation.workspaces == ("cases",) else str(operation.text)


def show_keys(parent: QWidget, operations: Iterable[Operation]) -> QDialog:
    """Show every operation that has a key, beside it its key."""
    dialog = QDialog(parent)
    dialog.setObjectName("panel")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(tr("List of keys"))
    grid = QGridLayout()
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(6)
    pairs = [(_named(operation), operation.keys) for operation in operations if operation.keys]
    pairs += [
        (tr("Move the map"), ("← ↑ ↓ →",)),
        (tr("Pan while held"), (tr("Space"),)),
        (tr("Next problem or whistle, on the map"), ("Tab",)),
        (tr("Leave the map"), ("Shift+Tab",)),
    ]
    pairs += [(str(text), keys) for text, keys in GESTURES]
    half = (len(pairs) + 1) // 2
    for at, (text, keys) in enumerate(pairs):
        left = 0 if at < half else 2
        grid.addWidget(label(text), at % half, left)
        grid.addLayout(row(*(label(key, "key") for key in keys), None, spacing=4), at % half, left + 1)
    close = button(tr("Close"), dialog.accept, "primary")
    inner = holding(column(label(tr("List of keys"), "title"), 8, grid, None))
    dialog.setLayout(column(scrolled(inner), row(None, close), spacing=12, margins=(24, 20, 24, 16)))
    dialog.resize(max(inner.sizeHint().width() + 80, 640), min(inner.sizeHint().height() + 100, max(parent.height() - 48, 320)))
    dialog.open()
    return dialog
