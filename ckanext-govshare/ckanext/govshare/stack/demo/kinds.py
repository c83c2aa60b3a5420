"""One function a kind of column: a synthetic value that looks like the real thing.

Personal values are made up but well formed (check digits hold), so that the desensitization
stage has something to find.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from random import Random

from faker import Faker
from stdnum.cn import uscc as uscc_number

Cell = str | int | float
LAST_DAY = datetime.date(2026, 10, 31)
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ROADS = ["云溪路", "人民路", "滨江大道", "文昌街", "建设路", "柳塘街", "新华路", "石桥路"]
TOPICS = [
    "夜间施工噪声扰民", "路面破损影响通行", "垃圾清运不及时", "油烟直排", "路灯不亮", "河道有异味",
]


class Kinds:
    """Makes values from one seed, so that the demo is the same on every machine."""

    def __init__(self, seed: int, districts: list[str]) -> None:
        self.random = Random(seed)  # noqa: S311  the same demo everywhere, no secret
        self.fake = Faker("zh_CN")
        self.fake.seed_instance(seed)
        self.districts = districts
        self.count = 0

    def make(self, kind: str, arguments: list[str]) -> Cell:
        """The next value of a kind; an unknown kind is a fault of the catalogue file."""
        method: Callable[..., Cell] = getattr(self, f"_{kind}")
        return method(*arguments)

    def _serial(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count:05d}" if prefix.isascii() else f"{prefix}{self.count}号"

    def _whole(self, low: str, high: str) -> int:
        return self.random.randint(int(low), int(high))

    def _decimal(self, low: str, high: str, digits: str) -> float:
        return round(self.random.uniform(float(low), float(high)), int(digits))

    def _money(self, low: str, high: str) -> float:
        return self._decimal(low, high, "2")

    def _choice(self, values: str) -> str:
        return self.random.choice(values.split(";"))

    def _date(self) -> str:
        return (LAST_DAY - datetime.timedelta(self.random.randrange(1000))).isoformat()

    def _month(self) -> str:
        return self._date()[:7]

    def _year(self) -> int:
        return self.random.randint(2012, 2025)

    def _birthday(self) -> str:
        first = datetime.date(1945, 1, 1)
        return (first + datetime.timedelta(self.random.randrange(365 * 75))).isoformat()

    def _district(self) -> str:
        return self.random.choice(self.districts)

    def _place(self, suffix: str) -> str:
        return f"{self._district()[:2]}{self.random.choice(ROADS)}{suffix}"

    def _longitude(self) -> float:
        return self._decimal("112.40", "112.70", "5")

    def _latitude(self) -> float:
        return self._decimal("32.90", "33.10", "5")

    def _landline(self) -> str:
        return f"0377-6{self.random.randrange(10**7):07d}"

    def _company(self, suffix: str) -> str:
        return f"{self._district()[:2]}{self.fake.company_prefix()}{suffix}"

    def _uscc(self) -> str:
        head = f"91411300{''.join(self.random.choices(ALPHABET, k=9))}"
        return head + uscc_number.calc_check_digit(head)

    def _person(self) -> str:
        return self.fake.name()

    def _idcard(self) -> str:
        return self.fake.ssn()

    def _mobile(self) -> str:
        return self.fake.phone_number()

    def _plate(self) -> str:
        letters = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
        return f"豫R{''.join(self.random.choices(letters, k=5))}"

    def _bankcard(self) -> str:
        body = "622202" + "".join(self.random.choices("0123456789", k=12))
        doubled = [int(d) * (2 if i % 2 == 0 else 1) for i, d in enumerate(reversed(body))]
        return body + str(-sum(d - 9 if d > 9 else d for d in doubled) % 10)

    def _address(self) -> str:
        number, block, room = (self.random.randint(1, most) for most in (300, 18, 2404))
        road = self.random.choice(ROADS)
        return f"云溪市{self._district()}{road}{number}号{block}栋{room}室"

    def _remark(self) -> str:
        if self.random.random() < 0.7:
            return self.random.choice(["复诊", "首诊", "医嘱随访", "无"])
        return f"患者{self._person()}家属电话{self._mobile()}，住{self._address()}"

    def _complaint(self) -> str:
        text = f"反映{self._place('')}附近{self.random.choice(TOPICS)}"
        if self.random.random() < 0.3:
            text += f"，联系人{self._person()}，电话{self._mobile()}"
        return text
