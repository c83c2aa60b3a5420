"""Makes the virtual environment from the locks: needs Python 3.11 and the package index, no more.

Debian's bare Python has no `ensurepip`; then pip's own wheel is fetched from the index by digest.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main(target: str) -> None:
    """Make or renew the environment in `target`."""
    if sys.version_info < (3, 11):  # noqa: UP036 - any Python may run this
        sys.exit(f"govshare needs Python 3.11 or later; this is {sys.version.split()[0]}. "
                 "Say which to use: make PYTHON=python3.11 setup")
    try:
        import venv
    except ImportError:
        sys.exit("Python's module venv is missing. On Debian: apt-get install python3-venv")
    folder = Path(target).absolute()
    if not (folder / "bin" / "python").exists():
        print(f"making {target}")
        venv.create(folder, symlinks=True)
    python = str(folder / "bin" / "python")
    with tempfile.TemporaryDirectory() as scratch:
        pip = [python, str(_pip(Path(scratch)) / "pip")]
        install = [*pip, "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        for lock in ("requirements.lock", "requirements-dev.lock"):
            print(f"installing {lock}")
            _run([*install, "--require-hashes", "-r", str(ROOT / lock)])
        print("installing govshare")
        _run([*install, "--no-build-isolation", "--editable", str(ROOT)])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, check=False)
    if done.returncode:
        sys.exit("The packages could not be installed. Check the network, or point PIP_INDEX_URL "
                 "at a mirror, then run the same command again.")


def _pip(scratch: Path) -> Path:
    """A wheel of pip, which runs without being installed."""
    try:
        import ensurepip

        bundled = sorted((Path(ensurepip.__file__).parent / "_bundled").glob("pip-*.whl"))
        if bundled:
            return bundled[-1]
    except ImportError:
        pass
    version, digests = _locked("pip")
    name = f"pip-{version}-py3-none-any.whl"
    index = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/") + "/pip/"
    request = urllib.request.Request(index, headers={
        "Accept": "application/vnd.pypi.simple.v1+json"
    })
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            files = json.load(answer)["files"]
        url = next(file["url"] for file in files if file["filename"] == name)
        with urllib.request.urlopen(urllib.parse.urljoin(index, url), timeout=60) as answer:
            wheel = answer.read()
    except (urllib.error.URLError, ValueError, StopIteration) as error:
        sys.exit(f"pip could not be fetched from {index}: {error}. "
                 "On Debian: apt-get install python3-venv")
    if hashlib.sha256(wheel).hexdigest() not in digests:
        sys.exit(f"{name} from {index} is not the file that was expected")
    path = scratch / name
    path.write_bytes(wheel)
    return path


def _locked(package: str) -> tuple[str, set[str]]:
    """The version and digests that the lock gives `package`."""
    lock = (ROOT / "requirements-dev.lock").read_text()
    entry = re.search(rf"^{package}==(\S+)((?:.|\n)*?)(?=^\S)", lock, re.MULTILINE)
    if not entry:
        sys.exit(f"requirements-dev.lock does not pin {package}")
    return entry[1], set(re.findall(r"sha256:(\w+)", entry[2]))


if __name__ == "__main__":
    main(sys.argv[1])
