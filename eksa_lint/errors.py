"""Why a job could not be done: one line for the person, exit code 2."""


class CannotCheck(Exception):
    """What is wrong, where, and what to run next, in one line."""
