"""Invented names and phone numbers: common surnames with common characters of given names, and number ranges that belong to nobody."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from gis_app.grid.pinyin import initials

Texts = NDArray[np.object_]

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_GIVEN_MALE = "伟强军磊勇涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊帆龙江海峰成建国志庆福贵祥德永春山林松柏义忠诚学文武彬亮东升旺才富"
_GIVEN_FEMALE = "芳娜敏静丽艳娟霞秀英兰凤洁梅琳素云莲环雪荣爱香月莺媛瑞凡佳嘉琼勤珍贞莉桂娣叶璧璐娅琦晶妍茜秋珊莎锦黛青倩婷姣婉娴"

PREFIXES = ("1610", "1630", "1640", "1680", "1690")
"""Beginnings of mobile numbers that the national numbering plan has given to nobody."""


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text (lists of Chinese words read best as one line)."""
    return tuple(text.split())


@cache
def _characters(text: str) -> tuple[Texts, Texts]:
    return np.array(list(text), object), np.array([initials(c) for c in text], object)


def people(count: int, rng: np.random.Generator, women: float = 0.3) -> tuple[Texts, Texts]:
    """Return `count` invented names, and the pinyin initials of each; a share of `women`."""
    surnames, s = _characters(_SURNAMES)
    weights = 1 / (np.arange(len(surnames)) + 6.0)
    family = rng.choice(len(surnames), count, p=weights / weights.sum())
    is_woman = rng.random(count) < women
    short = rng.random(count) < 0.14
    given: list[tuple[Texts, Texts]] = []
    for _ in range(2):
        man, m = _characters(_GIVEN_MALE)
        woman, w = _characters(_GIVEN_FEMALE)
        at, other = rng.integers(0, len(man), count), rng.integers(0, len(woman), count)
        given.append((np.where(is_woman, woman[other], man[at]), np.where(is_woman, w[other], m[at])))
    second = [np.where(short, "", part) for part in given[1]]
    names: Texts = surnames[family] + given[0][0] + second[0]
    letters: Texts = s[family] + given[0][1] + second[1]
    return names, letters


def phones(count: int, rng: np.random.Generator) -> Texts:
    """Return `count` synthetic mobile numbers of 11 digits."""
    prefix = np.array(PREFIXES, object)[rng.integers(0, len(PREFIXES), count)]
    digits = np.array([f"{number:07d}" for number in rng.integers(0, 10_000_000, count).tolist()], object)
    numbers: Texts = prefix + digits
    return numbers


_ESTATES = words("阳光 锦绣 世纪 龙江 嘉和 惠民 温馨 金桥 丽景 祥和 福源 绿园 康泰 兴业 文苑 学府 汇丰 宏达 安居 河畔 北国 春城 瑞雪 富丽")
_ESTATE_ENDS = ("小区", "家园", "花园")


def estates(communities: int, first: str = "利丰小区") -> list[list[str]]:
    """Return three estates for each community, all names different; `first` is the first of the first community."""
    names = [name + end for end in _ESTATE_ENDS for name in _ESTATES]
    names.insert(0, first)
    return [names[i * 3 : i * 3 + 3] for i in range(communities)]


HAMLET_ENDS = ("家屯", "家窝棚", "家店", "家围子")
SURNAMES = _SURNAMES
