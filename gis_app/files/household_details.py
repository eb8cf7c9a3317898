"""What a row of a household says beside who and where: how many people, and whether its phone is one."""

import numpy as np
from numpy.typing import NDArray

from gis_app.files.numbers import as_numbers
from gis_app.files.report import Repair
from gis_app.files.table import Table
from gis_app.grid.household_quality import normal_phone
from gis_app.language import msg, plural

MOST_MEMBERS = 99


def members_of(table: Table, kept: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the number of people of the kept rows; one that is no number from 0 to 99 becomes 0, and the report says so."""
    texts = table.texts("members")[kept]
    numbers = as_numbers(texts)
    wrong = (texts != "") & ~((numbers >= 0) & (numbers <= MOST_MEMBERS) & (numbers == np.floor(numbers)))
    for at in np.flatnonzero(wrong).tolist():
        text = msg("the number of people “{text}” is no number from 0 to {most}; it was left open", text=texts[at], most=MOST_MEMBERS)
        table.repaired.append(Repair(table.number(int(kept[at])), text))
    members: NDArray[np.int64] = np.nan_to_num(np.where(wrong, 0, numbers)).astype(np.int64)
    return members


def tell_wrong_phones(table: Table, phones: list[str]) -> None:
    """Say in the report how many phones are none; they stay as they came, and are listed when households are checked."""
    wrong = sum(bool(phone) and normal_phone(phone) is None for phone in phones)
    if wrong:
        one = msg("{count} phone is no phone number; “Check the households” lists it.", count=wrong)
        table.notes.append(plural(wrong, one, msg("{count} phones are no phone numbers; “Check the households” lists them.", count=wrong)))
