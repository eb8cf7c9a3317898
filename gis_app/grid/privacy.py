"""What may leave the program: masked names and phones, no counts that single people out (PIPL, articles 28 and 51)."""

import re


def mask_name(name: str) -> str:
    """Return a name with everything but its first character hidden: 张三 → 张*, John Smith → J*. How long it is stays hidden too."""
    name = name.strip()
    return f"{name[0]}*" if name else ""


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
