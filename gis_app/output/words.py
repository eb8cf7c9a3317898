"""Free text before it leaves the program: the people and phones in it masked."""

import re
from collections.abc import Callable, Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from gis_app.county.county import County
from gis_app.grid.privacy import mask_name, mask_phone

Words = Callable[[NDArray[np.int64]], Sequence[str]]
"""Gives what whistles say, masked, for positions among the county's cases."""

_PHONE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)|(?<!\d)0\d{2,3}-\d{7,8}(?!\d)")
_LONG_NUMBER = re.compile(r"(?<!\d)\d{15,18}[\dXx]?(?!\d)")


def masker(names: Collection[str]) -> Callable[[str], str]:
    """Return a function that masks phones, long personal numbers, and `names` (a set) wherever they occur.

    A name that nobody knows stays: free text is published only where somebody asks for it.
    """
    lengths = sorted({len(name) for name in names}, reverse=True)
    return lambda text: _masked(text, names, lengths)


def _masked(text: str, names: Collection[str], lengths: Sequence[int]) -> str:
    text = _LONG_NUMBER.sub("***", _PHONE.sub(lambda found: mask_phone(found[0]), text))
    found, at = [], 0
    while at < len(text):
        name = next((text[at : at + length] for length in lengths if text[at : at + length] in names), "")
        found.append(mask_name(name) if name else text[at])
        at += len(name) or 1
    return "".join(found)


def people_of(county: County) -> frozenset[str]:
    """Return the names that a county knows: workers, receivers, leaders, and heads of households."""
    state = county.state
    names = {worker.name for worker in state.workers.values()}
    names |= {name for body in state.bodies.values() for name in (body.receiver, body.leader)}
    if len(state.households):
        names |= set(county.store.rows("households", state.households.id, ["head"])["head"].tolist())
    if state.retired:  # whistles go on naming them
        names |= set(county.store.rows("retired_households", np.array(sorted(state.retired), np.int64), ["head"])["head"].tolist())
    return frozenset(name for name in names if len(name) > 1)


def case_words(county: County) -> Words:
    """Return a reader of what whistles say, without the people that the county knows."""

    def read(at: NDArray[np.int64]) -> list[str]:
        mask = masker(people_of(county))
        texts = county.store.rows("cases", county.state.cases.id[at], ["text"])["text"]
        return [mask(str(text)) for text in texts]

    return read
