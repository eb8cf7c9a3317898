"""The page of the inspector about a place: who would receive a whistle from here, and why."""

from functools import partial

from PySide6.QtWidgets import QLayout, QWidget

from gis_app.cases.routing import Place
from gis_app.gui.inspector import Inspector, heading
from gis_app.gui.widgets import card, combo, facts, label
from gis_app.gui.words import body_name, category_name, unit_name
from gis_app.language import ZONE, tr


def place_page(panel: Inspector, x: float, y: float, category: int = 0) -> list[QWidget | QLayout]:
    """Show cell, worker, receiving body and ladder of a place for a category, with the reasons in words."""
    state = panel.session.state
    today = panel.session.derived.now.astimezone(ZONE).date()
    route = panel.session.derived.router.route(Place(x, y), category, day=today)
    categories: list[tuple[str, object]] = [(tr("Any category"), 0), *((category_name(state, i), i) for i in state.categories)]
    choose = combo(tr("Category"), categories, category, lambda value: panel.show_page(partial(place_page, panel, x, y, int(str(value)))))
    worker = state.workers.get(route.worker)
    who: list[tuple[str, str | QWidget]] = [
        (tr("Cell"), panel.link(unit_name(state.units[route.cell]), "units", route.cell) if route.cell else "–"),
        (tr("Village"), panel.link(unit_name(state.units[route.village]), "units", route.village) if route.village else "–"),
        (tr("Grid worker"), panel.link(panel.name(worker.name), "workers", worker.id) if worker else label(tr("(vacant)"), "warning")),
        (tr("Department"), panel.link(body_name(state, route.department), "bodies", route.department) if route.department else "–"),
    ]
    receiver = label(body_name(state, route.body), "number", wrap=True)
    page: list[QWidget | QLayout] = [
        label(tr("A whistle from here"), "secondary"),
        panel.title(unit_name(state.units.get(route.cell)) if route.cell else tr("Outside the county")),
        label(f"X {x:,.0f}  Y {y:,.0f}", "secondary", selectable=True),
        choose,
        card(label(tr("goes to"), "secondary"), receiver),
        facts(who),
        heading(tr("Why {body}", body=body_name(state, route.body))),
        *(label(f"· {reason}", "secondary", wrap=True) for reason in route.reasons),
    ]
    if route.ladder:
        page.append(heading(tr("The ladder")))
        page += [panel.link(f"{step}  {body_name(state, body)}", "bodies", body) for step, body in enumerate(route.ladder, 1)]
    return page
