"""What publishing a draft would change: counted from the two states, before anything is done, as the report of publishing will count."""

from collections import Counter
from dataclasses import dataclass

from gis_app.cases.display import is_open
from gis_app.county.comparison import Fate, fates, residents_of, with_other_worker
from gis_app.county.state import CountyState


@dataclass(frozen=True, slots=True)
class PublishFigures:
    """How many cells become new, go, get another boundary or another name, code or place in the tree; households that come to another
    cell; residents who get another grid worker; open whistles that come to another cell; cells below the floor, and without a worker."""

    new: int
    gone: int
    redrawn: int
    renamed: int
    households: int
    residents: int
    whistles: int
    below_floor: int
    vacant: int

    @property
    def nothing(self) -> bool:
        """Tell whether the draft is the same as the published plan."""
        return not any((self.new, self.gone, self.redrawn, self.renamed, self.households, self.residents, self.whistles))


def publish_figures(published: CountyState, draft: CountyState, below_floor: int, vacant: int) -> PublishFigures:
    """Compare a draft with the published plan; both hold the same households, whistles and workers."""
    count = Counter(fates(published, draft).values())
    return PublishFigures(
        count[Fate.NEW],
        count[Fate.CLOSED],
        count[Fate.CHANGED],
        count[Fate.MOVED],
        int((published.households.cell != draft.households.cell).sum()),
        residents_of(draft, with_other_worker(published, draft)),
        int((published.cases.cell != draft.cases.cell)[is_open(published.cases)].sum()),
        below_floor,
        vacant,
    )
