"""How often the suggested category is the right one, on held-out whistles: `python -m benchmarks.bench_suggestion [COUNTY] [REQUESTS.csv]`.

By keywords alone, by what was learned alone, and by both as the program does it. The demo county is split by time, with few and with many
whistles to learn from, and by what happened: problems that were never told before. REQUESTS.csv are citizen requests with the columns
`Created Date`, `Complaint Type` (the category) and `Descriptor` (the text), as New York publishes them; they are split by time as well.
"""

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.county import demo_file
from benchmarks.measure import report
from gis_app import bootstrap
from gis_app.cases.bodies import Category
from gis_app.cases.suggestion import Learned, learn, suggest
from gis_app.demo.texts import PROBLEMS

Ints = NDArray[np.int64]
ASKED = 3000


def hits(texts: Sequence[str], owners: Ints, categories: Mapping[int, Category], learned: Learned | None) -> str:
    """Return how many texts have the right category first, and among the first three."""
    found = [[one.category for one in suggest(text, categories, learned)] for text in texts]
    first = np.mean([bool(ids) and ids[0] == owner for ids, owner in zip(found, owners.tolist(), strict=True)])
    three = np.mean([owner in ids for ids, owner in zip(found, owners.tolist(), strict=True)])
    return f"{first:.1%} / {three:.1%}"


def compare(what: str, texts: NDArray[np.object_], owners: Ints, known: Ints, asked: Ints, categories: Mapping[int, Category]) -> None:
    """Report the three ways on rows `asked`, learned from rows `known`."""
    asked = np.random.default_rng(1).permutation(asked)[:ASKED]
    learned = learn(texts[known].tolist(), owners[known])
    mute = {id: replace(category, name="\0", name_en="", keywords="") for id, category in categories.items()}
    for voice, speaking, heard in (("keywords", categories, None), ("learned", mute, learned), ("both", categories, learned)):
        report(f"{what}: {voice}", "", hits(texts[asked].tolist(), owners[asked], speaking, heard), "right first / among three")


def problem_of(texts: NDArray[np.object_]) -> Ints:
    """Return which problem of the demo each text tells of, -1 for none."""
    found = np.full(len(texts), -1)
    phrases = [problem for problems in PROBLEMS.values() for problem in problems]
    for number, phrase in enumerate(phrases):
        told = re.compile(re.escape(phrase).replace(r"\{n\}", "[0-9]+"))
        found[[at for at, text in enumerate(texts) if told.search(text)]] = number
    return found


def measure_demo(path: Path) -> None:
    """Compare on the demo county."""
    county = bootstrap.open_county(path)
    rows, categories = county.store.rows("cases", None, ("text", "category", "blown")), county.state.categories
    county.close()
    order = np.argsort(rows["blown"], kind="stable")
    texts, owners = np.asarray(rows["text"], object)[order], np.asarray(rows["category"], np.int64)[order]
    cut = int(len(texts) * 0.8)
    later = np.arange(cut, len(texts))
    for count in (200, 1000, cut):
        compare(f"the demo's later whistles, {count:,} learned", texts, owners, np.arange(cut - count, cut), later, categories)
    problem = problem_of(texts)
    compare("problems never told before", texts, owners, np.flatnonzero(problem % 3 > 0), np.flatnonzero(problem % 3 == 0), categories)


def measure_requests(path: Path) -> None:
    """Compare on citizen requests; the words of a complaint type are its keywords."""
    requests = pd.read_csv(path, encoding="utf-8-sig").dropna(subset=["Descriptor"])
    requests = requests.iloc[np.argsort(pd.to_datetime(requests["Created Date"], format="%m/%d/%y %H:%M"), kind="stable")]
    numbers, names = pd.factorize(requests["Complaint Type"])
    words = {at: [word for word in re.split(r"\W+", str(name)) if len(word) > 3] for at, name in enumerate(names)}
    categories = {at + 1: Category(at + 1, str(at), str(name), "", ",".join(words[at])) for at, name in enumerate(names)}
    texts, owners = requests["Descriptor"].to_numpy(object), np.asarray(numbers, np.int64) + 1
    cut = int(len(texts) * 0.8)
    compare(f"New York, {len(names)} types", texts, owners, np.arange(cut), np.arange(cut, len(texts)), categories)


def main() -> None:
    """Measure on the demo county, and on the requests where they are given."""
    with demo_file() as path:
        measure_demo(path)
    for argument in sys.argv[1:]:
        if argument.endswith(".csv"):
            measure_requests(Path(argument))


if __name__ == "__main__":
    main()
