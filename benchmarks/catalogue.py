"""A made-up catalogue of any size, as documents that CKAN sends to its index."""

# ruff: noqa: SIM905, E501 - the words of a list are read more easily in a line

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

SUBJECTS = (
    "住房公积金 空气质量 公交线路 医疗机构 养老机构 社会保险 道路运输 食品安全 行政许可 行政处罚 "
    "不动产登记 污染源 传染病 义务教育 民办学校 图书馆 停车场 充电桩 水库水位 农产品价格 "
    "建筑工程 施工许可 保障性住房 网约车 交通事故 财政预算 政府采购 招标投标 小微企业 个体工商户 "
    "知识产权 特种设备 危险化学品 应急避难场所 气象预警 地质灾害 文物保护单位 旅游景区 婚姻登记 社会救助"
).split()
FORMS = "名录 统计 明细 基本信息 年度报告 监测数据 缴存明细 办理结果 分布 清单 价格 信用信息 检查记录".split()
PLACES = "云溪区 临江区 柳塘区 石桥县 南埠县 高新技术产业开发区 全市 城区 乡镇 开发区".split()
COLUMNS = (
    "机构名称 统一社会信用代码 地址 联系电话 经度 纬度 日期 区县 数量 金额 许可证号 有效期 负责人 类别 "
    "等级 面积 车牌号 站点 指标 状态"
).split()
FORMATS = "CSV XLSX JSON XML GeoJSON API".split()
TOPICS = 22
ORGANIZATIONS = 60


def documents(count: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """`count` datasets; one in ten is its department's own, the others are public."""
    rng = random.Random(seed)
    for number in range(count):
        yield _document(number, rng)


def _document(number: int, rng: random.Random) -> dict[str, Any]:
    subject, form, place = rng.choice(SUBJECTS), rng.choice(FORMS), rng.choice(PLACES)
    title = f"{place}{subject}{form}（{2000 + number % 26}年第{number % 97}批）"
    org = f"org-{rng.randrange(ORGANIZATIONS)}"
    columns = rng.sample(COLUMNS, 8)
    tags = rng.sample(SUBJECTS, 3)
    notes = (
        f"{place}{subject}的{form}，由主管部门按月汇总并更新，包含{'、'.join(columns)}等信息项，"
        f"供社会公众、企业和研究机构查询使用。{rng.choice(SUBJECTS)}相关数据见其他目录。Open data {number}."
    )
    modified = f"20{10 + number % 15:02d}-{1 + number % 12:02d}-{1 + number % 28:02d}T08:00:{number % 60:02d}.{number:06d}"
    resources = [
        {
            "id": f"r-{number}-{i}",
            "name": f"{title}{i}",
            "format": rng.choice(FORMATS),
            "url": "",
            "description": f"{form}文件",
            "package_id": f"id-{number}",
            "position": i,
        }
        for i in range(2)
    ]
    shown = {
        "id": f"id-{number}",
        "name": f"dataset-{number}",
        "title": title,
        "notes": notes,
        "state": "active",
        "type": "dataset",
        "private": False,
        "resources": resources,
        "owner_org": org,
        "tags": [{"name": t, "display_name": t, "state": "active"} for t in tags],
        "organization": {"name": org, "title": org, "id": org},
        "items": [{"item_name": c, "item_type": "C", "description": f"{c}的说明"} for c in columns],
        "metadata_created": modified,
        "metadata_modified": modified,
    }
    open_class = rng.choice(("unconditional", "conditional", "non-open"))
    return {
        "index_id": f"key-{number}",
        "id": f"id-{number}",
        "site_id": "govshare",
        "name": f"dataset-{number}",
        "title": title,
        "title_string": title,
        "notes": notes,
        "state": "active",
        "private": False,
        "entity_type": "package",
        "dataset_type": "dataset",
        "capacity": "public",
        "organization": org,
        "permission_labels": [f"member-{org}"] if number % 10 == 0 else ["public"],
        "tags": tags,
        "groups": [f"group-{rng.randrange(12)}"],
        "res_format": [r["format"] for r in resources],
        "res_name": [r["name"] for r in resources],
        "res_description": [r["description"] for r in resources],
        "license_id": rng.choice(("open", "cc-by", "other")),
        "open_class": open_class,
        "topic": f"topic-{rng.randrange(TOPICS)}",
        "update_cycle": rng.choice(("daily", "monthly", "yearly")),
        "issued_date": modified[:10] + "T00:00:00Z",
        "extras_open_class": open_class,
        "extras_items": " ".join(f"{c} {c}的说明" for c in columns),
        "metadata_created": modified + "Z",
        "metadata_modified": modified + "Z",
        "data_dict": json.dumps(shown),
        "validated_data_dict": json.dumps(shown),
    }
