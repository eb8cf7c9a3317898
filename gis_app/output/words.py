"""Free text before it leaves the program: the people and phones in it masked."""

import re
from collections.abc import Sequence

from gis_app.county.state import CountyState
from gis_app.grid.privacy import mask_name, mask_phone

_PHONE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)|(?<!\d)0\d{2,3}-\d{7,8}(?!\d)")
_LONG_NUMBER = re.compile(r"(?<!\d)\d{15,18}[\dXx]?(?!\d)")


def without_people(state: CountyState, texts: Sequence[str], names: Sequence[str] = ()) -> list[str]:
    """Mask phones, long personal numbers, and the names that are known: of workers, receivers, leaders, and `names` (heads of households).

    A name that nobody knows stays: free text is published only where somebody asks for it.
    """
    known = {worker.name for worker in state.workers.values()} | set(names)
    known |= {name for body in state.bodies.values() for name in (body.receiver, body.leader)}
    known = {name for name in known if len(name) > 1}
    people = re.compile("|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))) if known else None
    masked = []
    for text in texts:
        clean = _LONG_NUMBER.sub("***", _PHONE.sub(lambda found: mask_phone(found[0]), text))
        masked.append(people.sub(lambda found: mask_name(found[0]), clean) if people else clean)
    return masked
