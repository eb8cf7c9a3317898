import numpy as np

from gis_app.county.county import County
from gis_app.output.words import case_words, masker, people_of
from tests.output import made


def test_people_and_phones_are_masked(county: County) -> None:
    mask = masker(people_of(county) | {"李四", "John Smith"})
    texts = {
        f"{made.WORKER}来电 {made.PHONE}": "赵*来电 138****5678",
        f"找{made.RECEIVER}, +86 138 1234 5678 或 0452-5622345": "找钱*, 138****5678 或 045****2345",
        "证件 23022519600101123X": "证件 ***",
        "李四修路": "李*修路",
        "Ask John Smith.": "Ask J*.",
        "2020-05-01 第 12 号": "2020-05-01 第 12 号",
        "": "",
    }
    assert {text: mask(text) for text in texts} == texts


def test_heads_of_households_are_masked_too(county: County) -> None:
    said = case_words(county)(np.array([0, 3]))
    assert said == ["赵*说利丰小区有违建, 孙*电话 138****5678"] * 2
