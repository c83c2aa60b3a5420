"""Chinese surnames: the common single ones and the compound ones (from the Hundred Family Surnames)."""

# ruff: noqa: E501, SIM905

from __future__ import annotations

SINGLE = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方"
    "俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧"
    "计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫"
    "经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊惠甄曲家封芮储靳汲邴糜松井段富巫乌焦巴弓牧隗"
    "山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴"
    "胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈"
    "廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查"
    "后荆红游竺权逯盖益桓公肖佟付闫代覃岳邸亓苟仝训"
)
COMPOUND = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "夏侯",
        "诸葛",
        "东方",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "司徒",
        "司空",
        "皇甫",
        "宇文",
        "长孙",
        "端木",
        "轩辕",
        "南宫",
        "独孤",
        "百里",
        "西门",
        "申屠",
        "呼延",
        "万俟",
        "闻人",
        "澹台",
        "赫连",
        "太史",
        "公羊",
        "淳于",
        "单于",
        "仲孙",
        "钟离",
        "鲜于",
        "闾丘",
        "亓官",
        "拓跋",
        "左丘",
        "东郭",
        "东门",
        "第五",
    ]
)
# RE2: how a Chinese name begins.
PATTERN = f"(?:{'|'.join(sorted(COMPOUND))}|[{''.join(sorted(SINGLE))}])"



def pattern(guard: str = "") -> str:
    """``re``: the same, quick to search for because it begins with one class of characters.

    ``guard``: what has to hold behind the first character (a lookbehind that begins one further
    to the left).
    """
    first = "".join(sorted({name[0] for name in COMPOUND}))
    rest = "|".join(f"(?<={name[0]}){name[1]}" for name in sorted(COMPOUND))
    single = "".join(sorted(SINGLE))
    every = "".join(sorted(SINGLE | set(first)))
    return f"[{every}]{guard}(?:(?<=[{first}])(?:{rest})|(?<=[{single}]))"


# Words that begin like a name and stand where a name could.
NOT_NAMES = frozenset(
    (
        "电话 信息 方式 地址 单位 名称 管理 服务 姓名 经理 主任 部门 安全 满意 张贴 成员 代表 家庭 宣传 方便 高度 周边 任何 何时 "
        "于是 时间 常见 平时 全部 成立 解决 万元 金额 温度 路口 马上 白天 黄金 江苏 关于 经过 经营 石头 石油 牛奶 水管 花园 江边 "
        "古城 党员 计划 项目 应当 应急 包括 农村 钟楼 莫名 尚未 曾经 和平 宁静 车辆 施工 司机 文化 严格 严重 强烈 乐意 终于 连续 "
        "相关 巡查 明确 通过 后续 查询 查看 查明 核实 车主 车间 水务 水利 水库 方案 方向 方面 高速 高校 高新 广大 广场 国家 国有 "
        "家长 家属 商家 商户 商店 学校 学生 居民 村民 市民 群众 企业 公司 门店 店家 房东 房主 房屋 租户 住户 业主 物业 医院 医生 "
        "银行 法院 交警 民警 城管 常务 常委 包装 毛利 向上 景区 景点 游客 乘客 老板 老人 老师 幸福 都市 柴油 汽油 石材 木材 金属 "
        "钱款 余额 余下 万人 万户 双方 双休 终止 终端 时候 时常 古迹 相应 相互 易于 连夜 连同 章程 印章 简单 简介 利息 甘肃 云南 "
        "贵州 贵方 贵局 华东 明天 明年 支付 支持 支出 支部 符合 项下 卫生 季度 有关 有人 成功 成本 解释 单独 宣布 空调 空气 路段 "
        "路灯 路边 危险 边界 干部 干净 花费 从事 从而 满足 关系 关注 关键 红色 游泳 权利 公安 公开 公示 公民 公布 公园 阳光 阳台 "
        "通知 通报 通道 别人 别墅 农民 农业 农户 "
    ).split()
)
