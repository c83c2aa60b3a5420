"""Format-preserving encryption: FF1 of NIST SP 800-38G, over AES of ``cryptography``.

Our own because no kept library does it (docs/decisions); held to NIST's published samples by a
test.
"""

from __future__ import annotations

import hmac
import math
from collections.abc import Callable

import pyarrow as pa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from .arrow import compute as pc
from .checks import compact
from .normal import normalise

DIGITS = "0123456789"
SMALLEST_DOMAIN = 1_000_000  # SP 800-38G rev. 1: fewer possible values can be guessed


def canonical(value: str) -> str:
    """The form under which two spellings of one identifier are the same value."""
    return compact(normalise(value))


def canonicals(values: pa.StringArray) -> list[str]:
    """The same for many values."""
    if pc.all(pc.and_(pc.ascii_is_alnum(values), pc.string_is_ascii(values))).as_py():
        return pc.ascii_upper(values).to_pylist()
    return [canonical(value) for value in values.to_pylist()]


def encrypter(namespace: str, key: bytes) -> Callable[[str], str | None]:
    """A function that encrypts the digits of a value and leaves its other characters in their
    places.

    It gives None where the digits are too few to hide anything (six).
    """
    derived = hmac.digest(key, b"ff1\0" + namespace.encode(), "sha256")
    tweak = namespace.encode()

    def one(value: str) -> str | None:
        text = normalise(value)
        digits = "".join(c for c in text if c in DIGITS)
        if 10 ** len(digits) < SMALLEST_DOMAIN:
            return None
        new = iter(ff1(derived, tweak, digits))
        return "".join(next(new) if c in DIGITS else c for c in text)

    return one


def ff1(key: bytes, tweak: bytes, text: str, alphabet: str = DIGITS) -> str:
    """FF1 encryption (SP 800-38G, algorithm 7). ``key``: 16, 24 or 32 bytes."""
    radix, length = len(alphabet), len(text)
    left, right = length // 2, length - length // 2
    width = math.ceil(math.ceil(right * math.log2(radix)) / 8)
    needed = 4 * math.ceil(width / 4) + 4
    head = (
        bytes([1, 2, 1])
        + radix.to_bytes(3, "big")
        + bytes([10, left % 256])
        + length.to_bytes(4, "big")
        + len(tweak).to_bytes(4, "big")
    )
    padding = bytes((-len(tweak) - width - 1) % 16)
    a, b = _number(text[:left], alphabet), _number(text[left:], alphabet)
    for turn in range(10):
        mac = _mac(key, head + tweak + padding + bytes([turn]) + b.to_bytes(width, "big"))
        stream = mac + b"".join(
            _block(key, bytes(x ^ y for x, y in zip(mac, i.to_bytes(16, "big"), strict=True)))
            for i in range(1, math.ceil(needed / 16))
        )
        size = left if turn % 2 == 0 else right
        a, b = b, (a + int.from_bytes(stream[:needed], "big")) % radix**size
    return _text(a, left, alphabet) + _text(b, right, alphabet)


def _mac(key: bytes, data: bytes) -> bytes:
    """CBC-MAC: the last block."""
    encryptor = Cipher(algorithms.AES(key), modes.CBC(bytes(16))).encryptor()
    return (encryptor.update(data) + encryptor.finalize())[-16:]


def _block(key: bytes, data: bytes) -> bytes:
    # One block under a key: the primitive FF1 is built from, not a mode for messages.
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305
    return encryptor.update(data) + encryptor.finalize()


def _number(text: str, alphabet: str) -> int:
    number = 0
    for c in text:
        number = number * len(alphabet) + alphabet.index(c)
    return number


def _text(number: int, length: int, alphabet: str) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, len(alphabet))
        digits.append(alphabet[digit])
    return "".join(reversed(digits))
