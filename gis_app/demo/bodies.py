"""The receiving bodies of a demo county, and the categories of its whistles."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gis_app.cases.bodies import BodyKind, DepartmentCategory
from gis_app.county.changes import Columns
from gis_app.demo import names
from gis_app.demo.names import words
from gis_app.grid.pinyin import initials
from gis_app.grid.units import Level, Unit, UnitKind

DEPARTMENTS: Mapping[DepartmentCategory, tuple[str, ...]] = {
    DepartmentCategory.PARTY: words(
        "县委办公室 县纪委监委 县委组织部 县委宣传部 县委统战部 县委政法委 县委编办 县委巡察办 县委老干部局 "
        "县直机关工委 县委党校 县总工会 团县委 县妇联 县残联 县工商联"
    ),
    DepartmentCategory.COORDINATION: words(
        "县人大办公室 县政府办公室 县政协办公室 县发展和改革局 县财政局 县审计局 县统计局 县信访局 县应急管理局 "
        "县档案馆 县大数据中心 县机关事务服务中心"
    ),
    DepartmentCategory.ENFORCEMENT: words(
        "县公安局 县法院 县检察院 县司法局 县自然资源局 县生态环境局 县城市管理综合执法局 县市场监督管理局 县交通运输局 "
        "县水务局 县林业和草原局 县消防救援大队 县交警大队 县农业综合执法大队 县税务局"
    ),
    DepartmentCategory.LIVELIHOOD: words(
        "县住建局 县农业农村局 县民政局 县人社局 县教育局 县卫生健康局 县医疗保障局 县扶贫开发办公室 县退役军人事务局 "
        "县文体广电和旅游局 县畜牧兽医服务中心 县农机服务中心 县农业技术推广中心 县疾病预防控制中心 县人民医院 "
        "县中医医院 县就业服务中心"
    ),
    DepartmentCategory.SOCIAL_SERVICES: words(
        "县供电公司 县供水公司 县供热公司 县燃气公司 县环境卫生中心 县邮政公司 县移动公司 县联通公司 县电信公司 "
        "县广电网络公司 县公交公司 县气象局 县农村信用联社 县财产保险公司"
    ),
    DepartmentCategory.APPROVALS: words(
        "县营商环境建设监督局 县政务服务中心 县公共资源交易中心 县不动产登记中心 县户政大厅 县车辆管理所 县婚姻登记处 "
        "县社会保险经办中心 县公积金管理部"
    ),
}
"""The 83 departments by category."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One category of whistles: its names, the department in charge ("": village or community) and its share.

    `rural`, `urban`: how often it happens there; `kinds`: shares of consult, help, report, complain; `peak`: the month in which it happens
    most (0: any).
    """

    code: str
    name: str
    name_en: str
    department: str
    share: float
    rural: float
    urban: float
    kinds: tuple[float, float, float, float]
    peak: int = 0


TOPICS: tuple[Topic, ...] = (
    Topic("A01", "违法建设", "Illegal building", "县自然资源局", 4, 0.6, 1.4, (0.05, 0.0, 0.8, 0.15)),
    Topic("A02", "占用耕地", "Farmland occupied", "县自然资源局", 2.5, 1.3, 0.1, (0.1, 0.0, 0.8, 0.1)),
    Topic("A03", "房屋安全", "Unsafe house", "县住建局", 4, 1.1, 0.8, (0.15, 0.7, 0.05, 0.1), 7),
    Topic("A04", "物业管理", "Property management", "县住建局", 6, 0.02, 2.6, (0.1, 0.25, 0.05, 0.6)),
    Topic("A05", "供热", "Heating", "县供热公司", 6, 0.02, 2.4, (0.1, 0.45, 0.0, 0.45), 12),
    Topic("A06", "供水", "Water supply", "县供水公司", 6, 0.9, 1.2, (0.1, 0.6, 0.0, 0.3), 2),
    Topic("A07", "供电", "Power supply", "县供电公司", 5, 1.0, 1.0, (0.1, 0.65, 0.0, 0.25), 8),
    Topic("B01", "道路损坏", "Damaged road", "县交通运输局", 7, 1.1, 0.8, (0.05, 0.55, 0.05, 0.35), 4),
    Topic("B02", "路灯照明", "Street lighting", "县城市管理综合执法局", 4, 0.8, 1.3, (0.05, 0.7, 0.0, 0.25), 11),
    Topic("B03", "交通安全", "Road safety", "县交警大队", 3, 1.0, 1.0, (0.1, 0.4, 0.3, 0.2)),
    Topic("C01", "垃圾清运", "Refuse collection", "县环境卫生中心", 9, 1.0, 1.0, (0.02, 0.48, 0.1, 0.4), 6),
    Topic("C02", "秸秆焚烧", "Straw burning", "县生态环境局", 4, 1.4, 0.02, (0.05, 0.05, 0.85, 0.05), 10),
    Topic("C03", "环境污染", "Pollution", "县生态环境局", 4, 0.9, 1.1, (0.05, 0.1, 0.6, 0.25), 7),
    Topic("C04", "占道经营", "Street trading", "县城市管理综合执法局", 3, 0.15, 2.2, (0.05, 0.05, 0.5, 0.4), 7),
    Topic("C05", "噪声扰民", "Noise", "县城市管理综合执法局", 3, 0.15, 2.2, (0.02, 0.18, 0.2, 0.6), 7),
    Topic("D01", "低保救助", "Subsistence aid", "县民政局", 8, 1.1, 0.8, (0.45, 0.5, 0.0, 0.05)),
    Topic("D02", "防贫", "Poverty prevention", "县扶贫开发办公室", 5, 1.3, 0.2, (0.15, 0.85, 0.0, 0.0)),
    Topic("D03", "养老服务", "Care for the elderly", "县民政局", 4, 1.0, 1.0, (0.35, 0.6, 0.0, 0.05)),
    Topic("D04", "医疗保障", "Health insurance", "县医疗保障局", 6, 1.0, 1.0, (0.65, 0.3, 0.0, 0.05)),
    Topic("D05", "残疾人服务", "Disability services", "县残联", 2.5, 1.0, 1.0, (0.4, 0.58, 0.0, 0.02)),
    Topic("D06", "就业务工", "Work and wages", "县人社局", 4, 1.0, 1.1, (0.45, 0.3, 0.1, 0.15), 3),
    Topic("D07", "子女入学", "Schooling", "县教育局", 2.5, 0.9, 1.2, (0.7, 0.25, 0.0, 0.05), 8),
    Topic("E01", "农业技术", "Farming advice", "县农业技术推广中心", 8, 1.3, 0.05, (0.7, 0.3, 0.0, 0.0), 6),
    Topic("E02", "土地纠纷", "Land dispute", "县农业农村局", 6, 1.3, 0.15, (0.2, 0.45, 0.1, 0.25), 4),
    Topic("E03", "畜禽防疫", "Animal health", "县畜牧兽医服务中心", 3, 1.3, 0.02, (0.4, 0.5, 0.1, 0.0), 4),
    Topic("E04", "排水内涝", "Drainage and flooding", "县水务局", 4, 1.1, 0.7, (0.02, 0.75, 0.03, 0.2), 7),
    Topic("F01", "邻里纠纷", "Quarrel between neighbours", "", 6, 1.0, 1.1, (0.1, 0.7, 0.0, 0.2)),
    Topic("F02", "证件办理", "Papers and permits", "县政务服务中心", 5, 0.9, 1.2, (0.75, 0.2, 0.0, 0.05)),
    Topic("F03", "市场消费", "Shops and prices", "县市场监督管理局", 3, 0.6, 1.5, (0.1, 0.15, 0.3, 0.45), 1),
    Topic("F04", "疫情防控", "Epidemic control", "县疾病预防控制中心", 5, 1.0, 1.1, (0.45, 0.3, 0.2, 0.05), 1),
)
"""The categories in the order of their ids (1, 2, …)."""

URGENCIES: Mapping[str, tuple[float, float, float]] = {
    "A01": (0.0, 0.05, 0.15), "A02": (0.0, 0.1, 0.1), "A03": (0.03, 0.25, 0.02), "A04": (0.005, 0.1, 0.12), "A05": (0.03, 0.4, 0.0),
    "A06": (0.02, 0.35, 0.02), "A07": (0.05, 0.35, 0.02), "B01": (0.01, 0.12, 0.15), "B02": (0.0, 0.08, 0.15), "B03": (0.03, 0.25, 0.05),
    "C01": (0.0, 0.08, 0.1), "C02": (0.08, 0.5, 0.0), "C03": (0.02, 0.2, 0.05), "C05": (0.0, 0.1, 0.1), "D02": (0.01, 0.2, 0.0),
    "D07": (0.0, 0.05, 0.3), "E01": (0.0, 0.1, 0.2), "E03": (0.02, 0.3, 0.05), "E04": (0.06, 0.35, 0.02), "F01": (0.0, 0.1, 0.1),
    "F02": (0.0, 0.04, 0.25), "F04": (0.02, 0.25, 0.02),
}  # fmt: skip
"""Category → shares of emergencies, urgent cases, and those that may wait; the others are normal."""

OTHER_URGENCIES = (0.0, 0.1, 0.1)
"""The same for the categories that are not listed."""

_BODY_KIND = {UnitKind.COMMUNITY: BodyKind.COMMUNITY, UnitKind.VILLAGE: BodyKind.VILLAGE, UnitKind.DIRECT_UNIT: BodyKind.VILLAGE}


def body_columns(units: tuple[Unit, ...], rng: np.random.Generator) -> Columns:
    """Return the rows of all bodies: the centre first, then townships, villages and departments."""
    rows: list[tuple[str, str, str, str, int]] = [(BodyKind.CENTRE, "县党群服务中心", "CENTRE", "", 0)]
    for unit in units:
        if unit.level == Level.TOWNSHIP:
            office = "管理委员会" if unit.kind == UnitKind.FARM else "人民政府"
            rows.append((BodyKind.TOWNSHIP, unit.name + office, unit.code, "", unit.id))
        elif unit.level == Level.VILLAGE:
            office = {UnitKind.COMMUNITY: "居民委员会", UnitKind.VILLAGE: "民委员会"}.get(unit.kind, "")
            rows.append((_BODY_KIND[unit.kind], unit.name + office, unit.code, "", unit.id))
    everyone = [(category, name) for category, listed in DEPARTMENTS.items() for name in listed]
    rows += [(BodyKind.DEPARTMENT, name, f"D{i:03d}", category, 0) for i, (category, name) in enumerate(everyone, start=1)]
    n = len(rows)
    kind, name, code, category, unit_ids = (np.array(column, object) for column in zip(*rows, strict=True))
    return {
        "id": np.arange(1, n + 1),
        "kind": np.array([str(k) for k in kind], object),
        "name": name,
        "pinyin": np.array([initials(text) for text in name], object),
        "code": code,
        "category": np.array([str(c) for c in category], object),
        "unit": unit_ids.astype(np.int64),
        "receiver": names.people(n, rng, women=0.4)[0],
        "receiver_phone": names.phones(n, rng),
        "leader": names.people(n, rng, women=0.2)[0],
        "leader_phone": names.phones(n, rng),
    }
