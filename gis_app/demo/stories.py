"""Three true stories as cases of the demo county, with their own times: the garages, the fire, and the blue honeysuckle."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from gis_app.cases.case import CaseKind, EventKind, Urgency
from gis_app.county.changes import Columns
from gis_app.demo.people import People
from gis_app.demo.units import Land

GARAGES = "东风社区利丰小区内有人私建车库和仓房"
"""How the text of the first story begins."""

_UTC_OFFSET = np.timedelta64(8, "h")


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a story; `time` is on the county's clock, as 2020-05-01T12:20."""

    kind: EventKind
    time: str
    actor: str = ""
    body: int = 0
    target: int = 0
    note: str = ""
    stars: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Story:
    """A case that is told and not drawn: `cell` is the row of its cell in the land, `columns` what the register holds of it."""

    cell: int
    topic: str
    kind: CaseKind
    xy: tuple[float, float]
    household: int
    columns: Mapping[str, object]
    steps: tuple[Step, ...]
    urgency: Urgency = Urgency.NORMAL

    @property
    def blown(self) -> float:
        """Return when the whistle was blown, in seconds on the county's clock."""
        return (datetime.fromisoformat(self.steps[0].time) - datetime(1970, 1, 1)).total_seconds()

    def events(self, case: int) -> Columns:
        """Return the rows of its events, without their ids."""
        n = len(self.steps)
        stars = np.array([step.stars for step in self.steps], np.int64)
        return {
            "case_id": np.full(n, case),
            "kind": np.array([step.kind.value for step in self.steps], object),
            "time": np.array([step.time for step in self.steps], "datetime64[s]") - _UTC_OFFSET,
            "actor": np.array([step.actor for step in self.steps], object),
            "body": np.array([step.body for step in self.steps], np.int64),
            "target": np.array([step.target for step in self.steps], np.int64),
            "note": np.array([step.note for step in self.steps], object),
            "deadline": np.full(n, np.datetime64("NaT", "s")),
            "attitude": stars,
            "speed": stars,
            "outcome": stars,
            "data": np.full(n, None, object),
        }


def stories(land: Land, people: People, bodies: Columns) -> tuple[Story, ...]:
    """Return the three stories, placed in the county at hand: 东风社区， and 富国村 with its township."""
    body = {str(name): int(i) for i, name in zip(bodies["id"].tolist(), bodies["name"].tolist(), strict=True)}
    receiver = dict(zip(bodies["id"].tolist(), bodies["receiver"].tolist(), strict=True))
    unit = {u.name: u for u in land.units}
    addresses = people.households["address"].astype(object)

    garages = next(i for i, text in enumerate(addresses.tolist()) if text.startswith("东风社区利丰小区"))
    fire = _someone(land, people, unit["富国村"].id)
    orchard = _someone(land, people, unit["富国村"].id, back=1)
    fire_team, housing, land_office = body["富国村民委员会"], body["县住建局"], body["县自然资源局"]
    township = int(bodies["id"][np.flatnonzero(bodies["unit"] == unit["富国村"].parent)[0]])

    def told(household: int, topic: str, kind: CaseKind, whistler: str, text: str, result: str, steps: tuple[Step, ...]) -> Story:
        row = int(np.searchsorted(np.cumsum(people.counts), household, side="right"))
        worker = people.worker_of.get(int(land.cells[row]), 0) if whistler == "worker" else 0
        name = str(people.workers["name"][worker - 1]) if worker else "帮扶责任人"
        named = tuple(replace(step, actor=str(receiver[step.body]) if step.body else name) for step in steps)
        x, y = people.households["geom"][household].tolist()
        columns: dict[str, object] = {
            "text": text, "result": result, "whistler": whistler, "worker": worker, "accuracy": 8.0, "address": addresses[household],
            "contact": "", "phone": "",
        }  # fmt: skip
        return Story(row, topic, kind, (x, y), int(people.households["id"][household]), columns, named)

    e = EventKind
    return (
        told(
            garages, "A01", CaseKind.COMPLAIN, "worker",
            f"{GARAGES}，占用公共道路，居民意见很大，请依法处理。",
            "违建车库和仓房已全部拆除，场地已清理。",
            (
                Step(e.BLOWN, "2020-05-01T12:20", target=housing),
                Step(e.HANDED_OVER, "2020-05-01T12:34", body=housing, target=land_office, note="经核实，属自然资源局职责，转请办理。"),
                Step(e.PICKED_UP, "2020-05-02T21:27", body=land_office, note="已到现场核查。"),
                Step(e.DONE, "2020-05-03T17:37", body=land_office, note="违建已拆除。"),
                Step(e.RATED, "2020-05-03T18:05", note="处理得很彻底，居民都满意。", stars=5),
            ),
        ),
        told(
            fire, "D02", CaseKind.HELP, "worker",
            "防贫哨：富国村一户住房失火，屋内财物基本烧毁，有致贫风险，请帮助。",
            "村工作队入户核实后申报防贫保险，理赔款 18000 元已到账。",
            (
                Step(e.BLOWN, "2020-05-12T08:40", target=fire_team),
                Step(e.PICKED_UP, "2020-05-12T08:52", body=fire_team, note="村工作队当天入户核实，火灾属实。"),
                Step(e.DONE, "2020-05-18T15:20", body=fire_team, note="防贫保险理赔 18000 元。"),
                Step(e.RATED, "2020-05-18T17:00", note="解了燃眉之急。", stars=5),
            ),
        ),
        told(
            orchard, "E01", CaseKind.CONSULT, "helper",
            "帮扶责任人咨询：贫困户想种蓝靛果，不知本地土壤是否适宜、苗木如何栽植，请乡镇农业技术员指导。",
            "农业技术员已电话答复并到地头指导栽植，当日办结。",
            (
                Step(e.BLOWN, "2020-05-22T09:15", target=township),
                Step(e.PICKED_UP, "2020-05-22T09:21", body=township, note="农业技术员已联系帮扶责任人。"),
                Step(e.DONE, "2020-05-22T15:40", body=township, note="已到地头指导。"),
                Step(e.RATED, "2020-05-22T19:30", note="答复很及时。", stars=5),
            ),
        ),
    )  # fmt: skip


def _someone(land: Land, people: People, village: int, back: int = 0) -> int:
    """Return the row of the first household of a cell of a village: of its first cell that has a worker, or the ones after that."""
    first = np.cumsum(people.counts) - people.counts
    cells = [i for i in np.flatnonzero(land.village == village).tolist() if int(land.cells[i]) in people.worker_of]
    return int(first[cells[back]])
