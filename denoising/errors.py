"""The one exception that stands for a mistake of the user."""


class UserError(Exception):
    """What was expected, what was found, where, and what to do: shown without a traceback."""
