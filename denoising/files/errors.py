"""The exception for a user's mistake, and one-line summaries of other errors."""


class UserError(Exception):
    """A mistake of the user, shown without a traceback.

    The message states the fault, what was found and expected, and what to do.
    """


def first_line(error: Exception) -> str:
    """Return the first line of an error's message, at most 300 characters, or its name."""
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300]


def indented(things: list) -> str:
    """Return the first ten things on indented lines, and the number of the others."""
    first, rest = things[:10], things[10:]
    more = [f"and {len(rest)} more"] if rest else []
    return "".join(f"\n  {thing}" for thing in [*first, *more])
