"""The one error that the stack shows to an operator."""

from __future__ import annotations


class StackError(Exception):
    """Something stops the stack; `remedy` says what the operator can do about it.

    Both are in the operator's language (see `messages`), and carry no secret.
    """

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy
