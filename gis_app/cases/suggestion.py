"""Which category a whistle may belong to, by its text: suggested with the reason, never decided.

Two voices are heard. The keywords of the categories, which the county writes; and, where there are enough whistles to learn from, a
complement naive Bayes classifier (Rennie et al., Tackling the Poor Assumptions of Naive Bayes Text Classifiers, ICML 2003) over the TF-IDF
of one to three characters. Characters were measured against words (jieba) and did better; the classifier alone knows nothing of what was
never said before, the keywords alone miss every fourth whistle: `docs/decisions` has the figures.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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

LEAST = 0.05
"""Share of the voices below which a category is not suggested."""

_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A category that a text may belong to: its share of all voices (0 to 1), and why, in words."""

    category: int
    share: float
    why: Message


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What was learned from earlier whistles. `categories`: those that were seen, ascending; `counts`: how many whistles of each."""

    categories: NDArray[np.int64]
    counts: NDArray[np.int64]
    vectorizer: Any
    classifier: Any

    def shares(self, text: str) -> NDArray[np.float64]:
        """Return the share of each of `categories` for a text, summing up to 1."""
        found: NDArray[np.float64] = self.classifier.predict_proba(self.vectorizer.transform([_folded(text)]))[0]
        return found

    def telling(self, text: str, category: int, most: int = 3) -> tuple[str, ...]:
        """Return the parts of a text that speak most for a category, against the others."""
        row = self.vectorizer.transform([_folded(text)])
        weights = self.classifier.feature_log_prob_[:, row.indices]
        gain = row.data * (weights[int(np.searchsorted(self.categories, category))] - weights.mean(axis=0))
        names = self.vectorizer.get_feature_names_out()[row.indices]
        chosen: list[str] = []
        for at in np.argsort(-gain):
            part = str(names[at])
            if gain[at] <= 0 or len(chosen) == most:
                break
            if _WORD.fullmatch(part) and not any(part in known or known in part for known in chosen):
                chosen.append(part)
        return tuple(chosen)


def learn(texts: Sequence[str], categories: NDArray[np.int64]) -> Learned | None:
    """Learn from whistles (`categories`: their ids, 0 for none); None where too few have a text and a category, or all the same one.

    The last `MOST` count. 20,000 take about a second of CPU time; to be done beside the window.
    """
    used = [at for at, text in enumerate(texts) if text.strip() and categories[at]][-MOST:]
    owners = np.asarray(categories, np.int64)[used]
    known, counts = np.unique(owners, return_counts=True)
    if len(used) < ENOUGH or len(known) < 2:
        return None
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.naive_bayes import ComplementNB

    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True, lowercase=False)
    classifier = ComplementNB(alpha=0.1)
    classifier.fit(vectorizer.fit_transform([_folded(texts[at]) for at in used]), owners)
    return Learned(known, counts.astype(np.int64), vectorizer, classifier)


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
    chosen = [(id, voices[id] / whole) for id in ranked if voices[id] >= LEAST * whole]
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
