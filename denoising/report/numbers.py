"""Number formats of the report."""


def percent(fraction: float, digits: int = 1) -> str:
    """Format a fraction, 0 to 1, as a percentage: ``92.3%``."""
    return f"{100 * fraction:.{digits}f}%"


def signed(number: float, digits: int = 1) -> str:
    """Format a number with its sign, a true minus; one that rounds to 0 has no sign."""
    text = f"{number:+.{digits}f}"
    return text[1:] if float(text) == 0 else text.replace("-", "−")


def spread(part: dict, key: str, digits: int = 1, scale: float = 100) -> str:
    """Format the 95% interval of a metric, in percent by default: ``89.3 to 95.0``."""
    return " to ".join(f"{scale * part[f'{key}_{end}']:.{digits}f}" for end in ("low", "high"))


def signed_spread(part: dict, key: str, digits: int = 1) -> str:
    """Format the 95% interval of a difference, in percentage points: ``−2.3 to +0.1``."""
    return " to ".join(signed(100 * part[f"{key}_{end}"], digits) for end in ("low", "high"))


def level_text(level: float) -> str:
    """Format a level as in the parameters: 0.2, and 0 for 0.0."""
    return f"{level:g}"


def between_text(level: float) -> str:
    """Format a level interpolated between measured ones, to two digits."""
    return f"{level:.2g}"


def confidence_text(confidence: float) -> str:
    """Format a confidence in whole percent; only certainty is 100%."""
    return ">99%" if 0.995 <= confidence < 1 else percent(confidence, 0)
