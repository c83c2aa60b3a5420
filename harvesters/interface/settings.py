"""The settings of an interface source: what to ask, how pages follow, which field is which."""

from __future__ import annotations

from typing import Any, Literal, Self

import jmespath
from jmespath.exceptions import JMESPathError
from pydantic import Field, field_validator, model_validator

from harvesters.settings import Settings, Strict


class Auth(Strict):
    """How the source proves who it is; the secrets themselves are sealed apart.

    `key`: the header or parameter `name` is the secret `key`. `basic`: `user`, `password`.
    `oauth2`: client credentials at `token_url`, with `client_id`, `client_secret`.
    `hmac`: requests signed as Alibaba Cloud's API gateway does, with `app_key`, `app_secret`.
    """

    type: Literal["none", "key", "basic", "oauth2", "hmac"] = "none"
    name: str = "X-API-Key"
    place: Literal["header", "query"] = "header"
    token_url: str = ""
    scope: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.type == "oauth2" and not self.token_url.startswith(("https://", "http://")):
            raise ValueError("token_url is missing")
        return self

    def secrets(self) -> list[str]:
        """The names of the secrets it needs."""
        return {"none": [], "key": ["key"], "basic": ["user", "password"],
                "oauth2": ["client_id", "client_secret"], "hmac": ["app_key", "app_secret"],
                }[self.type]


class Paging(Strict):
    """`page`: number from `first`; `offset`: rows before; `cursor`: `next` finds it in the answer
    (JMESPath); `link`: the header `Link: rel="next"`, or `next` finds the address."""

    type: Literal["none", "page", "offset", "cursor", "link"] = "none"
    parameter: str = "page"
    size_parameter: str = ""
    size: int = Field(default=500, ge=1, le=100_000)
    first: int = 1
    next: str = ""


class Dataset(Strict):
    """One dataset. `rows`: where the rows are (JMESPath, or ElementPath for XML); `fields`: column
    names and where each is in a row; without them every field of the first row is a column."""

    key: str = Field(min_length=1)
    title: str = Field(min_length=1)
    path: str = ""
    method: Literal["GET", "POST"] = "GET"
    parameters: dict[str, str] = Field(default_factory=dict)
    format: Literal["json", "csv", "xml"] = "json"
    rows: str = ""
    fields: dict[str, str] = Field(default_factory=dict)
    paging: Paging = Paging()
    metadata: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _readable(self) -> Self:
        paths = [self.rows, *self.fields.values()] if self.format == "json" else []
        for path in [*paths, self.paging.next]:
            if path:
                try:
                    jmespath.compile(path)
                except JMESPathError as error:
                    raise ValueError(str(error)) from error
        if self.format == "xml" and not (self.rows and self.fields):
            raise ValueError("XML needs rows and fields")
        if self.format != "json" and self.paging.next:
            raise ValueError("next is read from JSON only")
        return self


class InterfaceSettings(Settings):
    """`rate`: requests a second; `seconds`: for one page in all; `pages`: at most so many."""

    datasets: list[Dataset] = Field(min_length=1)
    auth: Auth = Auth()
    rate: float = Field(5, gt=0, le=100)
    seconds: float = Field(120, gt=0, le=1800)
    pages: int = Field(10_000, ge=1)

    @field_validator("datasets")
    @classmethod
    def _apart(cls, value: list[Dataset]) -> list[Dataset]:
        keys = [each.key for each in value]
        if len(set(keys)) < len(keys):
            raise ValueError("each dataset needs a key of its own")
        return value
