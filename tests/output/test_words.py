from gis_app.county.county import County
from gis_app.output.words import without_people
from tests.output import made


def test_people_and_phones_are_masked(county: County) -> None:
    texts = [
        f"{made.WORKER}来电 {made.PHONE}",
        f"找{made.RECEIVER}, +86 138 1234 5678 或 0452-5622345",
        "证件 23022519600101123X",
        "李四修路",
        "2020-05-01 第 12 号",
    ]
    assert without_people(county.state, texts, names=["李四"]) == [
        "赵**来电 138****5678",
        "找钱**, 138****5678 或 045****2345",
        "证件 ***",
        "李*修路",
        "2020-05-01 第 12 号",
    ]
