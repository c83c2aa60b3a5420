"""Applications in every state that one can rest in, an objection and a report of an error; each
act by the person who may do it."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.govshare.stack.demo.kinds import Kinds

CITIZEN, COMPANY = "citizen", "company"
BASIS = [{"title": "中华人民共和国个人信息保护法", "article": "第六条", "level": "law"}]

#: title of the dataset, who applies, months asked for, acts: (office, act, what it takes)
Act = tuple[str, str, dict[str, Any]]
TAKE: Act = ("publisher", "take", {})
APPROVE: list[Act] = [
    TAKE,
    ("publisher", "prepare", {"decision": "approve"}),
    ("head", "approve", {}),
]
APPLICATIONS: list[tuple[str, str, str, list[Act]]] = [
    ("职业技能鉴定合格人员", CITIZEN, "分析技能人才的区县分布，用于毕业论文。", APPROVE),
    ("12345热线工单", COMPANY, "训练工单分派模型，提高派单效率。", APPROVE),
    ("网约车驾驶员证信息", COMPANY, "核验平台驾驶员资质。", []),
    ("特种设备使用登记", COMPANY, "评估电梯责任保险的风险。", [TAKE]),
    ("学生资助发放记录", CITIZEN, "研究。", [
        TAKE,
        ("publisher", "return_for_supplement", {"reason": "请具体说明研究内容和成果的公开方式。"}),
    ]),
    ("环境信访举报件", CITIZEN, "研究噪声举报的时间规律。", [
        TAKE,
        ("publisher", "ask_extension", {"days": 5, "reason": "需要核对是否已经全部脱敏。"}),
    ]),
    ("环境信访举报件", COMPANY, "开发环境噪声地图。", [
        TAKE,
        ("publisher", "ask_extension", {"days": 10, "reason": "涉及三个科室，需要会商。"}),
        ("head", "consent", {}),
    ]),
    ("学生资助发放记录", COMPANY, "面向受资助学生推送助学贷款产品。", [
        TAKE,
        ("publisher", "prepare", {
            "decision": "refuse", "basis": BASIS,
            "reason": "申请的用途是商业营销，不符合该数据的开放条件。"}),
        ("head", "refuse", {}),
    ]),
    ("网约车驾驶员证信息", CITIZEN, "了解身边司机的情况。", [("applicant", "withdraw", {})]),
]
IN_PART = ("特种设备使用登记", CITIZEN, "核对本小区电梯是否按期检验。")
DRAFT = ("12345热线工单", CITIZEN, "统计本小区的投诉办结情况。")
OBJECTION = ("低保对象名单", "目录应当公开各区县的人数，不应整体不予开放。")
CORRECTION = ("停车场基本信息", "第三行的泊位数与现场公示牌不一致。", "现场公示牌，本周一拍摄。")


def file(packages: dict[str, dict[str, Any]]) -> None:
    """File the applications unless these applicants have some already.

    :param packages: the published datasets by title.
    """
    if _act("govshare_case_list", CITIZEN):
        return
    for title, applicant, purpose, acts in APPLICATIONS:
        package = packages[title]
        case = _act("govshare_case_submit", applicant, **_form(package, applicant, purpose))
        for office, act, data in acts:
            department = package["organization"]["name"]
            user = applicant if office == "applicant" else f"{department}-{office}"
            _act("govshare_case_act", user, id=case["id"], act=act, **data)
    _grant_in_part(packages)
    title, applicant, purpose = DRAFT
    _act("govshare_case_draft", applicant, **_form(packages[title], applicant, purpose))
    title, reason = OBJECTION
    _act("govshare_objection_submit", CITIZEN, dataset_id=packages[title]["id"], reason=reason,
         **_person(CITIZEN))
    title, reason, evidence = CORRECTION
    _act("govshare_correction_submit", CITIZEN, dataset_id=packages[title]["id"], reason=reason,
         evidence=evidence, **_person(CITIZEN))


def _grant_in_part(packages: dict[str, dict[str, Any]]) -> None:
    """All items asked for but the last, which is refused with its reason."""
    title, applicant, purpose = IN_PART
    form = _form(packages[title], applicant, purpose)
    case = _act("govshare_case_submit", applicant, **form)
    department = packages[title]["organization"]["name"]
    *granted, refused = form["items"]
    _act("govshare_case_act", f"{department}-publisher", id=case["id"], act="take")
    _act("govshare_case_act", f"{department}-publisher", id=case["id"], act="prepare",
         decision="approve_in_part", granted=granted, refused={refused: "超出所述用途。"},
         basis=BASIS)
    _act("govshare_case_act", f"{department}-head", id=case["id"], act="approve_in_part")


def _form(package: dict[str, Any], applicant: str, purpose: str) -> dict[str, Any]:
    return {
        "dataset_id": package["id"], "purpose": purpose, "months": 6, "mode": "file",
        "items": [item["item_name"] for item in package["items"][:3]],
        "undertaking": True, **_person(applicant),
    }


def _person(applicant: str) -> dict[str, Any]:
    kinds = Kinds(len(applicant), [""])
    who = {
        CITIZEN: {"applicant_kind": "citizen", "applicant_name": "林晓",
                  "id_number": kinds.make("idcard", [])},
        COMPANY: {"applicant_kind": "legal_person", "applicant_name": "云溪数科有限公司",
                  "uscc": kinds.make("uscc", []), "contact_name": "高远"},
    }[applicant]
    return {**who, "phone": kinds.make("mobile", [])}


def _act(action: str, user: str, **data: Any) -> Any:
    return tk.get_action(action)({"user": user}, data)
