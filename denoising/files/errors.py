"""The exception for a user's mistake, and one-line summaries of other errors."""


class UserError(Exception):
    """A mistake of the user, shown without a traceback.

    The message states the fault, what was found and expected, and what to do.
    """


def first_line(error: Exception) -> str:
    """Return the first line of an error's message, at most 300 characters, or its name."""
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300]
