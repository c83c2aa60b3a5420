"""`govshare doctor`: what is missing on this machine, and what to do about it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import Requirement

from ckanext.govshare.stack import databases, libmagic, postgres, services, valkey
from ckanext.govshare.stack.errors import StackError
from ckanext.govshare.stack.language import _

NEEDED_SPACE = 2 * 1024**3  # bytes: packages, a first database, a first index


@dataclass(frozen=True)
class Finding:
    """One check: `remedy` is empty when all is well."""

    check: str
    result: str
    remedy: str = ""


def examine(data_dir: Path) -> Iterator[Finding]:
    """Check the machine and the services that the environment names; starts nothing that stays."""
    checks: list[tuple[str, Callable[[Path], str]]] = [
        (_("Python"), _python),
        (_("Packages"), _packages),
        (_("libmagic"), _libmagic),
        (_("Database"), _database),
        (_("Queue"), _queue),
        (_("Search"), _search),
        (_("Data folder"), _folder),
        (_("Free space"), _space),
    ]
    for name, check in checks:
        try:
            yield Finding(name, check(data_dir))
        except StackError as error:
            yield Finding(name, error.problem, error.remedy)


def _python(_data_dir: Path) -> str:
    return sys.version.split()[0]


def _packages(_data_dir: Path) -> str:
    wrong = []
    for text in requires("govshare") or []:
        needed = Requirement(text)
        try:
            if not needed.specifier.contains(version(needed.name), prereleases=True):
                wrong.append(text)
        except PackageNotFoundError:
            wrong.append(text)
    if wrong:
        raise StackError(_("missing or of another version: {names}", names=", ".join(wrong)),
                         _("Run `make setup`."))
    return f"CKAN {version('ckan')}"


def _libmagic(_data_dir: Path) -> str:
    trial = subprocess.run(
        [sys.executable, "-c", "import magic; print(magic.version())"],
        env={**os.environ, **libmagic.environment()}, capture_output=True, text=True, check=False,
    )
    if trial.returncode:
        raise StackError(_("libmagic cannot be loaded"),
                         _("Run `make setup`, or on Debian: apt-get install libmagic1"))
    return trial.stdout.strip()


def _database(_data_dir: Path) -> str:
    url = os.environ.get("GOVSHARE_DATABASE_URL")
    if url:
        with databases.connected(url):
            return _("answers")
    postgres.identity()
    trial = subprocess.run([postgres.binary("postgres"), "--version"],  # noqa: S603
                           capture_output=True, text=True, check=False)
    if trial.returncode:
        raise StackError(
            _("PostgreSQL's program does not run: {reason}", reason=trial.stderr.strip()),
            _("Set GOVSHARE_DATABASE_URL to a server of yours."))
    return trial.stdout.strip()


def _queue(_data_dir: Path) -> str:
    url = os.environ.get("GOVSHARE_REDIS_URL")
    if url:
        services.check_queue(url)
        return _("answers")
    trial = subprocess.run([valkey.binary(), "--version"],  # noqa: S603
                           capture_output=True, text=True, check=False)
    if trial.returncode:
        raise StackError(_("Valkey's program does not run: {reason}", reason=trial.stderr.strip()),
                         _("Set GOVSHARE_REDIS_URL to a server of yours."))
    return trial.stdout.split(" sha=")[0].strip()


def _search(_data_dir: Path) -> str:
    url = os.environ.get("GOVSHARE_SOLR_URL")
    if url:
        services.check_search(url)
        return _("answers")
    return f"Tantivy {version('tantivy')}"


def _folder(data_dir: Path) -> str:
    services.make_folders(data_dir)
    return str(data_dir)


def _space(data_dir: Path) -> str:
    free = shutil.disk_usage(data_dir).free
    text = f"{free / 1024**3:.1f} GiB"
    if free < NEEDED_SPACE:
        raise StackError(text, _("Free some space: at least 2 GiB are needed."))
    return text
