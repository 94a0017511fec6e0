"""How the page writes numbers."""


def percent(share: float, digits: int = 1) -> str:
    """Write a share, 0 to 1, as a percentage: ``92.3%``."""
    return f"{100 * share:.{digits}f}%"


def signed(number: float, digits: int = 1) -> str:
    """Write a number with its sign, a true minus, and none where it is rounded to 0."""
    text = f"{number:+.{digits}f}"
    return text[1:] if float(text) == 0 else text.replace("-", "−")


def spread(part: dict[str, float], key: str, digits: int = 1, scale: float = 100) -> str:
    """Write the 95% interval of a metric, in percent unless told otherwise: ``89.3 to 95.0``."""
    return " to ".join(f"{scale * part[f'{key}_{end}']:.{digits}f}" for end in ("low", "high"))


def signed_spread(part: dict[str, float], key: str, digits: int = 1) -> str:
    """Write the 95% interval of a difference, in percentage points: ``−2.3 to +0.1``."""
    return " to ".join(signed(100 * part[f"{key}_{end}"], digits) for end in ("low", "high"))


def level_text(level: float) -> str:
    """Write a level as in the parameters: 0.2, and 0 for 0.0."""
    return f"{level:g}"


def between_text(level: float) -> str:
    """Write a level that lies between those that were measured, to two digits."""
    return f"{level:.2g}"


def confidence_text(chance: float) -> str:
    """Write a confidence as whole percent; only what is certain is 100%."""
    return ">99%" if 0.995 <= chance < 1 else percent(chance, 0)
