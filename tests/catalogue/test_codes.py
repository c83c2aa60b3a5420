"""The unified social credit code: 18 characters, the last a check character (GB 32100-2015)."""

from __future__ import annotations

import pytest
from ckan.plugins import toolkit as tk
from hypothesis import given
from hypothesis import strategies as st

from ckanext.govshare.catalogue import validators

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = [pow(3, i, 31) for i in range(17)]


def check_character(body: str) -> str:
    """Computed here from the standard, apart from the library that the code uses."""
    total = sum(ALPHABET.index(c) * w for c, w in zip(body, WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


codes = st.builds(
    lambda region, serial: (body := f"11{region:06d}{serial}") + check_character(body),
    st.integers(110000, 659999),
    st.text(ALPHABET, min_size=9, max_size=9),
)


@given(codes)
def test_right_code_is_kept(code):
    assert validators.govshare_uscc(code) == code


@given(codes, st.integers(8, 17), st.integers(1, 30))
def test_one_wrong_character_is_found(code, place, step):
    """The weights are powers of three modulo a prime, so every single change shows."""
    other = ALPHABET[(ALPHABET.index(code[place]) + step) % 31]
    with pytest.raises(tk.Invalid):
        validators.govshare_uscc(code[:place] + other + code[place + 1 :])


@pytest.mark.parametrize("empty", ["", None])
def test_missing_code_is_left_alone(empty):
    assert validators.govshare_uscc(empty) == empty
