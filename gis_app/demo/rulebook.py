"""What a demo county has laid down: what its categories are called by, which body receives what, and how long it may take."""

from collections.abc import Mapping
from datetime import date

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.bodies import Rule, Step
from gis_app.cases.case import Urgency
from gis_app.cases.limits import DEFAULT_HOURS, Limit
from gis_app.county.changes import Columns
from gis_app.county.content import value_rows
from gis_app.demo.bodies import TOPICS
from gis_app.demo.names import words
from gis_app.grid.units import Level, Unit, UnitKind

KEYWORDS: Mapping[str, str] = {
    "A01": "违建,私搭乱建,车库,彩钢房,审批手续,加建",
    "A02": "耕地,基本农田,占地,硬化,挖塘",
    "A03": "危房,漏雨,墙体开裂,地基,老房",
    "A04": "物业,小区,电梯,楼道,停车位,门禁",
    "A05": "供热,暖气,供暖,不热,室温,停暖",
    "A06": "停水,自来水,水压,水质,水管,供水",
    "A07": "停电,跳闸,变压器,电线,电压,电线杆",
    "B01": "路面,坑洼,塌陷,修路,泥泞,桥面",
    "B02": "路灯,照明,不亮,灯杆",
    "B03": "红绿灯,信号灯,超速,大货车,交通事故,警示标志",
    "C01": "垃圾,清运,垃圾箱,异味,积雪",
    "C02": "秸秆,焚烧,着火,火点,烧荒",
    "C03": "污水,排污,黑烟,扬尘,养殖场,河沟",
    "C04": "占道,摊贩,早市,出摊,烧烤摊",
    "C05": "噪声,噪音,扰民,施工,广场舞,音响",
    "D01": "低保,救助,生活困难,特困",
    "D02": "返贫,防贫,大病,受灾,失火",
    "D03": "养老,老人,高龄补贴,养老院,独居",
    "D04": "医保,报销,慢性病,参保,异地就医",
    "D05": "残疾,残疾证,轮椅,护理补贴",
    "D06": "工资,欠薪,就业,培训,找工作,劳动合同",
    "D07": "入学,转学,学区,校车,助学金",
    "E01": "玉米,水稻,大豆,病虫害,品种,大棚",
    "E02": "土地,地界,流转费,承包,确权",
    "E03": "牛,猪,疫病,疫苗,死亡家禽,流浪犬",
    "E04": "积水,内涝,排水,边沟,倒灌",
    "F01": "邻居,邻里,纠纷,争吵,调解",
    "F02": "身份证,不动产证,营业执照,户口,办证",
    "F03": "过期,假货,退换,质量,缺斤少两,价格",
    "F04": "疫情,核酸,返乡,口罩,隔离,健康码",
}
"""The words that speak for a category, as an office lists them: some never occur in a whistle, and some whistles have none of them."""

_AT_THE_VILLAGE = ("D01", "D02", "D03", "E02", "C01", "B01", "B02")
"""Categories whose requests for help begin at the foot of the ladder; complaints and reports go straight to the department."""

_HOURS: Mapping[tuple[str, Urgency], float] = {
    ("", Urgency.EMERGENCY): DEFAULT_HOURS[Urgency.EMERGENCY],
    ("", Urgency.URGENT): DEFAULT_HOURS[Urgency.URGENT],
    ("", Urgency.NORMAL): DEFAULT_HOURS[Urgency.NORMAL],
    ("", Urgency.LOW): DEFAULT_HOURS[Urgency.LOW],
    ("A05", Urgency.EMERGENCY): 1.0,
    ("A05", Urgency.URGENT): 12.0,
    ("A05", Urgency.NORMAL): 48.0,
    ("A06", Urgency.URGENT): 12.0,
    ("A07", Urgency.EMERGENCY): 1.0,
    ("A07", Urgency.URGENT): 8.0,
    ("A07", Urgency.NORMAL): 72.0,
    ("A01", Urgency.NORMAL): 360.0,
    ("B01", Urgency.NORMAL): 240.0,
    ("B01", Urgency.LOW): 720.0,
    ("C01", Urgency.NORMAL): 48.0,
    ("C02", Urgency.EMERGENCY): 0.5,
    ("C02", Urgency.URGENT): 4.0,
    ("D02", Urgency.NORMAL): 120.0,
    ("E02", Urgency.NORMAL): 360.0,
    ("E04", Urgency.EMERGENCY): 1.0,
    ("F02", Urgency.NORMAL): 72.0,
}
"""How many hours a case may take; "": of any category."""


def category_columns() -> Columns:
    """Return the rows of all categories."""
    return {
        "id": np.arange(1, len(TOPICS) + 1),
        "code": np.array([topic.code for topic in TOPICS], object),
        "name": np.array([topic.name for topic in TOPICS], object),
        "name_en": np.array([topic.name_en for topic in TOPICS], object),
        "keywords": np.array([KEYWORDS[topic.code] for topic in TOPICS], object),
    }


