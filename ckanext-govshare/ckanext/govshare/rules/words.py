"""Text that the rules themselves say, in both languages of the portal.

The rules know no web framework, so they hand out both wordings and the page picks one.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Words(NamedTuple):
    """One sentence or name in Simplified Chinese and in English."""

    zh: str
    en: str

    def pick(self, language: str) -> str:
        """The wording for a language tag such as `zh_Hans_CN` or `en`."""
        return self.zh if language.startswith("zh") else self.en

    def fill(self, **values: Any) -> Words:
        return Words(self.zh.format(**values), self.en.format(**values))
