"""Landing tables of who and what there is: places, staff, insured people, catalogue, groups."""

from fundwatch.tables.landing.declare import landing

FIXMEDINS_B = landing(
    "fixmedins_b",
    silver="institution",
    title="定点医药机构",
    grain="one institution or pharmacy",
    key="fixmedins_code",
    belongs="fixmedins_code",
    required=True,
    columns="""
    fixmedins_code       s key  机构编码
    fixmedins_name       s must 名称
    fixmedins_type       s must 机构类别 {1,2}
    medins_type          s may  机构专科类型
    hosp_lv              s may  等级 /2 {01,02,03,04,05,06,07,08,09,10,11,12,13,14}
    medins_natu          s may  所有制 {1,2}
    fix_blng_admdvs      s must 区划
    lnt                  q may  经度
    lat                  q may  纬度
    approved_beds        i may  核定床位
    hd_machines          i may  血透机数
    legrep               s may  法定代表人 @name
    parent_code          s may  医共体牵头或连锁总部机构编码
    begndate             d may  定点开始
    enddate              d may  定点终止
    cred_lv              s may  信用等级
    updt_time            t must 更新时间
    """,
)

STAFF_B = landing(
    "staff_b",
    silver="practitioner",
    title="医保医师护士药师技师",
    grain="one practitioner at one institution",
    key="staff_code fixmedins_code",
    belongs="fixmedins_code",
    columns="""
    staff_code           s key  人员编码
    fixmedins_code       s key  执业机构
    staff_name           s may  姓名 @drop
    certno               s may  证件号码 @cert
    staff_type           s must 人员类别 {1,2,3,4}
    dept_codg            s may  科室
    begndate             d may  备案开始
    enddate              d may  备案终止
    stas                 s may  登记状态
    points               i may  本自然年记分
    updt_time            t must 更新时间
    """,
)

PSN_INFO_B = landing(
    "psn_info_b",
    silver="insured",
    title="参保人",
    grain="one insured person in one pooling area",
    key="psn_no insu_admdvs",
    belongs="psn_key",
    columns="""
    psn_no               s key  人员编号 @psn
    insu_admdvs          s key  参保地
    certno               s may  证件号码 @cert
    gend                 s may  性别 {1,2,9}
    brdy                 d may  出生日期
    insutype             s must 险种 /3
    emp_no               s may  单位
    village              s may  村/社区编码
    sp_psn_type          s may  特殊人员
    opsp_dise_code       s may  门诊慢特病备案病种
    opsp_begndate        s may  备案开始
    insu_begndate        d may  参保开始
    insu_enddate         d may  参保终止
    death_date           d may  死亡日期
    updt_time            t must 更新时间
    """,
)

HILIST_B = landing(
    "hilist_b",
    silver="catalogue_item",
    title="医保目录",
    grain="one catalogue item in one period of validity",
    key="hilist_code begndate",
    belongs="",
    columns="""
    hilist_code          s key  目录编码 ^15
    begndate             d key  生效
    enddate              d may  失效
    hilist_name          s must 名称
    list_type            s must 目录类别 /3 {101,102,103,104,201,301}
    ingredient           s may  通用名/成分
    spec                 s may  规格
    unit                 s may  计价单位
    pack_size            q may  包装/拆零比
    ddd                  q may  限定日剂量
    chrgitm_lv           s may  甲乙丙 /2 {01,02,03}
    pric_uplmt_amt       p may  支付标准/限价
    nego_flag            s may  谈判药
    high_value_flag      s may  高值药品或耗材
    watch_flag           s may  重点监测
    lmt_sex              s may  限性别
    lmt_age_min          q may  限年龄下限
    lmt_age_max          q may  限年龄上限
    lmt_setting          s may  限就医方式
    lmt_hosp_lv          s may  限机构等级
    lmt_diag             s may  限适应症
    lmt_days             i may  限支付疗程
    daily_cap            q may  每日上限
    minutes              q may  标准操作分钟数
    needs_oprn           s may  须伴随的诊疗项目编码前缀
    updt_time            t must 更新时间
    """,
)

DRG_B = landing(
    "drg_b",
    silver="payment_group",
    title="病组权重与费率",
    grain="one group of one payment method in one period of validity",
    key="dise_no hi_paymtd begndate",
    belongs="",
    columns="""
    dise_no              s key  病组/病种编码
    hi_paymtd            s key  支付方式 {3,4}
    begndate             d key  生效
    enddate              d may  失效
    dise_name            s may  名称
    weight               q must 权重或分值
    rate                 p may  费率或点值
    updt_time            t must 更新时间
    """,
)
