"""Landing tables of what happened: settlements, visits, fee lines, diagnoses, operations."""

from fundwatch.tables.landing.declare import landing

SETL_D = landing(
    "setl_d",
    silver="settlement",
    title="结算",
    grain="one settlement or one reversal of a settlement",
    key="setl_id",
    period="setl_time",
    belongs="setl_id",
    required=True,
    columns="""
    setl_id              s key  结算ID
    init_setl_id         s may  原结算ID
    mdtrt_id             s must 就诊ID
    psn_no               s must 人员编号 @psn
    certno               s may  证件号码 @cert
    psn_name             s may  姓名 @drop
    gend                 s may  性别 {1,2,9}
    brdy                 d may  出生日期
    insutype             s must 险种 /3
    psn_type             s may  人员类别 /2
    sp_psn_type          s may  特殊人员
    insu_admdvs          s must 参保地区划
    fix_blng_admdvs      s must 就医地
    emp_no               s may  单位编号
    fixmedins_code       s must 定点医药机构编码
    med_type             s must 医疗类别 /2
    mdtrt_cert_type      s may  就诊凭证 /2 {01,02,03}
    begndate             d must 开始日期
    enddate              d must 结束日期
    setl_time            t must 结算时间
    medfee_sumamt        m must 医疗费总额
    fulamt_ownpay_amt    m may  全自费金额
    overlmt_selfpay      m may  超限价自费
    preselfpay_amt       m may  先行自付
    inscp_amt            m must 符合政策范围金额
    act_pay_dedc         m may  实际支付起付线
    hifp_pay             m must 统筹基金支出
    maf_pay              m may  医疗救助支出
    hifob_pay            m may  职工大额补助支出
    hifmi_pay            m may  居民大病保险支出
    hifes_pay            m may  企业补充支出
    cvlserv_pay          m may  公务员补助支出
    othfund_pay          m may  其他基金支出
    fund_pay_sumamt      m must 基金支付总额
    acct_pay             m may  个人账户支出
    acct_mulaid_pay      m may  账户共济支付
    cash_payamt          m may  个人现金支出
    dise_no              s may  病种/病组编码
    hi_paymtd            s may  支付方式 {1,2,3,4,5,6,9}
    pay_loc              s may  支付地点 {1,2,3,4}
    refd_setl_flag       s may  退费标志
    vali_flag            s may  有效标志 {0,1}
    mid_setl_flag        s may  中途结算标志
    invono               s may  发票号
    opter_id             s may  经办人
    term_no              s may  终端号
    updt_time            t must 更新时间
    """,
)

MDTRT_D = landing(
    "mdtrt_d",
    silver="visit",
    title="就诊",
    grain="one outpatient visit, stay or pharmacy purchase",
    key="mdtrt_id",
    period="begntime",
    belongs="mdtrt_id",
    spread=(12, 0),
    required=True,
    columns="""
    mdtrt_id             s key  就诊ID
    psn_no               s must 人员编号 @psn
    insu_admdvs          s may  参保地
    certno               s may  证件号码 @cert
    fixmedins_code       s must 机构
    med_type             s must 医疗类别 /2
    begntime             t must 开始时间
    endtime              t may  结束时间
    ipt_otp_no           s may  住院/门诊号
    adm_dept_codg        s may  入院科室
    dscg_dept_codg       s may  出院科室
    adm_bed              s may  床位
    chfpdr_code          s may  主诊医师
    tel                  s may  联系电话 @tel
    addr                 s may  地址 @addr
    coner_name           s may  联系人 @name
    dscg_maindiag_code   s may  出院主诊断
    dscg_way             s may  离院方式 {1,2,3,4,5,9}
    adm_way              s may  入院途径 {1,2,3,9}
    refl_old_mdtrt_id    s may  转诊前就诊ID
    days_rinp_flag_31    s may  31天内再住院计划
    ttp_pay_flag         s may  第三方责任
    nurs_lv1_days        i may  一级护理天数
    icu_hours            q may  重症监护小时数
    updt_time            t must 更新时间
    """,
)

