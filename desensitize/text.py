"""From bytes to UTF-8 text: which encoding a file has, and in which row it breaks."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa

from .problems import Unreadable

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CHUNK = 4 << 20
Chunks = Callable[[], Iterable[bytes]]
_ink = re.compile(rb"[^\x00\r\n\t \xef\xbb\xbf\xff\xfe]")
_chinese = re.compile(r"[\u4e00-\u9fff]")
_private = re.compile(r"[\ue000-\uf8ff]")


def decode(data: bytes, file: str) -> tuple[bytes, str]:
    """The text as UTF-8 without a byte-order mark, and the name of the encoding it had."""
    name = encoding(lambda: [data], file)
    if name == "utf-8-sig":
        return data[len(codecs.BOM_UTF8) :], name
    return (data if name == "utf-8" else data.decode(name).encode()), name


def chunks(path: Path) -> Iterator[bytes]:
    """A file in pieces that end where a line ends."""
    at = 0
    while True:
        with path.open("rb") as file:  # not open across a yield: the caller may never come back
            file.seek(at)
            data = file.read(CHUNK)
            data += file.readline()
        if not data:
            return
        at += len(data)
        yield data


def encoding(pieces: Chunks, file: str) -> str:
    """The encoding of a text in pieces.

    Errors: ``empty_file``, ``nul_bytes``, ``broken_encoding``, ``mixed_encoding``, with file
    and row.
    """
    head = next(iter(pieces()), b"")
    if not _ink.search(head):
        raise Unreadable("empty_file", file=file)
    marked = next((name for mark, name in BOMS if head.startswith(mark)), None)
    name = marked or _guess(pieces, file)
    if marked and (row := _broken(pieces, marked)):
        raise Unreadable("broken_encoding", file=file, row=row)
    if name != "utf-16" and (row := _first(pieces, lambda piece: piece.find(b"\x00"))):
        raise Unreadable("nul_bytes", file=file, row=row)
    return name


def _guess(pieces: Chunks, file: str) -> str:
    """UTF-8 if it is; else GB18030 if all of it is and no line is plainly UTF-8."""
    row = _broken(pieces, "utf-8")
    if row is None:
        return "utf-8"
    if any(_utf8_lines(piece) for piece in pieces()):
        raise Unreadable("mixed_encoding", file=file, row=row)
    row = _broken(pieces, "gb18030") or _first(pieces, _private_use)
    if row:
        raise Unreadable("broken_encoding", file=file, row=row)
    return "gb18030"


def _broken(pieces: Chunks, name: str) -> int | None:
    """The first row that cannot be decoded, from 1."""
    if name.startswith("utf-8") and all(map(_is_utf8, pieces())):
        return None
    decoder = codecs.getincrementaldecoder(name)()
    row = 1
    try:
        for piece in pieces():
            decoder.decode(piece)
            row += piece.count(b"\n")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return row + error.object[: error.start].count(b"\n")
    return None


def _is_utf8(piece: bytes) -> bool:
    """Pieces end where lines end, so no character is cut."""
    whole = pa.py_buffer(np.array([0, len(piece)], np.int64))
    try:
        pa.LargeStringArray.from_buffers(1, whole, pa.py_buffer(piece)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _first(pieces: Chunks, find: Callable[[bytes], int]) -> int | None:
    """The first row in which ``find`` gives a place."""
    for number, piece in enumerate(pieces()):
        if (at := find(piece)) >= 0:
            before = sum(p.count(b"\n") for p in islice(pieces(), number))
            return before + piece.count(b"\n", 0, at) + 1
    return None


def _private_use(piece: bytes) -> int:
    """Where bytes only look like GB18030: they lead to no character that anybody has assigned."""
    text = piece.decode("gb18030")
    found = _private.search(text)
    return len(text[: found.start()].encode("gb18030")) if found else -1


def _utf8_lines(piece: bytes) -> bool:
    """Whether some line reads as Chinese in UTF-8; GB18030 text practically never does."""
    for line in piece.splitlines():
        if line.isascii():
            continue
        try:
            if len(_chinese.findall(line.decode("utf-8"))) > 1:
                return True
        except UnicodeDecodeError:
            continue
    return False
