"""A value with the article it comes from: the grain of every profile."""

from __future__ import annotations

import re
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints

from .words import Words

Article = Annotated[str, StringConstraints(pattern=r"^(\d[\d(), –-]*|header)$")]

T_co = TypeVar("T_co", covariant=True)

ITEM = re.compile(r"(\d+)\((\d+)\)")


class Strict(BaseModel):
    """A part of a profile: unknown keys are errors, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Cited(Strict, Generic[T_co]):
    """What a regulation says: the value, its article, and a note on the reading.

    `assumed` marks a value that the text does not spell out. `profile` is the code of the
    regulation that says it: another than the site's own when the value is borrowed.
    """

    value: T_co
    article: Article
    note: str = ""
    assumed: bool = False
    profile: str = ""

    @property
    def rule(self) -> str:
        """For the ledger: `nanyang 46`."""
        return f"{self.profile} {self.article}"

    @property
    def words(self) -> Words:
        """第46条, 第5条第(2)项; Art. 46, Art. 5(2)."""
        if self.article == "header":
            return Words("文件题注", "header note")
        chinese = "、".join(
            ITEM.sub(r"第\1条第(\2)项", part) if "(" in part else f"第{part}条"
            for part in self.article.split(", ")
        )
        return Words(chinese, f"Art. {self.article}")