FEE_LIST_D = landing(
    "fee_list_d",
    silver="fee_line",
    title="费用明细",
    grain="one charged or refunded line",
    key="bkkp_sn",
    period="fee_ocur_time",
    belongs="setl_id",
    spread=(12, 3),
    required=True,
    columns="""
    bkkp_sn              s key  记账流水号
    init_feedetl_sn      s may  原流水号
    setl_id              s may  结算ID
    mdtrt_id             s must 就诊ID
    psn_no               s must 人员编号 @drop
    fixmedins_code       s must 机构
    med_type             s must 医疗类别 /2
    rx_drord_no          s may  医嘱/处方号
    fee_ocur_time        t must 费用发生时间
    hilist_code          s must 医保目录编码 ^15
    hilist_name          s may  医保目录名称
    medins_list_codg     s may  院内编码
    medins_list_name     s may  院内名称
    list_type            s must 目录类别 /3 {101,102,103,104,201,301}
    med_chrgitm_type     s may  收费类别 /2
    chrgitm_lv           s may  等级 /2 {01,02,03}
    cnt                  q must 数量
    trdn_flag            s may  拆零标志
    pric                 p must 单价
    det_item_fee_sumamt  m must 明细总额
    pric_uplmt_amt       p may  定价上限
    selfpay_prop         r may  自付比例
    fulamt_ownpay_amt    m may  全自费
    overlmt_selfpay      m may  超限价
    preselfpay_amt       m may  先行自付
    inscp_amt            m must 符合政策范围金额
    bilg_dept_codg       s may  开单科室
    bilg_dr_code         s may  开单医师
    acord_dept_codg      s may  受单科室
    acord_dr_code        s may  执行人
    prsc_dr_certno       s may  开方医师证件号码 @cert
    rx_circ_flag         s may  外购处方标志
    prd_days             q may  用药周期天数
    sin_dos_dscr         s may  单次剂量
    used_frqu_dscr       s may  频次
    lmt_used_flag        s may  限制使用标志
    hosp_appr_flag       s may  医院审批标志
    dscg_tkdrug_flag     s may  出院带药
    etip_flag            s may  外检标志
    oprn_oprt_code       s may  手术操作编码
    opter_id             s may  录入人
    crte_time            t may  数据创建时间
    updt_time            t must 更新时间
    """,
)

DIAG_D = landing(
    "diag_d",
    silver="diagnosis",
    title="诊断",
    grain="one diagnosis of one visit",
    key="mdtrt_id diag_srt_no",
    belongs="mdtrt_id",
    columns="""
    mdtrt_id             s key  就诊ID
    diag_srt_no          i key  序号
    diag_type            s may  诊断类别 {1,2,3}
    maindiag_flag        s may  主诊断
    diag_code            s must ICD-10
    diag_name            s may  名称
    adm_cond_type        s may  入院病情
    vali_flag            s may  有效标志 {0,1}
    updt_time            t must 更新时间
    """,
)

OPRN_D = landing(
    "oprn_d",
    silver="operation",
    title="手术操作",
    grain="one operation of one stay",
    key="mdtrt_id oprn_srt_no",
    belongs="mdtrt_id",
    columns="""
    mdtrt_id             s key  就诊ID
    oprn_srt_no          i key  序号
    main_oprn_flag       s may  主手术
    oprn_oprt_code       s must ICD-9-CM-3
    oprn_oprt_name       s may  名称
    oprn_oprt_date       d may  日期
    anst_way             s may  麻醉方式
    oper_dr_code         s may  术者
    anst_dr_code         s may  麻醉医师
    oprn_begntime        t may  开始
    oprn_endtime         t may  结束
    vali_flag            s may  有效标志 {0,1}
    updt_time            t must 更新时间
    """,
)
