"""Merges every room's Chinese into the one catalogue that the portal serves.

    python tools/i18n.py                 compile
    python tools/i18n.py --check         compile, and fail on a string without Chinese

Each room keeps `i18n/zh_Hans_CN.po`, written by hand; `portal/i18n/ckan/` completes CKAN's own.
Two files that translate one string differently are a conflict, which fails too.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import ckan
import polib
from babel.messages.extract import extract_from_dir

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ROOT / "ckanext-govshare" / "ckanext" / "govshare"
PACKAGES = (ROOMS, ROOT / "harvesters", ROOT / "desensitize")
CATALOGUE = ROOMS / "i18n" / "zh_Hans_CN" / "LC_MESSAGES" / "ckanext-govshare.mo"
CKAN_CATALOGUE = Path(ckan.__file__).parent / "i18n/zh_Hans_CN/LC_MESSAGES/ckan.mo"

METHODS = [("**.py", "python"), ("**/templates/**.html", "ckan"), ("**/templates/**.txt", "ckan")]
CHINESE = re.compile("[\u4e00-\u9fff]")
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2), "ungettext": (1, 2),
            "lazy_gettext": None}


def files() -> list[Path]:
    """Every room's catalogue."""
    return sorted(path for package in PACKAGES for path in package.rglob("i18n/**/zh_Hans_CN.po"))


def merge(paths: list[Path]) -> tuple[polib.POFile, list[str]]:
    """One catalogue of all `paths`, and the conflicts between them."""
    merged = polib.POFile()
    merged.metadata = {
        "Content-Type": "text/plain; charset=UTF-8", "Content-Transfer-Encoding": "8bit",
        "Language": "zh_Hans_CN", "Plural-Forms": "nplurals=1; plural=0;",
    }
    origin: dict[tuple[str, str | None], tuple[polib.POEntry, Path]] = {}
    conflicts = []
    for path in paths:
        for entry in polib.pofile(str(path)):
            if entry.obsolete or "fuzzy" in entry.flags or not _words(entry):
                continue
            key = (entry.msgid, entry.msgctxt)
            if key not in origin:
                origin[key] = (entry, path)
                merged.append(entry)
            elif _words(origin[key][0]) != _words(entry):
                conflicts.append(
                    f"{entry.msgid!r}: {_words(origin[key][0])} in {_short(origin[key][1])}, "
                    f"{_words(entry)} in {_short(path)}"
                )
    return merged, conflicts


def _words(entry: polib.POEntry) -> str:
    return entry.msgstr or entry.msgstr_plural.get(0, "")


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def strings() -> Iterator[tuple[str, str]]:
    """Every string that our code and templates show, with its place."""
    for package in PACKAGES:
        found = extract_from_dir(str(package), METHODS, keywords=KEYWORDS)
        for name, line, message, _comments, _context in found:
            msgid = message[0] if isinstance(message, tuple) else message
            if msgid and not CHINESE.search(msgid):  # Chinese by itself needs none
                yield msgid, f"{_short(package / name)}:{line}"


def main() -> None:
    """Merge, compile and, when asked, check."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail on a string without Chinese")
    check = parser.parse_args().check
    merged, problems = merge(files())
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    merged.save_as_mofile(str(CATALOGUE))
    merged.save(str(CATALOGUE.with_suffix(".po")))  # CKAN takes the browser's strings from here
    problems = [f"two translations of {conflict}" for conflict in problems]
    if check:
        known = {entry.msgid for entry in [*merged, *polib.mofile(str(CKAN_CATALOGUE))]
                 if _words(entry)}
        missing = {msgid: place for msgid, place in strings() if msgid not in known}
        problems += [f"{place}: no Chinese for {msgid!r}" for msgid, place in missing.items()]
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{len(merged)} strings in Chinese, {len(problems)} problems")
    sys.exit(1 if problems and check else 0)


if __name__ == "__main__":
    main()
