"""The search box: which columns are searched, and in which order hits come."""

from collections.abc import Callable, Iterator, Mapping

from gis_app.storage.text_index import Match, TextIndex, fold

Found = tuple[str, int]
"""A table and the id of a row."""

_CODES = (("units", "code"), ("cases", "number"), ("bodies", "code"), ("workers", "code"), ("households", "code"), ("former_units", "code"))
_NAMES = (("units", "name"), ("bodies", "name"), ("workers", "name"), ("households", "head"), ("former_units", "name"))
_PINYIN = (("units", "pinyin"), ("bodies", "pinyin"), ("workers", "pinyin"), ("households", "pinyin"), ("former_units", "pinyin"))
_PEOPLE = (("bodies", "receiver"), ("bodies", "leader"), ("former_units", "contact"))
_PHONES = (("workers", "phone"), ("bodies", "receiver_phone"), ("bodies", "leader_phone"), ("households", "phone"))
_PLACES = (("households", "address"), ("cases", "address"))
_TEXTS = (("cases", "text"),)
SEARCHED = ("units", "bodies", "workers", "households", "cases", "former_units")


def search(index: Callable[[str], TextIndex], words: str, limit: int) -> list[Found]:
    """Return the rows that match, best first: whole codes and names, then beginnings, then parts; codes before names before places.

    No column takes more than a third of the list while others have something to show: a village's cells do not hide its body.
    """
    asked = " ".join(fold(words).split())
    if not asked or limit <= 0:
        return []
    share = max(1, limit // 3)
    ranked: dict[Found, int] = {}  # → how many came before it from its own group
    for group in _groups(index, asked, limit):
        fresh = [found for found in group if found not in ranked]
        ranked.update({found: place for place, found in enumerate(fresh)})
        if sum(place < share for place in ranked.values()) >= limit:
            break
    first = [found for found, place in ranked.items() if place < share]
    chosen = set((first + [found for found, place in ranked.items() if place >= share])[:limit])
    return [found for found in ranked if found in chosen]


def _groups(index: Callable[[str], TextIndex], asked: str, limit: int) -> Iterator[list[Found]]:
    """Yield the hits of one column and one kind of match after the other."""
    initials = _PINYIN if asked.isascii() else ()
    phones = _PHONES if asked.isdigit() and len(asked) >= 4 else ()
    orders: Mapping[Match, tuple[tuple[str, str], ...]] = {
        Match.EXACT: (*_CODES, *_NAMES, *_PHONES, *_PEOPLE, *initials),
        Match.PREFIX: (*_CODES, *_NAMES, *initials, *_PEOPLE, *phones, *_PLACES),
        Match.SUBSTRING: (*_NAMES, *_CODES, *_PLACES, *_TEXTS, *(initials if len(asked) > 1 else ())),
    }
    for match, columns in orders.items():
        for table, column in columns:
            rows = index(table)
            yield [(table, int(rows.ids[row])) for row in rows.columns[column].rows(asked, match, limit)]
    if " " in asked:
        for table in SEARCHED:
            yield [(table, int(row)) for row in index(table).containing(asked)[:limit]]
