"""`govshare due`: when a statutory clock ends, and why each day counts or not.

The one module of this room that knows the command line; it computes without a portal.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import get_args

import click

from ckanext.govshare.stack.language import chinese

from . import clocks, profiles
from .calendar import CalendarError, WorkingCalendar
from .clocks import Due
from .layers import ClockRule
from .profiles import ClockName, LayerName, Profile, ProfileError


def _(zh: str, en: str, **values: object) -> str:
    """The wording in the operator's language."""
    text = zh if chinese() else en
    return text.format(**values) if values else text


class Moment(click.ParamType):
    """An ISO date with time; without a zone it is China's."""

    name = "moment"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            zh = "“{value}”不是时间，应写作2026-09-18T10:00"
            en = "“{value}” is not a time such as 2026-09-18T10:00."
            self.fail(_(zh, en, value=value), param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=clocks.SHANGHAI)


ABOUT = _(
    "计算法定期限何时届满，并逐日说明是否计入。",
    "Say when a statutory clock ends, and why each day counts or not.",
)
ABOUT_PROFILE = _("适用的规定。", "The regulation.")
ABOUT_LAYER = _(
    "open为向社会开放，share为部门间共享。", "open: to the public; share: between departments."
)
ABOUT_CLOCK = _("期限的种类。", "The clock.")
ABOUT_RECEIVED = _(
    "起算事件发生的时间（北京时间）。",
    "When the event that starts the clock happened; China's time.",
)
ABOUT_EXTEND = _(
    "延长的工作日数，自原期限届满日起算。",
    "Working days of an extension, counted from the first due day.",
)
ABOUT_BORROWED = _(
    "本规定未作规定时，向社会开放部分参照的规定。",
    "The regulation whose public rules are borrowed where this one is silent.",
)


@click.command(help=ABOUT)
@click.option(
    "--profile", "code", required=True, type=click.Choice(profiles.CODES), help=ABOUT_PROFILE
)
@click.option("--layer", required=True, type=click.Choice(get_args(LayerName)), help=ABOUT_LAYER)
@click.option(
    "--clock",
    "name",
    required=True,
    metavar="CLOCK",
    type=click.Choice(get_args(ClockName)),
    help=f"{ABOUT_CLOCK} {' '.join(get_args(ClockName))}",
)
@click.option("--received", required=True, type=Moment(), help=ABOUT_RECEIVED)
@click.option("--extend", "days", type=click.IntRange(min=1), help=ABOUT_EXTEND)
@click.option("--borrowed-from", type=click.Choice(profiles.CODES), help=ABOUT_BORROWED)
@click.option("--json", "as_json", is_flag=True, help=_("以JSON输出。", "As JSON."))
def due(
    code: str, layer: LayerName, name: ClockName, received: datetime, days: int | None,
    borrowed_from: str | None, as_json: bool,
) -> None:  # fmt: skip
    try:
        profile = profiles.get(code, borrowed_from)
        calendar = WorkingCalendar.load()
    except (ProfileError, CalendarError) as error:
        raise click.ClickException(str(error)) from error
    rule = _rule(profile, layer, name)
    first = clocks.due(received, rule.limit_wd.value, calendar)
    longer = clocks.extend(first, _allowed(rule, days), calendar) if days else None
    _warn(profile, longer or first)
    if as_json:
        click.echo(json.dumps(_answer(first, longer), ensure_ascii=False, indent=1))
    else:
        _print(profile, rule, first, longer)


def _rule(profile: Profile, layer: LayerName, name: ClockName) -> ClockRule:
    rule = profile.clock(layer, name)
    if rule is None:
        zh = "{profile}在{layer}层未规定“{clock}”的期限；可用--borrowed-from指定参照的规定"
        en = (
            "{profile} sets no limit “{clock}” on the layer {layer}: there is no statutory clock. "
            "--borrowed-from names a regulation to borrow from."
        )
        text = _(zh, en, profile=profile.code, clock=name, layer=layer)
        raise click.ClickException(text)
    return rule


def _allowed(rule: ClockRule, days: int) -> int:
    if rule.extension is None:
        zh, en = "该规定未规定此期限可以延长", "The regulation knows no extension of this clock."
        raise click.ClickException(_(zh, en))
    cap = rule.extension.limit_wd
    if days > cap.value:
        zh, en = "最多延长{cap}个工作日（{rule}）", "At most {cap} working days ({rule})."
        raise click.ClickException(_(zh, en, cap=cap.value, rule=cap.rule))
    return days


def _warn(profile: Profile, counted: Due) -> None:
    first = counted.extends or counted
    out_of_force = profile.warning(first.start)
    if out_of_force:
        click.echo(_("注意：", "Warning: ") + _(*out_of_force), err=True)
    if counted.provisional:
        zh = "注意：期间所涉年份的放假安排尚未公布，日期为暂定"
        en = "Warning: the holiday notice of a year in this period is not out; a provisional date."
        click.echo(_(zh, en), err=True)


def _answer(first: Due, longer: Due | None) -> dict[str, object]:
    counted = longer or first
    return {
        "due": first.day.isoformat(),
        "extended_due": longer.day.isoformat() if longer else None,
        "provisional": counted.provisional,
        "days": [day.as_json() for day in counted.all_days],
    }


def _print(profile: Profile, rule: ClockRule, first: Due, longer: Due | None) -> None:
    click.echo(f"{_(*profile.title)} [{rule.limit_wd.rule}]")
    for day in (longer or first).all_days:
        number = f"{day.number:>3}" if day.counted else "  –"
        click.echo(f"{number}  {day.day}  {_(*day.words)}")
    click.echo(_("期限届满：{day} 24:00", "Due: {day}, until 24:00", day=first.day))
    if longer:
        zh, en = "延长后届满：{day} 24:00", "Extended: {day}, until 24:00"
        click.echo(_(zh, en, day=longer.day))
