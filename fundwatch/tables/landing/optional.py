"""Landing tables that many bureaus lack."""

from fundwatch.tables.landing.declare import landing

OPSP_REG_D = landing(
    "opsp_reg_d",
    silver="chronic_registration",
    title="门慢特登记",
    grain="one registration of one chronic disease",
    key="psn_no insu_admdvs opsp_dise_code begndate",
    belongs="psn_key",
    columns="""
    psn_no               s key  人员编号 @psn
    insu_admdvs          s key  参保地
    opsp_dise_code       s key  病种
    begndate             d key  开始
    enddate              d may  终止
    ide_fixmedins_no     s may  鉴定机构
    diag_dr_codg         s may  诊断医师
    updt_time            t must 更新时间
    """,
)

PSN_INSU_D = landing(
    "psn_insu_d",
    silver="insurance_period",
    title="参保缴费区间",
    grain="one period of one person in one insurance",
    key="psn_no insu_admdvs insutype psn_insu_date",
    belongs="psn_key",
    columns="""
    psn_no               s key  人员编号 @psn
    insu_admdvs          s key  参保地
    insutype             s key  险种 /3
    psn_insu_date        d key  参保日期
    paus_insu_date       d may  暂停日期
    updt_time            t must 更新时间
    """,
)

FIXMEDINS_CNTR_REG_D = landing(
    "fixmedins_cntr_reg_d",
    silver="agreement",
    title="协议状态",
    grain="one agreement status of one institution in one period",
    key="fixmedins_code efft_date",
    belongs="fixmedins_code",
    columns="""
    fixmedins_code       s key  机构
    efft_date            d key  生效
    invd_date            d may  失效
    cntr_stas            s must 协议状态 {1,2,3,4}
    fund_target          m may  本期费用控制指标
    updt_time            t must 更新时间
    """,
)

MEDINS_DEPT_B = landing(
    "medins_dept_b",
    silver="department",
    title="科室",
    grain="one department of one institution",
    key="fixmedins_code dept_no",
    belongs="fixmedins_code",
    columns="""
    fixmedins_code       s key  机构
    dept_no              s key  科室编码
    dept_name            s may  名称
    caty                 s may  科别
    aprv_bed_cnt         i may  批准床位
    updt_time            t must 更新时间
    """,
)

OUT_APPY_D = landing(
    "out_appy_d",
    silver="offsite_registration",
    title="异地就医备案",
    grain="one registration for treatment elsewhere",
    key="psn_no insu_admdvs begndate",
    belongs="psn_key",
    columns="""
    psn_no               s key  人员编号 @psn
    insu_admdvs          s key  参保地
    begndate             d key  开始
    enddate              d may  终止
    rloc_admdvs          s may  安置地/就医地
    rloc_rea             s may  原因
    updt_time            t must 更新时间
    """,
)

DRORD_D = landing(
    "drord_d",
    silver="medical_order",
    title="医嘱",
    grain="one order of one stay",
    key="mdtrt_id drord_no",
    belongs="mdtrt_id",
    columns="""
    mdtrt_id             s key  就诊ID
    drord_no             s key  医嘱号
    drord_type           s may  医嘱类别
    hilist_code          s may  目录编码 ^15
    drord_begntime       t may  开嘱
    drord_endtime        t may  停嘱
    dr_code              s may  医师
    updt_time            t must 更新时间
    """,
)

RPOT_D = landing(
    "rpot_d",
    silver="report",
    title="检查检验报告",
    grain="one report of one examined item",
    key="rpotc_no hilist_code",
    belongs="mdtrt_id",
    columns="""
    rpotc_no             s key  报告单号
    hilist_code          s key  项目编码 ^15
    mdtrt_id             s must 就诊ID
    rpot_time            t may  报告时间
    exam_rslt_poit_flag  s may  阳性标志
    dr_code              s may  报告医师
    updt_time            t must 更新时间
    """,
)

PURC_PRIC_B = landing(
    "purc_pric_b",
    silver="procurement_price",
    title="挂网与中选价格",
    grain="one price of one item in one period of validity",
    key="hilist_code pric_type begndate",
    belongs="",
    columns="""
    hilist_code          s key  目录编码 ^15
    pric_type            s key  价格类别 {1,2,3}
    begndate             d key  生效
    enddate              d may  失效
    pric                 p must 价格
    updt_time            t must 更新时间
    """,
)

FUND_D = landing(
    "fund_d",
    silver="fund_account",
    title="基金收支",
    grain="one month of one insurance in one pooling area",
    key="insu_admdvs insutype month",
    belongs="",
    columns="""
    insu_admdvs          s key  统筹区
    insutype             s key  险种 /3
    month                s key  月份
    incm_amt             m may  收入
    expd_amt             m may  支出
    budg_amt             m may  支出预算
    insu_psn_cnt         i may  参保人数
    bal_amt              m may  累计结余
    updt_time            t must 更新时间
    """,
)
