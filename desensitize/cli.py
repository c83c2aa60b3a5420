"""The ``desensitize`` command.

\b
Exit codes / 退出码:
  0  done; for apply and verify: the output may be signed / 完成，输出可提交签署
  2  wrong use / 用法错误
  3  the file is held for a person / 文件无法读取，须人工处理
  4  the plan needs a person's decision / 方案有待人工决定
  5  the output is not to be released / 输出核验未通过，不得发布
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click
import yaml
from pydantic import ValidationError
from rich.console import Console
from rich.progress import Progress as Bar

from . import annotate, evidence_page, job, transform, verify
from . import plan as plans
from .classify import label
from .plan import Plan
from .problems import Problem, Unreadable
from .profile import Profile
from .scan import Progress

HELD, UNDECIDED, REFUSED = 3, 4, 5
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
LANGUAGE = "zh" if os.environ.get("LANG", "zh").startswith(("zh", "C", "POSIX")) else "en"


@click.group(help=__doc__)
def main() -> None:
    """Desensitize tables before they are opened to the public."""


def _fail(code: int, *problems: Problem) -> NoReturn:
    for problem in problems:
        click.echo(problem.message(LANGUAGE), err=True)
    sys.exit(code)


@contextmanager
def _reading() -> Iterator[None]:
    """Turns what can be wrong with a file into a sentence and an exit code."""
    try:
        yield
    except Unreadable as error:
        _fail(HELD, error.problem)
    except transform.NotReady as error:
        _fail(UNDECIDED, error.problem)
    except job.SeveralSheets as error:
        raise click.UsageError(
            f"several sheets, choose one with --sheet: {', '.join(error.names)}"
        ) from None
    except KeyError as error:
        raise click.UsageError(f"there is no {error}") from None


@contextmanager
def _bar(title: str) -> Iterator[Progress]:
    """A progress bar on the terminal; nothing where there is none."""
    with Bar(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(title, total=1.0)
        yield lambda what, share: bar.update(task, completed=share, description=f"{title}: {what}")


_sheet = click.option("--sheet", help="The sheet of a workbook. / 工作表名称。")
_names = click.option(
    "--names/--no-names",
    default=True,
    help="Look for names with the language model. / 是否识别人名。",
)


@main.command()
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="The profile as JSON.")
@_sheet
@_names
def scan(file: Path, as_json: bool, sheet: str | None, names: bool) -> None:
    """What each column of FILE holds, and why. / 逐列识别个人信息。"""
    with _reading(), _bar("scan") as progress:
        profile = job.profile(file, sheet, ner=names, progress=progress)
    if as_json:
        click.echo(json.dumps(profile.to_dict(), ensure_ascii=False, indent=1))
        return
    for column in profile.columns:
        class_ = evidence_page.CLASSES[column.class_][LANGUAGE == "zh"]
        what = f" · {label(column.entity, LANGUAGE)}" if column.entity else ""
        click.echo(
            f"{column.name}\t{class_}{what}\t" + "; ".join(w.message(LANGUAGE) for w in column.why)
        )
    for problem in profile.problems:
        click.echo(problem.message(LANGUAGE), err=True)


@main.command()
@click.argument("file", type=FILE)
@click.option(
    "--standard",
    default="default",
    show_default=True,
    help="The category's standard. / 数据类别的脱敏标准。",
)
@_sheet
@_names
def plan(file: Path, standard: str, sheet: str | None, names: bool) -> None:
    """A plan for FILE as YAML, to be corrected by a person. / 生成脱敏方案（YAML）。"""
    with _reading(), _bar("scan") as progress:
        profile = job.profile(file, sheet, ner=names, progress=progress)
        made = plans.propose(profile, standard)
    click.echo(yaml.safe_dump(made.to_dict(), allow_unicode=True, sort_keys=False), nl=False)
    for problem in made.problems(profile):
        click.echo(problem.message(LANGUAGE), err=True)


@main.command()
@click.argument("file", type=FILE)
@click.option("--plan", "plan_file", type=FILE, required=True)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help=".csv, .xlsx or .json",
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="JSON, and a page beside it.",
)
@click.option(
    "--key-file", type=FILE, help="At least 32 secret bytes, for pseudonyms that join. / 密钥文件。"
)
@click.option(
    "--scheduler", help="Address of a Dask scheduler: partitions are worked on there (CSV only)."
)
@_sheet
@_names
def apply(
    file: Path,
    plan_file: Path,
    out: Path,
    report: Path,
    key_file: Path | None,
    scheduler: str | None,
    sheet: str | None,
    names: bool,
) -> None:
    """Carry a plan out, check the output and write the evidence. / 执行方案、核验并出具证据。"""
    made = _plan(plan_file)
    key = _key(made, key_file)
    with _reading(), _bar("apply") as progress:
        if scheduler:
            from . import scale

            content = scale.apply(file, out, made, key, scheduler, ner=names)
        else:
            content = job.apply(file, out, made, key, sheet, ner=names, progress=progress)
    _write(report, content)
    _judge(content["verdict"])


@main.command("verify")
@click.argument("out", type=FILE)
@click.option("--report", type=FILE, required=True, help="The evidence that came with OUT.")
def verify_(out: Path, report: Path) -> None:
    """Check OUT again, against its evidence. / 对照证据重新核验输出文件。"""
    content = _json(report)
    try:
        made, profile = (
            Plan.from_dict({k: v for k, v in content["plan"].items() if k != "digest"}),
            Profile.from_dict(content["profile"]),
        )
        expected, signed = content["output"]["digest"], content["plan"]["digest"]
    except (KeyError, TypeError, ValidationError):
        raise click.UsageError(f"{report} is no evidence of desensitization") from None
    if job.digest(out) != expected or made.digest != signed:
        _fail(REFUSED, Problem("digest_differs"))
    with _reading(), _bar("verify") as progress:
        verdict = verify.check_blocks(lambda: job.blocks(out), made, profile, progress)
    _judge(verdict.to_dict())


@main.command()
@_names
def text(names: bool) -> None:
    """JSON Lines {"id","text"} on stdin → {"id","spans":[{"start","end","entity","score"}]}. /
    逐行识别文本。
    """
    for number, line in enumerate(sys.stdin, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            given = record["text"]
            if not isinstance(given, str):
                raise TypeError
        except (ValueError, KeyError, TypeError):
            raise click.UsageError(f'line {number} is not {{"id", "text"}}') from None
        spans = [s._asdict() for s in annotate.text(given, model=names)]
        click.echo(json.dumps({"id": record.get("id"), "spans": spans}, ensure_ascii=False))


def _plan(file: Path) -> Plan:
    try:
        return Plan.from_dict(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError, UnicodeDecodeError, TypeError) as error:
        where = (
            "; ".join(".".join(map(str, e["loc"])) for e in error.errors())
            if isinstance(error, ValidationError)
            else ""
        )
        raise click.UsageError(f"{file} is no valid plan {where}") from None


def _key(made: Plan, file: Path | None) -> bytes:
    """The key; a plan without pseudonyms needs none that lasts."""
    lasting = any(c.do.action in ("pseudonym", "encrypt") for c in made.columns)
    if file is None:
        if lasting:
            raise click.UsageError("the plan makes pseudonyms: give --key-file")
        return secrets.token_bytes(transform.MIN_KEY)
    key = file.read_bytes()
    if len(key) < transform.MIN_KEY:
        raise click.UsageError(f"{file}: a key has at least {transform.MIN_KEY} bytes")
    return key


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        raise click.UsageError(f"{file} is no JSON") from None


def _write(report: Path, content: dict[str, Any]) -> None:
    report.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    report.with_suffix(".html").write_text(evidence_page.html(content, LANGUAGE), encoding="utf-8")


def _judge(verdict: dict[str, Any]) -> None:
    if not verdict["ok"]:
        _fail(REFUSED, *(Problem.from_dict(p) for p in verdict["problems"]))


if __name__ == "__main__":
    main()
