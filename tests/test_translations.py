"""Every text that a person reads has Chinese, with the same `{names}`, and no catalogue keeps a text that is gone."""

import ast
import string

import pytest

from gis_app import language
from gis_app.language import msg, plural
from tests.catalogues import KEYWORDS, ROOMS, ROOT, read_catalogue, room_of, texts_in_code


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("room", ROOMS)
def test_every_text_of_a_room_has_chinese(room: str) -> None:
    texts = texts_in_code().get(room, {})
    catalogue = {m.id: m.string for m in read_catalogue(room) if m.id}
    missing = {text: places for text, places in texts.items() if not catalogue.get(text)}
    assert not missing
    assert not catalogue.keys() - texts.keys(), "texts that the code no longer has: run `make translations`"
    assert not [m.id for m in read_catalogue(room) if m.fuzzy and m.id]


def test_no_text_hides_within_a_string_where_the_catalogues_do_not_find_it() -> None:
    found = texts_in_code()
    hidden = []
    for path in sorted((ROOT / "gis_app").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS and node.args:
                text = node.args[0]
                if isinstance(text, ast.Constant) and text.value not in found.get(room_of(path), {}):
                    hidden.append(f"{path.name}:{node.lineno} {text.value}")
    assert not hidden, "take the call out of the f-string"


@pytest.mark.parametrize("room", ROOMS)
def test_translations_fill_in_the_same_names(room: str) -> None:
    for message in read_catalogue(room):
        if message.id:
            assert _names(message.id) == _names(message.string), message.id


def test_one_text_has_one_translation() -> None:
    seen: dict[str, str] = {}
    for room in ROOMS:
        for message in read_catalogue(room):
            if message.id:
                assert seen.setdefault(message.id, message.string) == message.string, message.id


def test_texts_are_translated_when_shown() -> None:
    message = language.msg("{minutes} min", minutes=5)
    assert str(message) == "5 min"
    language.use("zh_CN")
    assert str(message) == "5 分"


@pytest.mark.parametrize(("name", "said"), [("en", ["0 households", "1 household", "2 households"]), ("zh_CN", ["0 户", "1 户", "2 户"])])
def test_one_thing_is_told_otherwise_than_several(name: str, said: list[str]) -> None:
    language.use(name)
    told = [plural(n, msg("{count} household", count=n), msg("{count} households", count=n)) for n in range(3)]
    assert list(map(str, told)) == said


def test_what_is_listed_is_parted_as_the_language_has_it() -> None:
    language.use("zh_CN")
    chinese = language.listed(["东村", "西村"])
    language.use("en")
    assert (chinese, language.listed(["east", "west"])) == ("东村、西村", "east, west")
