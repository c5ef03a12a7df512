"""Landing tables that cross-check: stock, box codes, invoices, earlier cases."""

from fundwatch.tables.landing.declare import landing

INV_TXN_D = landing(
    "inv_txn_d",
    silver="stock_movement",
    title="进销存",
    grain="one movement of one item at one institution",
    key="txn_id",
    period="txn_time",
    belongs="month",
    columns="""
    txn_id               s key  流水号
    fixmedins_code       s must 机构
    hilist_code          s may  目录编码 ^15
    txn_type             s must 业务类型 /3 {101,102,103,104,105,106,107,108,109,110,111,112}
    qty                  q must 数量
    unit_price           p may  单价
    lot_no               s may  批号
    expy_end             d may  有效期止
    opp_fixmedins_code   s may  对方机构
    supplier             s may  供应商
    mdtrt_id             s may  就诊ID
    txn_time             t must 时间
    updt_time            t must 更新时间
    """,
)

DRUG_TRAC_D = landing(
    "drug_trac_d",
    silver="trace_scan",
    title="追溯码扫码",
    grain="one scan of one box code",
    key="scan_id",
    period="scan_time",
    belongs="month",
    columns="""
    scan_id              s key  扫码流水号
    drug_trac_codg       s must 追溯码
    fixmedins_code       s must 机构
    hilist_code          s must 目录编码 ^15
    scan_type            s must 扫码类别 {1,2,3,4,5,6,7}
    trdn_flag            s may  拆零
    bkkp_sn              s may  记账流水号
    mdtrt_id             s may  就诊ID
    psn_no               s may  人员编号 @psn
    lot_no               s may  批号
    scan_time            t must 时间
    updt_time            t must 更新时间
    """,
)

EINVOICE_D = landing(
    "einvoice_d",
    silver="invoice",
    title="电子票据",
    grain="the latest state of one invoice",
    key="bill_code bill_no",
    period="issue_date",
    belongs="month",
    columns="""
    bill_code            s key  票据代码
    bill_no              s key  票据号码
    fixmedins_code       s may  开票机构
    issue_date           d must 开票日期
    total_amt            m must 金额
    stas                 s must 票据状态
    red_date             d may  红冲日期
    updt_time            t must 更新时间
    """,
)

VERIFIED_CASE_D = landing(
    "verified_case_d",
    silver="verified_case",
    title="已核查案件",
    grain="one checked subject with its result",
    key="case_no",
    belongs="",
    columns="""
    case_no              s key  案件号
    clue_id              s may  所答线索ID
    scheme               s must 手法
    subject_type         s must 对象类别
    subject_id           s must 机构编码 @subject
    period_begn          d may  起
    period_end           d may  止
    result               s must 核查结果 {1,2,3,4}
    confirmed_amt        m may  查实金额
    recovered_amt        m may  追回金额
    denied_amt           m may  拒付金额
    self_returned_amt    m may  主动退回金额
    chosen_by            s may  来源
    fined_amt            m may  罚款金额
    setl_ids             s may  涉及结算ID
    decided_on           d must 结论日期
    updt_time            t must 更新时间
    """,
)
