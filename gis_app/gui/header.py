"""The two rows above the map: workspaces, county, search, language and theme; and the tools of the workspace."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QButtonGroup, QLabel, QMenu, QPushButton, QToolButton, QWidget

from gis_app.gui.icons import icon
from gis_app.gui.operations import Operation
from gis_app.gui.widgets import button, holding, label, line, row
from gis_app.language import Message, msg, tr
from gis_app.map.palette import Palette

WORKSPACES: Mapping[str, Message] = {"plan": msg("Plan"), "cases": msg("Cases"), "analyse": msg("Analyse"), "maps": msg("Maps")}


def header(
    palette: Palette, county: str, workspace: str, search: QWidget, turn: Callable[[str], object] | None, actions: Mapping[str, QAction]
) -> QWidget:
    """Return the first row. `turn` is called with the workspace that a person chooses; None: no county is open."""
    name = label(tr("County Grid Map"), "product")
    made: list[QWidget | int | None] = [name]
    if turn is not None:
        made += [_tabs(workspace, turn)]
    shown = QLabel(county)
    shown.setProperty("role", "secondary")
    shown.setMaximumWidth(320)
    made += [shown, None, search, _menu(palette, actions)]
    for operation in ("language", "theme"):
        tool = QToolButton()
        tool.setDefaultAction(actions[operation])
        tool.setIconSize(QSize(18, 18))
        if operation == "language":
            tool.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            tool.setText(tr("中文"))
            actions[operation].setIconText(tr("中文"))
        tool.setAccessibleName(actions[operation].text())
        made.append(tool)
    found = holding(row(*made, spacing=12, margins=(16, 6, 12, 6)), "header")
    found.setFixedHeight(48)
    return found


def _tabs(workspace: str, turn: Callable[[str], object]) -> QWidget:
    group = QButtonGroup()
    buttons: list[QPushButton] = []
    for key, text in WORKSPACES.items():
        made = button(str(text), lambda key=key: turn(key))  # type: ignore[misc]
        made.setCheckable(True)
        made.setChecked(key == workspace)
        made.setObjectName(f"tab-{key}")
        group.addButton(made)
        buttons.append(made)
    tabs = holding(row(*buttons, spacing=2, margins=(3, 3, 3, 3)), "tabs")
    group.setParent(tabs)
    return tabs


def _menu(palette: Palette, actions: Mapping[str, QAction]) -> QToolButton:
    made = QToolButton()
    made.setIcon(icon("chevron-down", palette))
    made.setText(tr("File"))
    made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
    made.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    made.setAccessibleName(tr("File"))
    menu = QMenu(made)
    for name in ("demo", "new", "open", "start", "", "import", "export", "", "left", "bottom", "right", "", "keys"):
        if name:
            menu.addAction(actions[name])
        else:
            menu.addSeparator()
    made.setMenu(menu)
    return made


def tool_row(workspace: str, operations: tuple[Operation, ...], actions: Mapping[str, QAction]) -> QWidget:
    """Return the second row: the tools of a workspace as icon and word, its main actions as buttons at the right end."""
    left: list[QWidget | int | None] = []
    right: list[QWidget | int | None] = []
    for operation in operations:
        if workspace not in operation.row:
            continue
        if operation.main:
            right.append(_main(operation, actions[operation.id], primary=operation.id == "export"))
            continue
        if operation.id in ("undo", "assign_households", "density", "route"):
            left.append(line(upright=True))
        tool = QToolButton()
        tool.setDefaultAction(actions[operation.id])
        tool.setIconSize(QSize(18, 18))
        bare = operation.id in ("undo", "redo", "measure", "pan", "box")
        tool.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly if bare else Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        tool.setAccessibleName(str(operation.text))
        tool.setObjectName(f"tool-{operation.id}")
        left.append(tool)
    found = holding(row(*left, None, *right, spacing=4, margins=(12, 5, 12, 5)), "tools")
    found.setFixedHeight(44)
    return found


def _main(operation: Operation, action: QAction, *, primary: bool) -> QPushButton:
    made = button(str(operation.short or operation.text), action.trigger, "primary" if primary else "", tip=action.toolTip())
    made.setEnabled(action.isEnabled())
    action.enabledChanged.connect(made.setEnabled)
    made.setObjectName(f"tool-{operation.id}")
    return made
