"""What proposed grids are like, in figures: all ways beside each other, and the villages of one way, the worst first."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QPushButton

from gis_app.county.proposals import Alternative, VillageProposal
from gis_app.county.state import CountyState
from gis_app.grid.partition.proposal import Aim
from gis_app.gui.side_panel import ROW, Figures
from gis_app.gui.widgets import Button, label
from gis_app.gui.words import unit_name
from gis_app.language import Message, format_number, msg, tr
from gis_app.map.palette import Palette

AIMS: dict[Aim, Message] = {
    Aim.COMPACT: msg("Compact"),
    Aim.BALANCED: msg("Equal"),
    Aim.FAITHFUL: msg("Near to the present cells"),
}

SHORT: dict[Aim, Message] = {Aim.COMPACT: msg("Compact"), Aim.BALANCED: msg("Equal"), Aim.FAITHFUL: msg("Present")}

WHY: dict[Aim, Message] = {
    Aim.COMPACT: msg("Short borders; cells within some percent of each other."),
    Aim.BALANCED: msg("Households shared out as equally as buildings allow."),
    Aim.FAITHFUL: msg("Near to the present cells: no more of them, and fewer households get another worker."),
}

Figure = tuple[Message, Message, Callable[[Alternative], str]]

ALONG: Figure = (
    msg("Along lines, km"),
    msg("Length of the borders that run along the roads and rivers that were ticked; a larger distance lets more of them do so."),
    lambda one: format_number((one.along or 0.0) / 1000, 1),
)
"""Only shown where borders were to follow lines."""

FIGURES: tuple[Figure, ...] = (
    (msg("Cells"), msg("Cells of all villages that are divided."), lambda one: format_number(len(one.loads))),
    (
        msg("Households"),
        msg("Resident households of the smallest and of the largest cell."),
        lambda one: f"{format_number(int(one.loads.min()))}–{format_number(int(one.loads.max()))}",
    ),
    (msg("Below the floor"), msg("Cells with fewer households than are asked for."), lambda one: format_number(one.below)),
    (
        msg("Off the mean"),
        msg("How far a cell is from the mean of its village at most; of several villages the mean."),
        lambda one: f"{one.spread:.0%}",
    ),
    (msg("Compactness"), msg("Polsby-Popper, 1 for a circle: the mean of all cells."), lambda one: format_number(one.compactness, 2)),
    (msg("Borders, km"), msg("Length of the borders between cells of a village."), lambda one: format_number(one.cut / 1000, 1)),
    ALONG,
    (msg("Change worker"), msg("Households that would get another grid worker."), lambda one: format_number(one.other_worker)),
)
"""What alternatives are compared by: a name, what it means, and the figure."""


def side_by_side(
    alternatives: Sequence[Alternative], chosen: int, choose: Callable[[int], object], palette: Palette
) -> tuple[QGridLayout, list[QPushButton]]:
    """Return the figures of all alternatives beside each other, and the heads of their columns, which choose one."""
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(4)
    grid.setVerticalSpacing(2)
    grid.setColumnStretch(0, 1)
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    heads = [_head(one.aim, at == chosen, lambda at=at: choose(at)) for at, one in enumerate(alternatives)]  # type: ignore[misc]
    for at, head in enumerate(heads, start=1):
        grid.addWidget(head, 0, at)
    rows = [one for one in FIGURES if one is not ALONG or any(way.along is not None for way in alternatives)]
    for line, (title, tip, figure) in enumerate(rows, start=1):
        name = label(str(title), "secondary")
        name.setToolTip(str(tip))
        grid.addWidget(name, line, 0)
        for at, one in enumerate(alternatives, start=1):
            value = label(figure(one), "value" if at == chosen + 1 else "")
            value.setContentsMargins(0, 0, 4, 0)
            if title.text == "Below the floor" and one.below:
                value.setStyleSheet(f"color: {palette.danger};")
            grid.addWidget(value, line, at, right)
    return grid, heads


def _head(aim: Aim, chosen: bool, clicked: Callable[[], object]) -> QPushButton:
    made = Button(str(SHORT[aim]))
    made.setProperty("role", "column")
    made.setCheckable(True)
    made.setChecked(chosen)
    made.setToolTip(f"{AIMS[aim]}\n{WHY[aim]}")
    made.setAccessibleName(str(AIMS[aim]))
    made.clicked.connect(lambda _=False: clicked())
    return made


class VillageTable(Figures):
    """The villages of one alternative: those with cells below the floor first, then by how far a cell is off the mean."""

    def __init__(self, state: CountyState, alternative: Alternative, left_out: Mapping[int, Message], palette: Palette) -> None:
        titles = [tr("Village"), tr("Cells"), tr("Below"), tr("Off %"), tr("Move")]
        tips = [
            tr("Choose a village to look at it; the arrow keys go on to the next."),
            tr("Proposed cells"),
            tr("Cells with fewer households than are asked for."),
            tr("How far a cell is from the mean of the village at most, in percent."),
            tr("Households that would get another grid worker."),
        ]
        super().__init__(tr("Villages, the worst first"), titles, tips)
        shown = alternative.worst_first
        rows = [(one.village, _name(state, one), _numbers(one)) for one in shown]
        tips = [_tip(state, one) for one in shown]
        for village, why in left_out.items():
            rows.append((village, tr("{village} (not divided)", village=unit_name(state.units[village])), (0, 0, 0, 0)))
            tips.append(str(why))
        self.show_rows(rows, colours=("", palette.danger), tips=tips)
        self.setMinimumHeight(34 + 3 * ROW)
        self.setMaximumHeight(34 + max(3, len(rows)) * ROW)


def _numbers(one: VillageProposal) -> tuple[int, int, int, int]:
    return len(one.proposal.loads), one.proposal.below, round(one.proposal.spread * 100), one.other_worker


def _name(state: CountyState, one: VillageProposal) -> str:
    name = unit_name(state.units[one.village])
    return name if one.proposal.problem is None else f"▲ {name}"


def _tip(state: CountyState, one: VillageProposal) -> str:
    alone = Alternative(one.proposal.wanted.aim, (one,))
    lines = [unit_name(state.units[one.village]), *(f"{title}: {figure(alone)}" for title, _, figure in FIGURES)]
    said = ([one.proposal.problem] if one.proposal.problem is not None else []) + list(one.proposal.remarks)
    return "\n".join([*lines, *(str(text) for text in said)])
