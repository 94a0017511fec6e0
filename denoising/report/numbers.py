"""Number formats of the report."""

from denoising.evaluation.intervals import Estimate

FEW = 20
"""Below this number of images a count is clearer than a percentage."""


def percent(fraction: float, digits: int = 1) -> str:
    """Format a fraction, 0 to 1, as a percentage: ``92.3%``."""
    return f"{100 * fraction:.{digits}f}%"


def signed(number: float, digits: int = 1) -> str:
    """Format a number with its sign, a true minus; one that rounds to 0 has no sign."""
    text = f"{number:+.{digits}f}"
    return text[1:] if float(text) == 0 else text.replace("-", "−")


def spread(found: Estimate, digits: int = 1, scale: float = 100) -> str:
    """Format the 95% interval of a measure, in percent by default: ``89.3 to 95.0``.

    It is empty if there is none, or if both ends are the same at this precision.
    """
    if found.low is None or found.high is None:
        return ""
    return _between(*(f"{scale * end:.{digits}f}" for end in (found.low, found.high)))


def signed_spread(found: Estimate, digits: int = 1) -> str:
    """Format the 95% interval of a difference, in percentage points: ``−2.3 to +0.1``."""
    if found.low is None or found.high is None:
        return ""
    return _between(*(signed(100 * end, digits) for end in (found.low, found.high)))


def _between(low: str, high: str) -> str:
    return f"{low} to {high}" if low != high else ""


def bracketed(text: str) -> str:
    """Return a text in brackets after a space, or nothing for an empty one."""
    return f" ({text})" if text else ""


def rate(accuracy: Estimate) -> str:
    """Format an accuracy with its interval: ``92.3% (89.3 to 95.0)``."""
    return percent(accuracy.value) + bracketed(spread(accuracy))


def count(fraction: float, images: int) -> int:
    """Return the number of images that a fraction of them is."""
    return round(fraction * images)


def count_or_percent(fraction: float, images: int) -> str:
    """Format a fraction of some images: a count if it is of few of them, else a percentage."""
    number = count(fraction, images)
    return percent(fraction) if number >= FEW else str(number or "none")


def p_value_text(p: float) -> str:
    """Format a p-value: ``p = 0.012``, or ``p < 0.001``."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"


def level_text(level: float) -> str:
    """Format a level as in the parameters: 0.2, and 0 for 0.0."""
    return f"{level:g}"


def between_text(level: float, digits: int = 2) -> str:
    """Format a level interpolated between measured ones, to two digits by default."""
    return f"{level:.{digits}g}"


def between_spread(found: Estimate) -> str:
    """Format the interval of an interpolated level, to as many digits as tell its ends apart."""
    if found.low is None or found.high is None:
        return ""
    for digits in (2, 3, 4):
        text = _between(between_text(found.low, digits), between_text(found.high, digits))
        if text:
            return text
    return ""


def confidence_text(confidence: float) -> str:
    """Format a confidence in whole percent; only certainty is 100%."""
    return ">99%" if 0.995 <= confidence < 1 else percent(confidence, 0)
