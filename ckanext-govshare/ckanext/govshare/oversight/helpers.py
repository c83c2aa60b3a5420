"""Words for the pages of supervision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk
from markupsafe import Markup

from ckanext.govshare.oversight import complaint, indicators, reading
from ckanext.govshare.oversight.kinds import every
from ckanext.govshare.rules import profiles
from ckanext.govshare.rules.words import Words

CODES = {
    "LY": "linyi", "NY": "nanyang", "YN": "yunnan", "ZS": "zhongshan", "TZ": "tengzhou",
}


def govshare_oversight_title(kind: str) -> str:
    """What a kind of record is called."""
    return reading.title(kind)


def govshare_oversight_pick(words: Any) -> str:
    """The reader's language of two wordings."""
    return words.pick(reading.language())


def govshare_oversight_value(kind: str, name: str, value: Any) -> Any:
    """A field's value as a person reads it."""
    field = every()[kind].fields.get(name)
    if field is None or value is None:
        return "" if value is None else value
    if field.type == "choice":
        return field.option(str(value)).pick(reading.language())
    if field.type in ("date", "moment"):
        return tk.h.render_datetime(value, with_hours=field.type == "moment")
    if field.type == "dataset":
        package = model.Session.get(model.Package, value)
        url = tk.h.url_for("dataset.read", id=value)
        return Markup('<a href="{}">{}</a>').format(url, package.title if package else value)
    return value


def govshare_oversight_rules(rules: tuple[str, ...]) -> str:
    """`NY 57` in words: 南阳第57条, Nanyang art. 57."""
    words = []
    for rule in rules:
        code, article = rule.split(" ", 1)
        place = profiles.get(CODES[code]).place
        words.append(Words(f"{place.zh}第{article}条", f"{place.en} art. {article}"))
    lang = reading.language()
    return ("、" if lang.startswith("zh") else ", ").join(w.pick(lang) for w in words)


def govshare_oversight_label(kind: str, name: str) -> str:
    """What a field of a record is called."""
    return every()[kind].fields[name].title.pick(reading.language())


def govshare_oversight_indicator(name: str) -> str:
    return indicators.INDICATORS[name].title.pick(reading.language())


def govshare_oversight_areas(names: Any) -> list[tuple[str, list[str]]]:
    """Areas with those of their indicators that are among `names`, in the order of the list."""
    found: dict[str, list[str]] = {}
    for name, indicator in indicators.INDICATORS.items():
        if name in names:
            found.setdefault(indicator.area, []).append(name)
    return [
        (indicators.AREAS[area].pick(reading.language()), list_) for area, list_ in found.items()
    ]


def govshare_complaint_subjects() -> list[tuple[str, str]]:
    return [(code, words.pick(reading.language())) for code, words in complaint.SUBJECTS.items()]


def get_helpers() -> dict[str, Callable[..., Any]]:
    """For CKAN's blanket."""
    own = (
        govshare_oversight_title, govshare_oversight_pick, govshare_oversight_value,
        govshare_oversight_label, govshare_oversight_rules,
        govshare_oversight_indicator, govshare_oversight_areas, govshare_complaint_subjects,
    )
    return {helper.__name__: helper for helper in own}
