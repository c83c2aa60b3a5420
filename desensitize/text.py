"""From bytes to UTF-8 text: which encoding a file has, and where it breaks."""

from __future__ import annotations

import codecs
import re

from .problems import Unreadable

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_chinese = re.compile(r"[\u4e00-\u9fff]")


def row_of(data: bytes, at: int) -> int:
    """The line number, from 1, of a byte."""
    return data.count(b"\n", 0, at) + 1


def decode(data: bytes, file: str) -> tuple[bytes, str]:
    """The text as UTF-8 without a byte-order mark, and the name of the encoding it had.

    Errors: ``empty_file``, ``nul_bytes``, ``broken_encoding``, ``mixed_encoding``, each with file and row.
    """
    if not data.strip(b"\x00\r\n\t \xef\xbb\xbf\xff\xfe"):
        raise Unreadable("empty_file", file=file)
    for mark, name in BOMS:
        if data.startswith(mark):
            text, name = _strict(data, name, file), name
            break
    else:
        text, name = _guess(data, file)
    if (at := text.find(b"\x00")) >= 0:
        raise Unreadable("nul_bytes", file=file, row=row_of(text, at))
    return text, name


def _strict(data: bytes, name: str, file: str) -> bytes:
    try:
        return data.decode(name).encode()
    except UnicodeDecodeError as error:
        raise Unreadable("broken_encoding", file=file, row=row_of(data, error.start)) from None


def _guess(data: bytes, file: str) -> tuple[bytes, str]:
    """UTF-8 if it is; else GB18030 if all of it is and no line is plainly UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        broken = error.start
    else:
        return data, "utf-8"
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        if _utf8_lines(data):
            raise Unreadable("mixed_encoding", file=file, row=row_of(data, broken)) from None
        raise Unreadable("broken_encoding", file=file, row=row_of(data, error.start)) from None
    if _utf8_lines(data):
        raise Unreadable("mixed_encoding", file=file, row=row_of(data, broken))
    if any(
        "\ue000" <= c <= "\uf8ff" for c in set(text)
    ):  # private use: bytes that only look like GB18030
        at = next(i for i, c in enumerate(text) if "\ue000" <= c <= "\uf8ff")
        raise Unreadable("broken_encoding", file=file, row=text.count("\n", 0, at) + 1)
    return text.encode(), "gb18030"


def _utf8_lines(data: bytes) -> bool:
    """Whether some line reads as Chinese in UTF-8; GB18030 text practically never does."""
    for line in data.splitlines()[:20_000]:
        if line.isascii():
            continue
        try:
            if len(_chinese.findall(line.decode("utf-8"))) > 1:
                return True
        except UnicodeDecodeError:
            continue
    return False
