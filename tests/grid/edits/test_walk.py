"""Walks at random through all edits: whatever is done to a county, and in whatever order, it stays sound."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from gis_app.grid.coverage import Coverage, build_coverage, polygons
from gis_app.grid.edits.edited import Edited
from tests.grid.edits.any_edit import EVERY, MOVING, PARTING, spot, verbs_for
from tests.grid.edits.counties import borders, counties, frozen, of
from tests.grid.edits.drawn import assert_parted_well
from tests.grid.samples import merged, wiggly


class Walk(RuleBasedStateMachine):
    """A county, and any edit of it after any other; every one can be taken back, because none changes what it was given."""

    @initialize(county=counties())
    def begin(self, county: Coverage) -> None:
        self.county = county
        self.past: list[tuple[Coverage, tuple[object, ...]]] = []
        self.new_id = 1_000

    @rule(verb=st.sampled_from(sorted(EVERY)), seed=st.integers(0, 2**32 - 1))
    def edit(self, verb: str, seed: int) -> None:
        self.new_id += 100
        if len(self.county.cells) > 60 and verb in PARTING:
            return
        before = frozen(self.county)
        result = EVERY[verb](spot(self.county, np.random.default_rng(seed), self.new_id))
        assert frozen(self.county) == before
        assert_parted_well(self.county, result, beyond=True)
        if isinstance(result, Edited):
            self.past.append((self.county, before))
            self.county = result.coverage

    @rule()
    def undo(self) -> None:
        if self.past:
            self.county, before = self.past.pop()
            assert frozen(self.county) == before

    @invariant()
    def the_polygons_say_it_all(self) -> None:
        shapes = polygons(self.county)
        assert borders(build_coverage(list(shapes), list(shapes.values()))) == borders(self.county)


Walk.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
test_any_edit_after_any_other = Walk.TestCase


@pytest.mark.parametrize("county", [wiggly(60, 5, 3000.0, 12), of(merged(120, 24, 7))], ids=["wiggly", "merged"])
def test_a_long_walk(county: Coverage) -> None:
    rng = np.random.default_rng(len(county.cells))
    done: dict[str, int] = {}
    for step in range(600):
        verb = str(rng.choice(verbs_for(county, 20, 120)))
        result = EVERY[verb](spot(county, rng, 1_000 + 100 * step))
        if step % 10 == 0 or verb not in MOVING:
            assert_parted_well(county, result, beyond=True)
        if isinstance(result, Edited):
            county = result.coverage
            done[verb] = done.get(verb, 0) + 1
    assert done.keys() == EVERY.keys()
    assert sum(done.values()) > 300
