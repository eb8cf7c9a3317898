"""The pictures of the chapter on households, grid workers and proposed grids: a planner at the window on the demo county."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from case_pictures import CaseDesk
from PySide6.QtGui import QImage

from gis_app.grid.units import Level
from gis_app.gui.propose_panel import ProposePanel
from gis_app.gui.retired_panel import RetiredPanel

if TYPE_CHECKING:
    from gis_app.gui.window import Window


def village(desk: CaseDesk) -> int:
    """Return a village with many cells, all of them in one piece."""
    state = desk.state
    whole = [unit for unit in state.units.at_level(Level.VILLAGE) if len(state.units.cells(unit.id)) == 17]
    return whole[0].id


def household(desk: CaseDesk) -> QImage:
    """The card of a household, and the whole window."""
    home = int(desk.state.households.id[desk.home()])
    desk.session.select("households", home)
    assert desk.window.page is not None
    desk.window.page.view.show_row("households", home)
    desk.rest()
    return desk.whole()


def retired(desk: CaseDesk) -> QImage:
    """Who left the register, and the way back."""
    desk.take("retired_households")
    panel = desk.right
    assert isinstance(panel, RetiredPanel)
    panel.list.setCurrentRow(1)
    desk.rest()
    return desk.of(panel, 560)


def quality(desk: CaseDesk) -> QImage:
    """What is wrong with the register."""
    desk.take("household_quality")
    return desk.of(desk.right, 560)


def worker(desk: CaseDesk) -> QImage:
    """The card of a worker who has more to do than his branch."""
    found = desk.session.derived.burdens
    heavy = max(found.values(), key=lambda one: one.share)
    desk.session.select("workers", heavy.worker)
    desk.rest()
    return desk.of(desk.right, 600)


def assign(desk: CaseDesk) -> QImage:
    """The program proposes who looks after what."""
    desk.take("worker_assign")
    desk.press_button(desk.right, "Propose")
    desk.rest()
    return desk.of(desk.right, 560)


def propose(desk: CaseDesk) -> QImage:
    """Three ways to divide a village, the first of them over the map."""
    chosen = village(desk)
    desk.session.select("units", chosen)
    assert desk.window.page is not None
    desk.window.page.view.show_row("units", chosen)
    desk.rest()
    desk.take("propose")
    panel = desk.right
    assert isinstance(panel, ProposePanel)
    panel.run()
    desk.rest()
    desk.points = False
    return desk.whole()


def balanced(desk: CaseDesk) -> QImage:
    """Another of them."""
    panel = desk.right
    if not isinstance(panel, ProposePanel):
        propose(desk)
        panel = desk.right
    assert isinstance(panel, ProposePanel) and len(panel.heads) > 1
    panel.heads[1].click()
    desk.rest()
    return desk.of(panel, 470)


PICTURES: Mapping[str, Callable[[CaseDesk], QImage]] = {
    "household": household,
    "retired": retired,
    "quality": quality,
    "worker": worker,
    "assign": assign,
    "propose": propose,
    "balanced": balanced,
}
"""In the order in which the chapter shows them."""


def take_all(window: "Window") -> Iterator[tuple[str, QImage]]:
    """Yield the pictures with their names, in the workspace Plan."""
    desk = CaseDesk(window)
    desk.points = False  # nothing is pointed at
    window.set_workspace("plan")
    desk.rest()
    for name, picture in PICTURES.items():
        yield name, picture(desk)
        desk.leave()
