"""What may leave the program: masked names and phones, no counts that single people out (PIPL, articles 28 and 51)."""

import re

import numpy as np
from numpy.typing import NDArray

_COMPOUND_SURNAMES = frozenset([
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐",
    "司徒", "宇文", "长孙", "端木", "夏侯", "轩辕", "独孤", "南宫", "西门", "呼延",
    "完颜", "闻人", "澹台", "公冶", "太史", "申屠", "钟离", "赫连", "拓跋", "百里",
])


def mask_name(name: str) -> str:
    """Return a name with everything but the surname hidden: 张三 → 张*, 欧阳娜娜 → 欧阳**, John Smith → J***."""
    name = name.strip()
    if not name:
        return ""
    if ord(name[0]) < 0x2E80:  # not a Chinese, Japanese or Korean character
        return name[0] + "***"
    shown = 2 if len(name) > 2 and name[:2] in _COMPOUND_SURNAMES else 1
    return name[:shown] + "*" * min(max(len(name) - shown, 1), 2)


def mask_phone(phone: str) -> str:
    """Return a phone number with its middle hidden: 13812341234 → 138****1234; of a short number only the last two digits stay."""
    digits = re.sub(r"\D", "", phone)
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    if not digits:
        return ""
    if len(digits) >= 11:
        return f"{digits[:3]}****{digits[-4:]}"
    return "****" + (digits[-2:] if len(digits) >= 7 else "")


def suppress_small(counts: NDArray[np.int64], floor: int = 5) -> NDArray[np.float64]:
    """Return counts with NaN in place of 1 up to `floor` - 1; nobody is singled out by a zero."""
    values = np.asarray(counts, np.float64)
    return np.where((values > 0) & (values < floor), np.nan, values)
