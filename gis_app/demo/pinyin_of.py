from pypinyin import Style, lazy_pinyin


def initials_of(text: str) -> str:
    return "".join(s[:1] for s in lazy_pinyin(text, style=Style.NORMAL)).lower()
