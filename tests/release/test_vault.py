"""The vault keeps what a digest names, and nothing else."""

from __future__ import annotations

import errno
import hashlib
import io
import stat

import pytest

from ckanext.govshare.release import keys
from ckanext.govshare.release.vault import Missing, NotIntact, Vault

pytestmark = pytest.mark.usefixtures("portal")


def test_what_goes_in_comes_out(data_dir):
    stored = Vault("quarantine").put(io.BytesIO(b"x" * 3_000_000))
    assert stored.digest == hashlib.sha256(b"x" * 3_000_000).hexdigest()
    with Vault("quarantine").open(stored.digest) as stream:
        assert stream.read() == b"x" * 3_000_000
    modes = {p: stat.S_IMODE(p.stat().st_mode) for p in (data_dir / "quarantine").rglob("*")}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


def test_one_changed_byte_closes_the_content():
    """Bytes changed on disk are refused before the first of them is read."""
    vault = Vault()
    stored = vault.put(io.BytesIO(b"signed content"))
    vault.path(stored.digest).write_bytes(b"other! content")
    with pytest.raises(NotIntact):
        vault.open(stored.digest)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a" * 63, "A" * 64, "g" * 64, "a" * 64])
def test_only_digests_open(name):
    with pytest.raises(Missing):
        Vault().open(name)


def test_quarantine_is_no_vault():
    """What waits in quarantine cannot be opened from the vault."""
    stored = Vault("quarantine").put(io.BytesIO(b"raw"))
    with pytest.raises(Missing):
        Vault().open(stored.digest)
    Vault().adopt(stored.digest, Vault("quarantine"))
    with Vault().open(stored.digest) as stream:
        assert stream.read() == b"raw"


def test_full_disk_leaves_nothing_behind(data_dir):
    """A write that fails in the middle leaves no half file, and the next one works."""

    class Full(io.BytesIO):
        def read(self, size=-1):  # noqa: ARG002
            if self.tell():
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().read(10)

    with pytest.raises(OSError, match="No space left"):
        Vault("quarantine").put(Full(b"x" * 100))
    assert [p for p in data_dir.rglob("*") if p.is_file()] == []
    assert Vault("quarantine").put(io.BytesIO(b"later")).size == 5


def test_key_of_pseudonyms_is_made_once(data_dir):
    first = keys.pseudonym_key()
    assert len(first) == 32
    assert keys.pseudonym_key() == first
    files = list((data_dir / "keys").iterdir())
    assert [f.name for f in files] == ["pseudonym"]
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600
