"""Suggested categories: by keywords, by what was learned, by both; always with the reason, never out of the blue."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_app import language
from gis_app.cases.bodies import Category
from gis_app.cases.suggestion import ENOUGH, Learned, keywords_in, learn, suggest

CATEGORIES = {
    1: Category(1, "C01", "垃圾清运", "Refuse collection", "垃圾,清运，垃圾箱"),
    2: Category(2, "B02", "路灯照明", "Street lighting", "路灯,不亮"),
    3: Category(3, "E03", "畜禽防疫", "Animal health"),
}
SAID = {1: "东屯{n}号门前垃圾无人清运", 2: "西屯{n}号主街路灯不亮", 3: "前屯{n}号家里羊羔拉稀，请派兽医"}


@pytest.fixture(autouse=True)
def english() -> None:
    language.use("en")


@pytest.fixture(scope="module")
def learned() -> Learned:
    texts = [SAID[1 + at % 3].format(n=at) for at in range(300)]
    found = learn(texts, np.array([1 + at % 3 for at in range(300)]))
    assert found is not None
    return found


def test_keywords_speak_for_their_category() -> None:
    first, second = suggest("垃圾箱旁的路灯坏了，垃圾没人清运", CATEGORIES)
    assert first.category == 1 and str(first.why) == "keyword 垃圾, 清运, 垃圾箱"
    assert second.category == 2 and first.share > second.share and first.share + second.share == pytest.approx(1)
    assert keywords_in("REFUSE collection please", CATEGORIES[1]) == ("Refuse collection",)


def test_without_any_hint_nothing_is_suggested(learned: Learned) -> None:
    assert suggest("您好", CATEGORIES) == ()
    assert suggest("   ", CATEGORIES, learned) == ()
    assert suggest("@@@ 123", CATEGORIES, learned) == ()


def test_what_was_learned_needs_no_keyword_and_says_what_it_goes_by(learned: Learned) -> None:
    first = suggest("邻居的羊羔病了，找兽医", CATEGORIES, learned)[0]
    assert first.category == 3
    assert "羊羔" in str(first.why) and "as in 100 earlier whistles" in str(first.why)


def test_a_keyword_of_something_new_is_heard_beside_what_was_learned(learned: Learned) -> None:
    newer = {**CATEGORIES, 4: Category(4, "F04", "疫情防控", "Epidemic control", "核酸,隔离")}
    assert 4 in [one.category for one in suggest("返乡需要做核酸吗", newer, learned)]


def test_a_category_that_is_gone_is_not_suggested(learned: Learned) -> None:
    left = {id: category for id, category in CATEGORIES.items() if id != 3}
    assert all(one.category != 3 for one in suggest("邻居的羊羔病了，找兽医", left, learned))


def test_too_little_is_not_learned_from() -> None:
    texts = [SAID[1 + at % 2].format(n=at) for at in range(ENOUGH)]
    owners = np.array([1 + at % 2 for at in range(ENOUGH)])
    assert learn(texts[1:], owners[1:]) is None
    assert learn(texts, np.zeros(ENOUGH, np.int64)) is None and learn(texts, np.ones(ENOUGH, np.int64)) is None
    assert learn(["", *texts[1:]], owners) is None
    found = learn(texts, owners)
    assert found is not None and found.counts.tolist() == [ENOUGH // 2] * 2


@given(st.text(max_size=60), st.booleans())
def test_shares_fall_and_never_exceed_the_whole(learned: Learned, text: str, both: bool) -> None:
    found = suggest(text, CATEGORIES, learned if both else None)
    shares = [one.share for one in found]
    assert len(found) <= 3 and shares == sorted(shares, reverse=True) and sum(shares) <= 1 + 1e-9
    assert len({one.category for one in found}) == len(found) and all(str(one.why) for one in found)


def test_it_is_the_classifier_of_scikit_learn() -> None:
    """The same shares as TF-IDF and `ComplementNB` give."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.naive_bayes import ComplementNB

    rng = np.random.default_rng(3)
    owners = rng.integers(1, 4, 240)
    texts = [SAID[int(owner)].format(n=at) + "".join(rng.choice(list("请尽快处理ABC 。"), 8)) for at, owner in enumerate(owners)]
    found = learn(texts, owners)
    assert found is not None
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True)
    peer = ComplementNB(alpha=0.1).fit(vectorizer.fit_transform([text.casefold() for text in texts]), owners)
    for text in (*texts[:5], "路灯", "邻居的羊羔病了", "@@"):
        expected = peer.predict_proba(vectorizer.transform([text.casefold()]))[0]
        assert found.shares(text) == pytest.approx(expected, abs=1e-9)
