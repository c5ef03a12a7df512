"""The Chinese words of the workbook: the contract's vocabularies, and how to read the list."""

from __future__ import annotations

from typing import Final

SCHEMES: Final = {
    "ghost_inpatient": "虚假住院/挂床",
    "induced_co_admission": "诱导住院/聚集住院",
    "split_admission": "分解住院",
    "low_threshold_admission": "低标准入院",
    "impersonation": "冒名就医/盗刷",
    "item_swap": "串换药品耗材项目",
    "phantom_charge": "虚记多记费用",
    "overcharge": "重复/超标准/分解收费",
    "drug_resale_ring": "倒卖医保药品/回流药",
    "collusion": "医患药合谋",
    "pharmacy_fraud": "药店空刷/套刷/串换",
    "drg_gaming": "高套编码/转嫁费用",
    "offsite_fraud": "异地就医欺诈",
    "post_death": "死亡后结算",
    "trace_code_repeat": "追溯码重复",
    "price_invoice_fraud": "价格/票据违法",
    "opsp_qualification": "门慢特资格骗取",
    "high_cost_anomaly": "高值药品耗材异常",
    "overtreatment": "过度诊疗/过度检查",
    "data_error": "数据错误(非欺诈)",
}
SUBJECTS: Final = {
    "institution": "机构",
    "department": "科室",
    "doctor": "医师",
    "person": "参保人",
    "pharmacy": "药店",
    "enterprise": "企业",
    "group": "多方",
}
TIERS: Final = {"agreement": "协议处理", "administrative": "行政处理", "criminal": "移送司法"}
ROUTES: Final = {
    "MEDICAL_INSURANCE_ADMINISTRATION": "医保行政部门",
    "MEDICAL_INSURANCE_AGENCY": "医保经办机构",
    "POLICE": "公安",
    "HEALTH_COMMISSION": "卫生健康",
    "MARKET_REGULATION": "市场监管",
    "DRUG_ADMINISTRATION": "药品监管",
    "FINANCE": "财政",
    "TAX": "税务",
    "AUDIT": "审计",
    "DISCIPLINE": "纪检监察",
    "PROCURATORATE": "检察",
    "HUMAN_RESOURCES": "人力资源社会保障",
}
TABLES: Final = {
    "silver.settlement": "结算",
    "silver.visit": "就诊",
    "silver.fee_line": "费用明细",
    "silver.institution": "机构登记",
    "silver.insured": "参保登记",
    "silver.stock_movement": "进销存",
}
GRADES: Final = {
    "A": "事实矛盾:两条记录不能同时为真,如同一人同时在两处住院。",
    "B": "违反规则:与条例、目录或协议的明文规定不符。",
    "C": "统计或模型:与同类或自身历史相差甚远,须凭资料查证。",
    "D": "背景信息:只提示从哪里看起,不指认具体结算。",
}
COLOURS: Final = {"A": "#F8CBAD", "B": "#FFE699", "C": "#DDEBF7", "D": "#EDEDED"}
EXPLAINED: Final = (
    ("等级", ""),
    *((grade, text) for grade, text in GRADES.items()),
    ("", "等级不相混合:统计线索不会因金额相近而排在事实矛盾或违规之前。"),
    ("排序", ""),
    ("", "先按涉及金额的数量级(A 级按全额,其余按金额乘核实可能性)。"),
    ("", "同一数量级内 A 级在前,再按核实可能性与金额下限之积。"),
    ("", "背景线索排在其后,数据错误排在最后,供退回更正。"),
    ("金额", ""),
    ("涉及基金", "只计超出部分,同一明细在一条线索内不重复计算,按每笔结算四舍五入到分。"),
    ("", "整单类手法(如虚假住院)计入该笔结算的全部基金支出,均已扣除冲销。"),
    ("个人账户", "同样口径的个人账户支出,不含在涉及基金之内。"),
    ("金额下限", "按规则把握程度保留的部分:事实矛盾与确定规则全额,其余按比例;统计类为一半。"),
    (
        "金额上限",
        "一条线索往往只见案件的一部分:查全后十有九次不超过此数,按手法为涉及基金的 1 至 10 倍。",
    ),
    ("", "倍数取自模拟数据,尚未用核查结果校准;不是已查明的金额。"),
    ("核实可能性", "尚未用核查结果校准的先验估计,只用于排序,不是定性依据。"),
    ("用法", ""),
    ("", "线索是检查的起点,不是违法的结论;每条都附有可能的正当解释,应先予排除。"),
    ("", "人员一律为假名,须经授权并留痕后方可还原。"),
    ("", "证据页每条线索最多列 200 行,全部证据见 clues.parquet。"),
)
