"""A layout that puts widgets beside one another, and begins a new line where the panel is too narrow."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem


class Flow(QLayout):
    """Widgets in lines, each as wide as it wants to be. With `company` the last one never stands alone in a line."""

    def __init__(self, spacing: int = 6, *, company: bool = False) -> None:
        super().__init__()
        self._company = company
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    def addItem(self, item: QLayoutItem) -> None:  # noqa: D102
        self._items.append(item)

    def count(self) -> int:  # noqa: D102
        return len(self._items)

    def itemAt(self, at: int) -> QLayoutItem | None:  # noqa: D102
        return self._items[at] if 0 <= at < len(self._items) else None

    def takeAt(self, at: int) -> QLayoutItem | None:  # noqa: D102
        return self._items.pop(at) if 0 <= at < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:  # noqa: D102
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:  # noqa: D102
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: D102
        return self._laid_out(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:  # noqa: D102
        super().setGeometry(rect)
        self._laid_out(rect, move=True)

    def sizeHint(self) -> QSize:  # noqa: D102
        return self.minimumSize()

    def minimumSize(self) -> QSize:  # noqa: D102
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        """Return which items stand together in a line of a width."""
        lines: list[list[QLayoutItem]] = []
        used = 0
        for item in self._items:
            wide = item.sizeHint().width()
            if not lines or used + self.spacing() + wide > width:
                lines.append([item])
                used = wide
            else:
                lines[-1].append(item)
                used += self.spacing() + wide
        if self._company and len(lines) > 1 and len(lines[-1]) == 1 and len(lines[-2]) > 1:
            lines[-1].insert(0, lines[-2].pop())
        return lines

    def _laid_out(self, rect: QRect, *, move: bool) -> int:
        """Lay the items out in a rectangle, or only find how high that gets."""
        y = rect.y()
        for at, line in enumerate(self._lines(rect.width())):
            y += self.spacing() if at else 0
            x = rect.x()
            for item in line:
                size = item.sizeHint()
                if move:
                    item.setGeometry(QRect(QPoint(x, y), QSize(min(size.width(), rect.width()), size.height())))
                x += size.width() + self.spacing()
            y += max(item.sizeHint().height() for item in line)
        return y - rect.y()
