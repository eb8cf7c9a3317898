"""Everything that a person can do, as one list: tool rows, menus, shortcuts, the command palette and the list of keys come from it."""

from gis_app.gui.operations.boundary_tools import boundary_tools
from gis_app.gui.operations.case_operations import case_operations
from gis_app.gui.operations.county_work import county_work, history_steps
from gis_app.gui.operations.file_operations import file_operations
from gis_app.gui.operations.former_operations import former_operations
from gis_app.gui.operations.household_operations import household_operations
from gis_app.gui.operations.intake_operations import intake_operations
from gis_app.gui.operations.map_tools import looking, map_tools
from gis_app.gui.operations.operation import Operation
from gis_app.gui.operations.plan_operations import plan_operations
from gis_app.gui.operations.reference_operations import reference_operations
from gis_app.gui.operations.rule_operations import rule_operations
from gis_app.gui.operations.unit_operations import unit_operations
from gis_app.gui.operations.watch_operations import watch_operations
from gis_app.gui.operations.window_operations import window_operations
from gis_app.gui.operations.worker_operations import worker_operations

__all__ = ["Operation", "all_operations"]


def all_operations() -> tuple[Operation, ...]:
    """Return every operation, in the order of tool rows, menus and of the list of keys."""
    return (
        *map_tools(),
        *boundary_tools(),
        *history_steps(),
        *unit_operations(),
        *worker_operations(),
        *household_operations(),
        *looking(),
        *case_operations(),
        *intake_operations(),
        *county_work(),
        *rule_operations(),
        *watch_operations(),
        *plan_operations(),
        *file_operations(),
        *reference_operations(),
        *former_operations(),
        *window_operations(),
    )
