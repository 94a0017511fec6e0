"""The colours of the arms, made lighter or darker where the page's background requires it."""

from denoising.evaluation.arms import ARMS, FILTER_ARMS

# In page.css, the harder background of each mode: --paper in light mode, --card in dark mode.
LIGHT, DARK = "#fbfaf7", "#1d2026"
LEAST_CONTRAST = 3.0  # of graphics: WCAG 2.2, criterion 1.4.11
STEPS = 20


def css_variables(background: str) -> str:
    """Return a CSS declaration of each arm's colour, ``--arm-NAME``, for a background."""
    colours = {name: legible(arm.colour, background) for name, arm in (ARMS | FILTER_ARMS).items()}
    return " ".join(f"--arm-{name}: {colour};" for name, colour in colours.items())


def css_colour(arm: str) -> str:
    """Return the CSS reference to an arm's colour."""
    return f"var(--arm-{arm})"


def legible(colour: str, background: str) -> str:
    """Mix a colour, ``#rrggbb``, with as little black or white as gives it enough contrast."""
    end = 0 if _luminance(background) > 0.5 else 255
    for step in range(STEPS):
        mixed = [round(value + (end - value) * step / STEPS) for value in bytes.fromhex(colour[1:])]
        found = f"#{bytes(mixed).hex()}"
        if contrast(found, background) >= LEAST_CONTRAST:
            return found
    return f"#{bytes([end] * 3).hex()}"


def contrast(colour: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21, as WCAG 2.2 defines it."""
    dark, light = sorted((_luminance(colour), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """Return the relative luminance of an sRGB colour, 0 to 1."""
    shares = [value / 255 for value in bytes.fromhex(colour[1:])]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
