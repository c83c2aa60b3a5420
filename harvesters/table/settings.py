"""The settings of a database source."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, field_validator, model_validator

from harvesters.settings import Settings, Strict


class TableSet(Strict):
    """One table or view, as one dataset. `watermark`: a column that grows with every change (a
    time or a number): without a change nothing is read. `increment`: each run brings only the rows
    above the last watermark, as a file of its own."""

    table: str = Field(min_length=1)
    database_schema: str | None = Field(None, alias="schema")
    key: str = ""
    title: str = ""
    columns: list[str] = Field(default_factory=list)
    watermark: str = ""
    increment: bool = False
    metadata: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.increment and not self.watermark:
            raise ValueError("increment needs a watermark")
        return self

    @property
    def name(self) -> str:
        """The key that identifies it for ever."""
        return self.key or ".".join(filter(None, [self.database_schema, self.table]))


class TableSettings(Settings):
    """`tables`: those to collect. `may_write`: the reason why the credentials may write, where the
    department cannot make others."""

    tables: list[TableSet] = Field(min_length=1)
    may_write: str = ""

    @field_validator("tables")
    @classmethod
    def _apart(cls, value: list[TableSet]) -> list[TableSet]:
        names = [each.name for each in value]
        if len(set(names)) < len(names):
            raise ValueError("each table needs a key of its own")
        return value
