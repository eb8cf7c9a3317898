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
    palette: Palette,
    county: str,
    workspace: str,
    search: QWidget,
    turn: Callable[[str], object] | None,
    actions: Mapping[str, QAction],
    plan: QWidget | None = None,
) -> QWidget:
    """Return the first row. `turn` is called with the workspace that a person chooses; None: no county is open. `plan` tells the plan."""
    name = label(tr("County Grid Map"), "product")
    made: list[QWidget | int | None] = [name]
    if turn is not None:
        made += [_tabs(workspace, turn)]
    shown = QLabel(county)
    shown.setProperty("role", "secondary")
    shown.setMaximumWidth(180)
    made += [shown, *([plan] if plan is not None else []), None, search, _menu(palette, actions)]
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
    for name in ("demo", "new", "open", "start", "", "import", "export", "", "left", "bottom", "right", "", "alarm", "keys"):
        if name:
            menu.addAction(actions[name])
        else:
            menu.addSeparator()
    made.setMenu(menu)
    return made


def tool_row(workspace: str, operations: tuple[Operation, ...], actions: Mapping[str, QAction], palette: Palette) -> QWidget:
    """Return the second row: the tools of a workspace as icon and word, rarer ones in a menu, the main ones as buttons at the right end."""
    left: list[QWidget | int | None] = []
    right: list[QWidget | int | None] = []
    more = [actions[operation.id] for operation in operations if workspace in operation.more]
    menu_at = 0
    primary = "publish" if workspace == "plan" else "call" if workspace == "cases" else "export"
    for operation in operations:
        if workspace not in operation.row:
            continue
        if operation.main:
            right.append(_main(operation, actions[operation.id], primary=operation.id == primary))
            continue
        if operation.group:
            left.append(line(upright=True))
            menu_at = menu_at or len(left) - 1 if operation.id == "undo" else menu_at
        left.append(_tool(operation, actions[operation.id]))
    if more:  # behind the tools, before the steps of the history
        left.insert(menu_at or len(left), _more(palette, more))
    found = holding(row(*left, None, *right, spacing=2, margins=(12, 5, 12, 5)), "tools")
    found.setFixedHeight(44)
    return found


def _tool(operation: Operation, action: QAction) -> QToolButton:
    tool = QToolButton()
    tool.setDefaultAction(action)
    tool.setIconSize(QSize(18, 18))
    tool.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly if operation.bare else Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    tool.setAccessibleName(str(operation.text))
    tool.setObjectName(f"tool-{operation.id}")
    return tool


def _more(palette: Palette, actions: list[QAction]) -> QToolButton:
    """Return the button whose menu holds the tools that are wanted less often."""
    made = QToolButton()
    made.setIcon(icon("ellipsis", palette))
    made.setIconSize(QSize(18, 18))
    made.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    made.setObjectName("tool-more")
    made.setToolTip(tr("More tools"))
    made.setAccessibleName(tr("More tools"))
    menu = QMenu(made)
    menu.setToolTipsVisible(True)
    menu.addActions(actions)
    made.setMenu(menu)
    return made


def _main(operation: Operation, action: QAction, *, primary: bool) -> QPushButton:
    made = button(str(operation.short or operation.text), action.trigger, "primary" if primary else "", tip=action.toolTip())
    made.setEnabled(action.isEnabled())
    action.enabledChanged.connect(made.setEnabled)
    made.setObjectName(f"tool-{operation.id}")
    return made
