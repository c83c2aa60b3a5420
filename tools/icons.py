"""Cuts Font Awesome down to the icons that our pages name: a small font and its style.

    python tools/icons.py            write portal/public/govshare/icons.{css,woff2}
    python tools/icons.py --check    fail when a page names an icon that is not in them

Pages that strangers read load these instead of all of Font Awesome (270 KB).
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import ckan
from fontTools import subset

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ROOT / "ckanext-govshare" / "ckanext" / "govshare"
PUBLIC = ROOMS / "portal" / "public" / "govshare"
AWESOME = Path(ckan.__file__).parent / "public/base/vendor/fontawesome-free"
GLYPH = re.compile(r"^((?:\.fa-[\w-]+,?\s*)+)\{\s*--fa: \"\\([0-9a-f]+)\"", re.M)
WORD = re.compile(r"[a-z][a-z0-9-]+")
SOURCES = (*ROOMS.rglob("*.html"), *ROOMS.rglob("*.py"), *(ROOT / "config").rglob("*.toml"),
           *(ROOT / "harvesters").rglob("*.html"))  # fmt: skip
HEAD = """\
/* Made by tools/icons.py from Font Awesome Free 6.7.2 (https://fontawesome.com/license/free). */
@font-face { font-family: "gs-icons"; src: url(icons.woff2) format("woff2"); font-display: block; }
.fa { font: 900 1em/1 "gs-icons"; display: inline-block; -webkit-font-smoothing: antialiased; }
.fa::before { content: var(--fa); }
.fa-fw { text-align: center; width: 1.25em; }
"""


def known() -> dict[str, str]:
    """Every icon of Font Awesome and the code of its glyph."""
    style = (AWESOME / "css" / "all.css").read_text()
    return {name: code for names, code in GLYPH.findall(style)
            for name in re.findall(r"\.fa-([\w-]+)", names)}  # fmt: skip


def used() -> dict[str, str]:
    """The icons whose names stand anywhere in our pages; a word too many costs 100 bytes."""
    text = "\n".join(path.read_text() for path in SOURCES)
    words = {word.removeprefix("fa-") for word in WORD.findall(text)}
    return {name: code for name, code in sorted(known().items()) if name in words}


def write(icons: dict[str, str]) -> None:
    lines = [f'.fa-{name} {{ --fa: "\\{code}"; }}\n' for name, code in icons.items()]
    (PUBLIC / "icons.css").write_text(HEAD + "".join(lines))
    options = subset.Options(flavor="woff2", desubroutinize=True)
    font = subset.load_font(str(AWESOME / "webfonts" / "fa-solid-900.ttf"), options)
    cut = subset.Subsetter(options)
    cut.populate(unicodes=[int(code, 16) for code in icons.values()])
    cut.subset(font)
    subset.save_font(font, str(PUBLIC / "icons.woff2"), options)


def missing() -> list[str]:
    """Icons that a template names and the style has not."""
    style = (PUBLIC / "icons.css").read_text()
    named = {name for path in ROOMS.rglob("*.html")
             for name in re.findall(r"\bfa fa-([a-z][a-z0-9-]+)\"", path.read_text())}  # fmt: skip
    return sorted(name for name in named if f".fa-{name} {{" not in style)


if __name__ == "__main__":
    if "--check" not in sys.argv:
        write(used())
    if lacking := missing():
        sys.exit(f"no such icon: {', '.join(lacking)}; run tools/icons.py")
