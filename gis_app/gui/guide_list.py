"""A check list of the reference layers that the borders of a proposed grid may follow."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from gis_app.language import tr
from gis_app.map.reference.guides import Guide

LINE = 26
MOST = 3
"""So many layers are seen at once; the others are scrolled to."""


class GuideList(QListWidget):
    """Tells by `chosen` (key → whether) what a person ticks."""

    chosen = Signal(str, bool)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Layers that borders follow"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setProperty("role", "checks")
        self.itemChanged.connect(self._tell)
        self.itemClicked.connect(self._toggle)
        self._pressed = Qt.CheckState.Unchecked
        self.itemPressed.connect(self._note)

    def show_guides(self, known: Sequence[Guide], chosen: Mapping[str, bool]) -> None:
        """List layers, ticked as somebody chose, or as is usual."""
        self.blockSignals(True)
        self.clear()
        for one in known:
            item = QListWidgetItem(one.name if one.usual else tr("{layer} (outlines of areas)", layer=one.name))
            item.setData(Qt.ItemDataRole.UserRole, one.key)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if chosen.get(one.key, one.usual) else Qt.CheckState.Unchecked)
            item.setSizeHint(QSize(10, LINE))
            item.setToolTip(item.text())
            self.addItem(item)
        self.setFixedHeight(max(1, min(len(known), MOST)) * LINE)
        self.blockSignals(False)

    @property
    def ticked(self) -> list[str]:
        """The keys of the layers that are ticked."""
        items = (self.item(at) for at in range(self.count()))
        return [str(item.data(Qt.ItemDataRole.UserRole)) for item in items if item.checkState() == Qt.CheckState.Checked]

    def _note(self, item: QListWidgetItem) -> None:
        self._pressed = item.checkState()

    def _toggle(self, item: QListWidgetItem) -> None:
        """A click beside the box ticks as well; one on the box has done so already."""
        if item.checkState() == self._pressed:
            ticked = self._pressed == Qt.CheckState.Checked
            item.setCheckState(Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked)

    def _tell(self, item: QListWidgetItem) -> None:
        self.chosen.emit(str(item.data(Qt.ItemDataRole.UserRole)), item.checkState() == Qt.CheckState.Checked)
