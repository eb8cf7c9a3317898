"""What may leave the program: masked names and phones, no counts that single people out (PIPL, articles 28 and 51)."""

import re
from collections.abc import Container


def mask_name(name: str) -> str:
    """Return a name with everything but its first character hidden: 张三 → 张*, John Smith → J*. How long it is stays hidden too."""
    name = name.strip()
    return f"{name[0]}*" if name else ""


_OFFICE = re.compile(
    r".*(中心|社区|公司|大厅|热线|系统|平台|支部|办公室)$|.{2,}[局办委站所室队组台部处]$|.{3,}[村镇乡县科股]$"
    r"|.*\b(office|centre|center|desk|bureau|department|committee|station|team|hotline|system)$",
    re.IGNORECASE | re.DOTALL,
)
"""What offices are called, by the end of their names; endings that given names have, too, count from four characters on."""


def mask_actor(name: str, bodies: Container[str] = ()) -> str:
    """Return who acted: the name of a person masked, that of an office (one of `bodies`, or by what offices are called) as it is."""
    name = name.strip()
    return name if name in bodies or _OFFICE.fullmatch(name) else mask_name(name)


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
