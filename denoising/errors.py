"""The one exception that stands for a mistake of the user; what errors say, in a line."""


class UserError(Exception):
    """What was expected, what was found, where, and what to do: shown without a traceback."""


def first_line(error: Exception) -> str:
    """Return the first line of what an error says, at most 300 characters, or its name."""
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300]
