"""Made-up people and firms with valid check digits, for tests, benchmarks and demonstrations. Nobody real."""

# ruff: noqa: E501

from __future__ import annotations

import random
import string

from . import checks

AREAS = (
    "110101",
    "310115",
    "320106",
    "330102",
    "371302",
    "411302",
    "442000",
    "510107",
    "530102",
    "650102",
)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂玉萍建华文红梅鑫浩宇轩子涵欣怡梓晨思雨嘉琪俊峰志国庆丽慧婷雪"
PLATES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"


class People:
    """A reproducible source of identifiers."""

    def __init__(self, seed: int = 0) -> None:
        self.random = random.Random(seed)  # noqa: S311 made-up data, no secret

    def digits(self, count: int) -> str:
        return "".join(self.random.choices(string.digits, k=count))

    def name(self) -> str:
        return self.random.choice(SURNAMES) + "".join(
            self.random.choices(GIVEN, k=self.random.choice((1, 2, 2)))
        )

    def birth(self) -> str:
        return (
            f"{self.random.randint(1940, 2015)}{self.random.randint(1, 12):02}"
            f"{self.random.randint(1, 28):02}"
        )

    def resident_id(self) -> str:
        body = self.random.choice(AREAS) + self.birth() + self.digits(3)
        total = sum(int(c) * w for c, w in zip(body, checks.ID_WEIGHTS, strict=True))
        return body + checks.ID_CHECK[total % 11]

    def org_code(self) -> str:
        body = "MA" + "".join(self.random.choices("0123456789ABCDEFGHJKLMNPQRTUWXY", k=6))
        total = sum(int(c, 36) * w for c, w in zip(body, checks.ORG_WEIGHTS, strict=True))
        return body + "0123456789X0"[11 - total % 11]

    def uscc(self) -> str:
        body = (
            self.random.choice(("91", "92", "12", "52"))
            + self.random.choice(AREAS)
            + self.org_code()
        )
        total = sum(
            checks.USCC_ALPHABET.index(c) * w
            for c, w in zip(body, checks.USCC_WEIGHTS, strict=True)
        )
        return body + checks.USCC_ALPHABET[-total % 31]

    def mobile(self) -> str:
        return "1" + self.random.choice("3456789") + self.digits(9)

    def landline(self) -> str:
        return (
            self.random.choice(("010-", "0539-", "021-", "0377"))
            + self.random.choice("2345678")
            + self.digits(7)
        )

    def bank_card(self) -> str:
        body = self.random.choice(("622202", "621700", "622848", "621226")) + self.digits(
            self.random.choice((9, 12))
        )
        return next(body + d for d in string.digits if checks.luhn(body + d))

    def plate(self) -> str:
        letter = self.random.choice("ABCDEFGHJKLMNPQRSTUVWXYZ")
        tail = (
            self.digits(5)
            if self.random.random() < 0.7
            else self.random.choice("DF") + self.digits(5)
        )
        return self.random.choice(PLATES) + letter + tail

    def vin(self) -> str:
        body = "L" + "".join(self.random.choices("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", k=16))
        return next(v for d in "0123456789X" if checks.vin(v := body[:8] + d + body[9:]))

    def email(self) -> str:
        return "".join(self.random.choices(string.ascii_lowercase, k=8)) + self.random.choice(
            ("@example.com", "@mail.example.cn", "@example.org")
        )

    def address(self) -> str:
        place = self.random.choice(
            (
                "山东省临沂市兰山区",
                "河南省南阳市卧龙区",
                "广东省中山市",
                "云南省昆明市五华区",
                "山东省滕州市",
            )
        )
        road = self.random.choice(("人民路", "解放大街", "建设路", "和平巷", "北京路", "沂蒙路"))
        return f"{place}{road}{self.random.randint(1, 300)}号{self.random.randint(1, 20)}栋{self.random.randint(1, 30)}0{self.random.randint(1, 4)}室"

    def firm(self) -> str:
        return (
            self.random.choice(("临沂", "南阳", "中山", "昆明", "滕州"))
            + "".join(self.random.choices(GIVEN, k=2))
            + self.random.choice(("商贸", "建材", "食品", "科技", "物流"))
            + "有限公司"
        )

    def remark(self) -> str:
        """A sentence as a clerk writes it; four of ten name a person."""
        kind = self.random.random()
        if kind < 0.2:
            return f"来电人{self.name()}反映{self.random.choice(('路灯不亮', '垃圾未清', '噪声扰民'))}，联系电话{self.mobile()}，请尽快处理"
        if kind < 0.4:
            return f"{self.name()}女士咨询社保缴费事宜，已当场答复"
        if kind < 0.5:
            return f"订单号{self.digits(18)}，金额{self.digits(5)}.00元，已转{self.firm()}办理"
        return self.random.choice(
            (
                "已办结，群众表示满意。",
                "材料不全，已一次性告知需补正内容。",
                "经现场核查，情况属实，已责令整改。",
                "该事项不属于本部门职责，已转交相关单位处理。",
            )
        )
