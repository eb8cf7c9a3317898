"""The user guide shows what there is: pictures, tools with their keys, commands, in both languages."""

import re
from pathlib import Path

import click
import pytest

from gis_app import cli, language
from gis_app.cases.measures import figures_defined
from gis_app.gui.case_steps import STEPS
from gis_app.gui.operations import all_operations

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
CHAPTERS = ("guide", "editing", "cases", "people")
PAGES = {"en": tuple(f"{name}.md" for name in CHAPTERS), "zh_CN": tuple(f"{name}.zh-CN.md" for name in CHAPTERS)}
PICTURE = re.compile(r"!\[[^\]]+\]\(([^)]+)\)")


def pictures(page: Path) -> list[str]:
    return PICTURE.findall(page.read_text(encoding="utf-8"))


def test_every_picture_is_there_and_every_one_there_is_shown() -> None:
    pages = [DOCS / name for names in PAGES.values() for name in names]
    shown = {(page.parent / link).resolve() for page in [*pages, ROOT / "README.md", ROOT / "README.zh-CN.md"] for link in pictures(page)}
    assert shown == {path.resolve() for path in (DOCS / "pictures").iterdir()}


@pytest.mark.parametrize(("english", "chinese"), list(zip(*PAGES.values(), strict=True)))
def test_both_languages_show_the_same_in_the_same_order(english: str, chinese: str) -> None:
    assert pictures(DOCS / chinese) == [re.sub(r"-en(?=[-.])", "-zh_CN", link) for link in pictures(DOCS / english)]
    headings = [re.findall(r"^#+", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE) for page in (english, chinese)]
    assert headings[0] == headings[1]


@pytest.mark.parametrize("page", [name for names in PAGES.values() for name in names])
def test_the_contents_lead_to_the_chapters(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    chapters = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^## (.+)$", text, re.MULTILINE)}
    assert chapters == set(re.findall(r"\]\(#([^)]+)\)", text))


@pytest.mark.parametrize("lang", PAGES)
def test_the_chapter_on_editing_names_every_tool_with_its_key(lang: str) -> None:
    language.use(lang)
    text = (DOCS / PAGES[lang][1]).read_text(encoding="utf-8")
    tools = [operation for operation in all_operations() if "plan" in operation.row + operation.more and operation.is_on is not None]
    drawn = [operation for operation in tools if operation.id not in ("select", "pan")]
    assert len(drawn) > 12
    for operation in drawn:
        assert operation.keys and f"`{operation.keys[0]}`" in text, operation.id
        if operation.short is not None:
            assert str(operation.short) in text, operation.id


@pytest.mark.parametrize("lang", PAGES)
def test_the_chapter_on_editing_names_every_command_of_plans(lang: str) -> None:
    plan = cli.commands().commands["plan"]
    assert isinstance(plan, click.Group)
    text = (DOCS / PAGES[lang][1]).read_text(encoding="utf-8")
    for command in plan.commands:
        assert re.search(rf"gis-app plan my\.gpkg {command}\b", text), command


@pytest.mark.parametrize("lang", PAGES)
def test_the_chapter_on_whistles_names_every_step_with_its_key_and_every_panel(lang: str) -> None:
    language.use(lang)
    text = (DOCS / PAGES[lang][2]).read_text(encoding="utf-8")
    rows = [row for row in text.splitlines() if row.startswith("| ")]
    for step in STEPS.values():
        assert any(str(step.verb) in row and f"`{step.key}`" in row for row in rows), step.kind
    keys = {operation.id: operation.keys[0] for operation in all_operations() if operation.keys}
    for name in ("call", "rules", "try_rules", "watch", "only_line", "tasks", "call_back", "talks", "flows", "bulletin", "lasso"):
        assert f"`{keys[name]}`" in text, name


@pytest.mark.parametrize("lang", PAGES)
def test_the_chapter_on_whistles_defines_every_figure_in_the_words_of_the_program(lang: str) -> None:
    language.use(lang)
    text = (DOCS / PAGES[lang][2]).read_text(encoding="utf-8")
    for figure in figures_defined(10):
        assert f"| {figure.name} | {figure.definition} |" in text, figure.key


@pytest.mark.parametrize("lang", PAGES)
def test_the_chapter_on_whistles_names_every_command(lang: str) -> None:
    text = (DOCS / PAGES[lang][2]).read_text(encoding="utf-8")
    for group in ("case", "task", "outbox", "channel", "feed"):
        commands = cli.commands().commands[group]
        assert isinstance(commands, click.Group) and f"gis-app {group}" in text
        for command in commands.commands:
            assert re.search(rf"(?<![\w-]){command}(?![\w-])", text), f"{group} {command}"
    for command in ("stats", "bulletin", "import cases", "export cases"):
        assert f"gis-app {command} my.gpkg" in text
