"""Which category a whistle may belong to, by its text: suggested with the reason, never decided.

Two voices are heard. The keywords of the categories, which the county writes; and, where there are enough whistles to learn from, a
complement naive Bayes classifier (Rennie et al., Tackling the Poor Assumptions of Naive Bayes Text Classifiers, ICML 2003) over the TF-IDF
of one to three characters. Why so, and how often it is right: docs/decisions/0011.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.bodies import Category
from gis_app.language import Listing, Message, msg

ENOUGH = 100
"""Whistles with a text and a category below which nothing is learned."""

MOST = 20_000
"""So many whistles, the newest ones, are learned from at most."""

KEYWORD_WEIGHT = 0.5
"""How much the keywords count beside what was learned (1): with more, what was learned is overruled; with less, what is new is lost."""

LEAST = 0.1
"""A category for which less than this part of the voices for the first one speaks is not suggested."""

SMOOTHING = 0.1
"""What is added to how often a part was said, so that what was never said is not impossible."""

_SPACES = re.compile(r"\s\s+")
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A category that a text may belong to: its share of all voices (0 to 1), and why, in words."""

    category: int
    share: float
    why: Message


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What was learned from earlier whistles.

    `categories`: those that were seen, ascending; `counts`: how many whistles of each; `parts`: what texts consist of → its column;
    `rarity`: the weight of each part (inverse document frequency); `weights`: (categories, parts), how much each part speaks for each.
    """

    categories: NDArray[np.int64]
    counts: NDArray[np.int64]
    parts: Mapping[str, int]
    rarity: NDArray[np.float64]
    weights: NDArray[np.float64]

    def _seen(self, text: str) -> tuple[list[str], NDArray[np.int64], NDArray[np.float64]]:
        """Return the parts of a text that are known, their columns and their values (of length 1 together)."""
        counted = {part: count for part, count in _parts_of(text).items() if part in self.parts}
        columns = np.array([self.parts[part] for part in counted], np.int64)
        values = (1.0 + np.log(np.array(list(counted.values()), np.float64))) * self.rarity[columns]
        length = float(np.linalg.norm(values))
        return list(counted), columns, values / length if length else values

    def shares(self, text: str) -> NDArray[np.float64]:
        """Return the share of each of `categories` for a text, summing up to 1."""
        _, columns, values = self._seen(text)
        scores = self.weights[:, columns] @ values
        shares = np.exp(scores - scores.max())
        return np.asarray(shares / shares.sum())

    def telling(self, text: str, category: int, most: int = 3) -> tuple[str, ...]:
        """Return the parts of a text that speak most for a category, against the others."""
        names, columns, values = self._seen(text)
        weights = self.weights[:, columns]
        gain = values * (weights[int(np.searchsorted(self.categories, category))] - weights.mean(axis=0))
        chosen: list[str] = []
        for at in np.argsort(-gain, kind="stable").tolist():
            part = names[at]
            if gain[at] <= 0 or len(chosen) == most:
                break
            if _WORD.fullmatch(part) and not any(part in known or known in part for known in chosen):
                chosen.append(part)
        return tuple(chosen)


def _parts_of(text: str) -> Counter[str]:
    """Count the one to three characters that follow one another in a text."""
    folded = _SPACES.sub(" ", text.casefold())
    return Counter(folded[at : at + length] for length in (1, 2, 3) for at in range(len(folded) - length + 1))


def learn(texts: Sequence[str], categories: NDArray[np.int64]) -> Learned | None:
    """Learn from whistles (`categories`: their ids, 0 for none); None where too few have a text and a category, or all the same one.

    The last `MOST` count, and the parts that more than one of them has. 20,000 take about a second; to be done beside the window.
    """
    used = [at for at, text in enumerate(texts) if text.strip() and categories[at]][-MOST:]
    known, owner, counts = np.unique(np.asarray(categories, np.int64)[used], return_inverse=True, return_counts=True)
    if len(used) < ENOUGH or len(known) < 2:
        return None
    counted = [_parts_of(texts[at]) for at in used]
    in_texts = Counter(part for one in counted for part in one)
    parts = {part: column for column, part in enumerate(sorted(part for part, count in in_texts.items() if count > 1))}
    rarity = np.log((1.0 + len(used)) / (1.0 + np.array([in_texts[part] for part in parts], np.float64))) + 1.0
    weights = _weights([{parts[part]: n for part, n in one.items() if part in parts} for one in counted], owner, len(known), rarity)
    return Learned(known, counts.astype(np.int64), parts, rarity, weights)


def _weights(
    counted: Sequence[Mapping[int, int]], owner: NDArray[np.intp], categories: int, rarity: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how much each part speaks for each category: the less often it is said in all others, the more (complement naive Bayes)."""
    said = np.zeros((categories, len(rarity)))
    for one, category in zip(counted, owner.tolist(), strict=True):
        columns = np.fromiter(one.keys(), np.int64, len(one))
        values = (1.0 + np.log(np.fromiter(one.values(), np.float64, len(one)))) * rarity[columns]
        said[category, columns] += values / max(float(np.linalg.norm(values)), 1e-12)
    others = said.sum(axis=0) + SMOOTHING - said
    return np.asarray(-np.log(others / others.sum(axis=1, keepdims=True)))


def suggest(text: str, categories: Mapping[int, Category], learned: Learned | None = None, most: int = 3) -> tuple[Suggestion, ...]:
    """Return the categories that a text may belong to, the likeliest first; none where nothing speaks for any.

    `categories`: those of the county; what was learned of others is left out.
    """
    if not text.strip():
        return ()
    found = {id: words for id, category in categories.items() if (words := keywords_in(text, category))}
    said = {id: float(sum(map(len, words))) for id, words in found.items()}
    total = sum(said.values())
    voices = {id: KEYWORD_WEIGHT * value / total for id, value in said.items()}
    if learned is not None:
        for id, share in zip(learned.categories.tolist(), learned.shares(text).tolist(), strict=True):
            if id in categories:
                voices[id] = voices.get(id, 0.0) + share
    whole = sum(voices.values())
    ranked = sorted(voices, key=lambda id: (-voices[id], id))[:most]
    chosen = [(id, voices[id] / whole) for id in ranked if voices[id] >= LEAST * voices[ranked[0]]]
    reasons = [(id, share, _why(text, id, found.get(id, ()), learned)) for id, share in chosen]
    return tuple(Suggestion(id, share, why) for id, share, why in reasons if why is not None)


def keywords_in(text: str, category: Category) -> tuple[str, ...]:
    """Return the keywords of a category that a text holds; its names are keywords too."""
    written = _folded(text)
    words = (word.strip() for word in (*re.split("[,，、;；]", category.keywords), category.name, category.name_en))
    return tuple(dict.fromkeys(word for word in words if word and word.casefold() in written))


def _folded(text: str) -> str:
    return text.casefold()


def _why(text: str, category: int, words: tuple[str, ...], learned: Learned | None) -> Message | None:
    """Say what speaks for a category; None where nothing does."""
    if words:
        return msg("keyword {words}", words=Listing(words[:3]))
    if learned is None:
        return None
    telling = learned.telling(text, category)
    if not telling:
        return None
    count = int(learned.counts[int(np.searchsorted(learned.categories, category))])
    return msg("{words}, as in {count} earlier whistles", words=Listing(telling), count=count)
