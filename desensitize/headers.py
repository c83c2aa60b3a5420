"""What a column's name says by itself: quasi-identifiers, sensitive facts, names, addresses, harmless things."""

# ruff: noqa: E501

from __future__ import annotations

import re

# word → kind; the first that is found in the header decides. GB/T 37964-2019 (annexes on identifiers)
# and GB/T 35273-2020 annex B (sensitive personal information) are where the kinds come from.
NAMES = (
    "姓名",
    "联系人",
    "法定代表人",
    "法人代表",
    "负责人",
    "经办人",
    "户主",
    "患者",
    "申请人",
    "当事人",
    "监护人",
    "收件人",
    "寄件人",
    "投诉人",
    "举报人",
    "车主",
    "业主",
    "学生",
    "家长",
    "教师",
    "医生",
    "代理人",
    "持卡人",
    "委托人",
    "受理人",
    "full_name",
    "xm",
)
NOT_NAMES = (
    "单位名称",
    "企业名称",
    "电话",
    "号",
    "日期",
    "时间",
    "数",
    "类型",
    "类别",
    "性别",
    "年龄",
    "地址",
    "职务",
    "意见",
)
PRIVATE_ADDRESS = (
    "住址",
    "家庭地址",
    "户籍地址",
    "户籍所在地",
    "居住地",
    "现居",
    "家庭住址",
    "通讯地址",
    "收货地址",
    "户口所在地",
)
ADDRESS = ("地址", "地点", "住所", "坐落", "address")
QUASI = (
    "性别",
    "年龄",
    "民族",
    "国籍",
    "籍贯",
    "出生地",
    "学历",
    "文化程度",
    "学位",
    "职业",
    "职务",
    "职称",
    "岗位",
    "婚姻",
    "邮编",
    "邮政编码",
    "政治面貌",
    "户籍",
    "毕业院校",
    "专业",
    "入职",
    "入学",
    "就诊日期",
    "住院日期",
    "gender",
    "sex",
    "age",
    "nation",
    "education",
    "marital",
    "zip",
)
SENSITIVE = (
    "疾病",
    "诊断",
    "病史",
    "病情",
    "症状",
    "血型",
    "宗教",
    "信仰",
    "残疾",
    "犯罪",
    "前科",
    "违法",
    "低保",
    "救助",
    "收入",
    "工资",
    "薪",
    "存款",
    "余额",
    "征信",
    "信用评分",
    "基因",
    "指纹",
    "人脸",
    "虹膜",
    "生物",
    "性取向",
    "艾滋",
    "精神",
    "怀孕",
    "生育",
    "贫困",
    "disease",
    "diagnos",
    "salary",
    "income",
    "religion",
)
SECRET = ("密码", "口令", "password", "passwd", "token", "密钥")
HARMLESS = (
    "序号",
    "编号",
    "名称",
    "单位",
    "部门",
    "机构",
    "企业",
    "公司",
    "街道",
    "乡镇",
    "区县",
    "行政区",
    "省",
    "城市",
    "地区",
    "项目",
    "类型",
    "类别",
    "状态",
    "数量",
    "面积",
    "金额",
    "比例",
    "年份",
    "年度",
    "月份",
    "日期",
    "时间",
    "标题",
    "网址",
    "备案",
    "许可",
    "等级",
    "来源",
    "频率",
    "行业",
    "计量",
    "指标",
    "代码",
)


_words = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")


def says(header: str, words: tuple[str, ...]) -> str:
    """The first of the words that the header holds; Latin words of up to four letters only as a whole."""
    lowered = header.lower()
    latin = {word.lower() for word in _words.findall(header)}
    for word in words:
        plain = word.lower()
        if plain in latin or ((len(plain) > 4 or not plain.isascii()) and plain in lowered):
            return word
    return ""


def names_a_person(header: str) -> bool:
    """Whether the header says that the column holds people's names."""
    lowered = header.strip().lower()
    if lowered in ("姓名", "名字"):
        return True
    return bool(says(header, NAMES)) and not any(w in header for w in NOT_NAMES)
