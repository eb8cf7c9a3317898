"""What a demo county is made of: its sizes, its townships and the names of their units (invented, but for the three stories)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from gis_app.grid.units import UnitKind


@dataclass(frozen=True, slots=True)
class TownshipSpec:
    """One township: the last three digits of its code, its name and kind, and the names of its units of level 2."""

    code: str
    name: str
    kind: UnitKind
    villages: tuple[str, ...]
    communities: tuple[str, ...] = ()
    direct: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Size:
    """How big a demo county is. `area` is in m²; `vertices` counts those of all rings of all cells, closing ones included."""

    townships: tuple[TownshipSpec, ...]
    cells: int
    households: int
    whistles: int
    area: float
    vertices: int
    west: int  # so many townships, the first in the list, lie west of the river; 0: there is no river


def _names(text: str, suffix: str) -> tuple[str, ...]:
    return tuple(name + suffix for name in text.split())


def _township(code: str, name: str, kind: UnitKind, villages: str, *, communities: str = "", direct: str = "") -> TownshipSpec:
    return TownshipSpec(code, name, kind, _names(villages, "村"), _names(communities, "社区"), tuple(direct.split()))


TOWNSHIPS: tuple[TownshipSpec, ...] = (
    _township("204", "宝泉乡", UnitKind.TOWNSHIP, "宝安 宝丰 泉源 泉盛 临江 江湾 江北 渔光 柳林"),
    _township("101", "双河镇", UnitKind.TOWN, "双福 双吉 双发 河湾 河源 富裕 民主 民生 民乐 东河 西河 中河"),
    _township("202", "中和乡", UnitKind.TOWNSHIP, "中兴 中安 和顺 和睦 和兴沟 太和 人和 义和 同和 长和沟"),
    _township("580", "红星农场", UnitKind.FARM, "红光 红岩 红土", direct="红星第一管理区 红星第二管理区 红星良种站"),
    _township(
        "100", "城关镇", UnitKind.TOWN, "东郊 西郊 南郊 北郊 富强 长胜 晓光 欢喜 光辉",
        communities="东风 繁荣 红旗 幸福 立新 建设 光明 新华", direct="城关良种场",
    ),
    _township("203", "双阳乡", UnitKind.TOWNSHIP, "永安 新福窝 泉长屯 永立场 向隆堡 源泉泡 向阳 朝阳 迎春 双阳"),
    _township("102", "平安镇", UnitKind.TOWN, "平安 平川 平原 安乐 安民 保安 吉祥 如意 福安 福田 康宁 康庄"),
    _township("103", "东升镇", UnitKind.TOWN, "东升 东胜 旭日 启明 晨光 霞光 兴国 兴民 兴业 兴旺 兴隆", direct="东升林场"),
    _township("104", "巨丰镇", UnitKind.TOWN, "巨丰 巨宝 丰产 丰收 丰年 丰盈 五谷 金穗 金山 银河 谷场 新粮"),
    _township("201", "长岭乡", UnitKind.TOWNSHIP, "长岭 长山 长青 岭东 岭西 岭南 青山 松岗 桦树 榆林"),
    _township("206", "查哈阳乡", UnitKind.TOWNSHIP, "富国 富民 稻香 水丰 水田 渠首 渠东 渠西 海洋", direct="查哈阳灌区管理站"),
    _township("500", "前进农场", UnitKind.FARM, "前进 跃进 先锋", direct="前进第一管理区 前进第二管理区 前进种畜场"),
)
"""The townships of the whole county: 8 communities, 110 villages and 9 units directly under a township or farm."""

_SMALL = _township("100", "城关镇", UnitKind.TOWN, "东郊 富国 永安 长胜 晓光", communities="东风 繁荣", direct="城关良种场")
_COUNTY = Size(TOWNSHIPS, cells=1939, households=120_000, whistles=20_000, area=4784e6, vertices=390_000, west=4)

SIZES: Mapping[str, Size] = {
    "small": Size((_SMALL,), cells=100, households=6_000, whistles=800, area=230e6, vertices=20_000, west=0),
    "county": _COUNTY,
    "large": replace(_COUNTY, households=1_000_000),
}
"""The sizes that a demo county comes in: one township, a whole county, a whole county with a million households."""

COUNTY_CODE = "230225"
CENTRE = (537_400.0, 5_307_000.0)
"""The middle of the county in EPSG:4550, metres: about 123.5° E, 47.9° N."""
