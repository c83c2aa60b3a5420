"""The portal's API as OpenAPI 3.1, made from the actions themselves.

An action's own docstring says what it does and takes; `gate/paths.toml` says which actions there
are and how each is held. What is closed to everybody is left out.
"""

from __future__ import annotations

import inspect
import re
import tomllib
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk

PATHS = Path(__file__).resolve().parents[1] / "gate" / "paths.toml"
LEFT_OUT = ("closed", "operator")
PARAMETER = re.compile(r"^\s*:param(?:eter)?\s+(?:\w+\s+)?([\w, ]+):\s*(.*)$")
TYPE = re.compile(r"^\s*:type\s+(\w+):\s*(.*)$")
KINDS = (("int", "integer"), ("bool", "boolean"), ("list", "array"), ("dict", "object"))
ANSWERS = {
    "400": "The request cannot be read.",
    "403": "You may not do this, or not with this access key.",
    "404": "There is no such thing.",
    "409": "A value is wrong; the error says which.",
}


def document() -> dict[str, Any]:
    """The whole description."""
    held = tomllib.loads(PATHS.read_text())["actions"]
    paths = {}
    for name, way in sorted(held.items()):
        if way not in LEFT_OUT:
            try:
                paths[f"/{name}"] = _path(name, way)
            except KeyError:
                continue  # a room that this site leaves out
    return {
        "openapi": "3.1.0",
        "info": {"title": tk.config["ckan.site_title"], "version": "3",
                 "description": "Answers are JSON: `success`, and `result` or `error`."},
        "servers": [{"url": tk.h.url_for("api.get_api", ver=3, _external=True, locale="default")
                     .rstrip("/") + "/action"}],
        "security": [{}, {"key": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "Authorization"}},
            "schemas": {
                "Answer": _envelope("result", {}),
                "Refusal": _envelope("error", {"type": "object"}),
            },
        },
    }  # fmt: skip


def _path(name: str, way: str) -> dict[str, Any]:
    action = inspect.unwrap(tk.get_action(name))
    text = inspect.getdoc(action) or ""
    reading = getattr(tk.get_action(name), "side_effect_free", False)
    fields = _parameters(text)
    operation: dict[str, Any] = {
        "operationId": name,
        "tags": [way],
        "summary": text.strip().split("\n")[0][:200] or name,
        "responses": _responses(),
    }
    if reading:
        operation["parameters"] = [
            {"name": field, "in": "query", "description": told["description"],
             "schema": {"type": "string"}}
            for field, told in fields.items()
        ]  # fmt: skip
        return {"get": operation}
    operation["requestBody"] = {
        "content": {"application/json": {"schema": {"type": "object", "properties": fields}}}
    }
    return {"post": operation}


def _responses() -> dict[str, Any]:
    def content(schema: str) -> dict[str, Any]:
        return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}

    refused = {
        code: {"description": words, "content": content("Refusal")}
        for code, words in ANSWERS.items() if code != "400"
    }  # fmt: skip
    # CKAN answers a request that it cannot read with a bare sentence
    unread = {"description": ANSWERS["400"], "content": {"application/json": {"schema": {}}}}
    return {"200": {"description": "Done.", "content": content("Answer")}, "400": unread, **refused}


def _envelope(last: str, schema: dict[str, Any]) -> dict[str, Any]:
    told = {"help": {"type": "string"}, "success": {"type": "boolean"}, last: schema}
    return {"type": "object", "properties": told, "required": ["success", last]}


def _parameters(text: str) -> dict[str, dict[str, Any]]:
    """The fields that a docstring names (`:param x: …`, `:type x: …`), in order."""
    found: dict[str, dict[str, Any]] = {}
    for line in text.splitlines():
        if match := PARAMETER.match(line):
            for name in match[1].split(","):
                found[name.strip()] = {"description": match[2].strip()}
        elif (match := TYPE.match(line)) and match[1] in found:
            kind = next((k for word, k in KINDS if word in match[2].lower()), "string")
            found[match[1]]["type"] = kind
    return found