def rule_columns(bodies: Columns, units: tuple[Unit, ...]) -> dict[str, NDArray[np.generic]]:
    """Return the rules: a department for every category, the foot of the ladder for some requests for help, what single townships have
    taken over, emergencies, rules of a season or a time, and everything else."""
    body = {str(name): int(i) for i, name in zip(bodies["id"].tolist(), bodies["name"].tolist(), strict=True)}
    topic = {topic.code: i for i, topic in enumerate(TOPICS, start=1)}
    rules = [Rule(0, i, body=body[t.department]) for i, t in enumerate(TOPICS, start=1) if t.department]
    rules += [Rule(0, topic[code], "help") for code in _AT_THE_VILLAGE]
    # sheds and garages within an estate are housing's first, as in the story of the garages
    rules.append(Rule(0, topic["A01"], "complain", body["县住建局"]))
    rules += [
        Rule(0, topic[code], "help", body[TOPICS[topic[code] - 1].department], urgency=Urgency.EMERGENCY, note="特急不走阶梯，直派部门。")
        for code in _AT_THE_VILLAGE
    ]
    rules += [
        Rule(0, topic["C02"], body=body["县消防救援大队"], urgency=Urgency.EMERGENCY, note="明火由消防先到场。"),
        Rule(0, topic["A03"], body=body["县应急管理局"], urgency=Urgency.EMERGENCY, note="房屋有倒塌危险的，应急先行处置。"),
        Rule(0, topic["E04"], body=body["县应急管理局"], urgency=Urgency.EMERGENCY, note="险情由应急统一调度。"),
        Rule(0, topic["A04"], "help", unit_kind=UnitKind.COMMUNITY, note="物业求助先由社区协调。"),
        Rule(0, topic["F02"], "consult", unit_kind=UnitKind.COMMUNITY, note="社区代办点先答复。"),
        Rule(0, topic["D04"], "consult", unit_kind=UnitKind.VILLAGE, note="村级代办员先答复。"),
        Rule(0, topic["C01"], unit_kind=UnitKind.DIRECT_UNIT, step=Step.TOWNSHIP, note="直属单位的环境卫生由乡镇统一负责。"),
        Rule(0, topic["B01"], unit_kind=UnitKind.DIRECT_UNIT, step=Step.TOWNSHIP, note="直属单位的道路由乡镇养护。"),
        Rule(
            0, topic["C02"], "report", body["县农业综合执法大队"],
            valid_from=date(2021, 9, 20), valid_to=date(2021, 11, 30), note="2021年秋季禁烧专班。",
        ),
        Rule(
            0, topic["F04"], "report", body["县公安局"],
            valid_from=date(2020, 4, 1), valid_to=date(2021, 6, 30), note="疫情期间联防联控，已到期。",
        ),
        Rule(0, topic["F03"], "complain", body["县市场监督管理局"], valid_from=date(2021, 3, 15), note="12315 合并后统一受理。"),
    ]  # fmt: skip
    rules += _devolved(topic, bodies, units)
    rules.append(Rule(0))
    columns = value_rows("rules", rules)
    return {**columns, "id": np.arange(1, len(rules) + 1)}


def _devolved(topic: Mapping[str, int], bodies: Columns, units: tuple[Unit, ...]) -> list[Rule]:
    """Return what townships handle themselves: the first town its street lights and trade in the streets, the next its refuse."""
    office = dict(zip(bodies["unit"].tolist(), bodies["id"].tolist(), strict=True))
    towns = [unit for unit in units if unit.level == Level.TOWNSHIP and unit.kind == UnitKind.TOWN]
    farms = [unit for unit in units if unit.level == Level.TOWNSHIP and unit.kind == UnitKind.FARM]
    rules = [Rule(0, topic[code], body=office[town.id], unit=town.id, note="路灯、占道下放镇里自行处理。")
             for town in towns[:1] for code in words("B02 C04")]  # fmt: skip
    rules += [Rule(0, topic["C01"], body=office[town.id], unit=town.id, note="保洁队伍归镇管理。") for town in towns[1:2]]
    rules += [Rule(0, topic[code], unit=farm.id, step=Step.TOWNSHIP, note="农场区内由管理委员会受理。")
              for farm in farms for code in words("B01 E01 E02")]  # fmt: skip
    return rules


def limit_columns() -> dict[str, NDArray[np.generic]]:
    """Return the time limits."""
    topic = {topic.code: i for i, topic in enumerate(TOPICS, start=1)} | {"": 0}
    return value_rows("limits", [Limit(i, topic[code], urgency, hours) for i, ((code, urgency), hours) in enumerate(_HOURS.items(), 1)])
