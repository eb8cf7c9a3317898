"""Headers that files use for our fields, as data: normalised (no case, blanks or punctuation), the likeliest first.

Chinese words are those of the registers of county offices and of the statistical code tables; English ones are GIS habits
and the headers of open 311 data. `target.field` stands before `field`.
"""

from collections.abc import Mapping

_WORDS = {
    "x": """
        x 经度 lon lng longitude long gpsx 东经 x坐标 横坐标 经度坐标 pointx coordx xcoord easting xcoordinatestateplane
        xcoordinate
    """,
    "y": "y 纬度 lat latitude gpsy 北纬 y坐标 纵坐标 纬度坐标 pointy coordy ycoord northing ycoordinatestateplane ycoordinate",
    "cell.code": """
        网格编码 网格代码 网格编号 网格号 单元网格编码 单元网格代码 三级网格编码 小网格编码 编码 代码 编号 cellcode gridcode
        gridid cellid boroct2010 geoid geocode code id
    """,
    "cell.name": "网格名称 网格名 单元网格名称 三级网格名称 小网格名称 名称 cellname gridname ctlabel geoname name label",
    "village.code": """
        村代码 村编码 村居代码 社区代码 社区编码 行政村代码 村级代码 二级网格编码 中网格编码 villcode villagecode villageid
        ntacode 编码 代码 编号 code id
    """,
    "village.name": """
        村名 村名称 村居名称 社区名称 行政村名称 行政村 二级网格名称 中网格名称 村社区 villname villagename ntaname 名称 name
        村 社区 label
    """,
    "township.code": """
        乡镇代码 乡镇编码 镇代码 乡代码 街道代码 一级网格编码 大网格编码 towncode townshipcode townid borocode streetcode 编码
        代码 编号 code id
    """,
    "township.name": "乡镇名称 乡镇名 乡镇 镇名 乡名 街道名称 一级网格名称 大网格名称 townname townshipname boroname 名称 name label",
    "village_code": """
        村代码 村编码 村居代码 村居编码 社区代码 社区编码 行政村代码 所属村代码 所属村编码 二级网格编码 中网格编码 villcode
        villagecode villageid ntacode
    """,
    "village_name": """
        村名 村名称 村居名称 社区名称 行政村名称 行政村 所属村 所属社区 二级网格名称 中网格名称 村社区 村 社区 villname
        villagename ntaname
    """,
    "township_code": """
        乡镇代码 乡镇编码 镇代码 乡代码 街道代码 所属乡镇代码 所属乡镇编码 一级网格编码 大网格编码 towncode townshipcode
        townid borocode streetcode
    """,
    "township_name": "乡镇名称 乡镇名 所属乡镇 乡镇 镇名 乡名 街道名称 一级网格名称 大网格名称 townname townshipname boroname",
    "kind": "类型 类别 性质 kind type",
    "households.code": "户编号 户编码 户号 户籍编号 家庭编号 家庭编码 户id householdid householdcode 编号 编码 id code",
    "head": "户主 户主姓名 户主名称 姓名 householder householdhead head name",
    "address": """
        地址 住址 家庭住址 家庭地址 详细地址 居住地址 门牌号 门牌地址 现住址 位置 事发地址 事发地点 地点 incidentaddress
        streetaddress address location
    """,
    "phone": "电话 联系电话 手机 手机号 手机号码 联系方式 电话号码 phone phonenumber mobile telephone tel",
    "members": "人口数 人数 家庭人口 人口 家庭人口数 常住人口 户人口数 members membercount persons people householdsize",
    "resident": "是否常住 常住 常住户 居住状态 resident",
    "flags": "标签 标记 特殊人群 人员类别 户类型 备注标签 flags tags",
    "building": "楼栋 楼栋号 楼号 楼幢 幢号 栋号 建筑物 建筑 building buildingname buildingid",
    "households.notes": "备注 说明 走访记录 notes remark remarks note",
    "workers.code": "网格员编号 网格员编码 工号 编号 编码 workerid workercode staffid code id",
    "workers.name": "网格员 网格员姓名 姓名 名字 workername fullname name",
    "workers.village": "村代码 村编码 所属村 所属村社区 村名 村社区 村居 行政村 社区 村 villagecode village",
    "workers.cell": "网格编码 网格代码 网格编号 负责网格 所属网格 网格名称 网格 cellcode gridcode cell grid",
    "skills": "技能 特长 语言 语言技能 特长技能 skills languages",
    "capacity": "负荷上限 最大户数 可负责户数 容量 capacity maxload",
    "since": "上岗日期 入职日期 聘用日期 任职日期 开始日期 startdate since hired from",
    "until": "离岗日期 离职日期 解聘日期 截止日期 结束日期 enddate until left to",
    "substitute": "代管人 代班人 替班人 代理网格员 代班网格员 替岗人 ab岗 substitute deputy",
    "absent_from": "离岗开始日期 离岗开始 请假开始 缺勤开始 请假起 absentfrom leavefrom",
    "absent_until": "离岗结束日期 离岗结束 请假结束 缺勤结束 请假止 absentuntil leaveuntil",
    "notes": "备注 说明 notes remark remarks",
    "departments.code": "部门编码 部门代码 单位编码 单位代码 编码 编号 代码 departmentcode agency code id",
    "departments.name": "部门名称 单位名称 部门 单位 名称 departmentname agencyname department name",
    "departments.category": "部门类别 单位类别 类别 分类 类型 category type",
    "receiver": "接哨员 接哨人 联系人 经办人 接哨员姓名 receiver contact",
    "receiver_phone": "接哨员电话 接哨人电话 联系人电话 联系电话 电话 手机 receiverphone contactphone phone",
    "leader": "主管领导 分管领导 负责人 领导 主管领导姓名 leader head",
    "leader_phone": "主管领导电话 分管领导电话 负责人电话 领导电话 leaderphone",
    "cases.id": """
        工单编号 工单号 案件编号 案件号 事件编号 哨件编号 吹哨编号 哨号 流水号 编号 序号 uniquekey caseid requestid
        servicerequestid casenumber ticketid number id
    """,
    "cases.kind": "诉求类型 哨类型 哨件类型 工单类型 事件性质 性质 kind",
    "cases.category": """
        诉求类别 事件类别 问题类别 问题分类 事项类别 类别 分类 事件类型 问题类型 类型 complainttype category servicename
        requesttype type
    """,
    "cases.body": """
        接哨单位 接哨主体 承办单位 责任单位 处置部门 处理单位 办理单位 主办单位 部门 agency agencyresponsible body department
        agencyname
    """,
    "cases.text": "诉求内容 内容 事件描述 问题描述 描述 详情 事项 标题 descriptor description text details content subject",
    "blown": """
        吹哨时间 上报时间 诉求时间 受理时间 登记时间 发生时间 创建时间 提交时间 时间 日期 createddate requesteddatetime opened
        created blown reportedat date
    """,
    "picked_up": "接哨时间 签收时间 接单时间 响应时间 pickedup acknowledged acceptedat",
    "done": "办结时间 完成时间 办理完成时间 结案时间 解决时间 closeddate closed done resolvedat completed",
    "result": "办理结果 处理结果 结果 处置结果 resolutiondescription resolution result",
    "whistler": "吹哨人 吹哨主体 来源 上报人 诉求人 反映人 报送人 whistler reporter source opendatachanneltype",
    "unit": """
        网格编码 网格编号 网格代码 所属网格 网格名称 网格 村代码 所属村 村名 所属社区 村社区 社区 村 乡镇 unit unitcode cell
        village
    """,
    "urgency": "紧急程度 紧急级别 优先级 缓急 urgency priority",
    "former.code": """
        网格编码 网格代码 网格编号 网格号 警务区编号 警务区编码 警格编号 党小组编号 单位编码 单位编号 编码 代码 编号 gridcode gridid
        beatcode beatid unitcode 村编码 村代码 社区编码 villcode villagecode towncode townid code id
    """,
    "former.name": """
        网格名称 网格名 警务区名称 警务区 警格名称 党小组名称 党支部名称 党小组 党支部 责任区名称 责任区 单位名称 名称 gridname beatname
        unitname 村名 村名称 村居名称 社区名称 villname villagename 乡镇名称 townname name label
    """,
    "former.contact": """
        网格长 网格员 网格员姓名 社区民警 责任民警 民警 民警姓名 党小组长 书记 负责人 责任人 联系人 联系人姓名 contact contactname
        officer leader
    """,
    "former.phone": "网格员电话 民警电话 负责人电话 联系人电话 联系电话 电话 电话号码 手机 手机号 phone mobile telephone tel",
    "former.remark": "备注 说明 remark note notes comment",
    "contact": "联系人 来电人 联系人姓名 来电人姓名 contact contactname callername caller",
    "state": "办理状态 工单状态 案件状态 处理状态 当前状态 状态 srstatus status casestatus",
    "updated": "更新时间 状态时间 最后更新时间 最近更新时间 updateddatetime lastupdated statusdate updatedat",
    "household": "户编号 户编码 户号 household householdid",
}

NAMES: Mapping[str, tuple[str, ...]] = {field: tuple(words.split()) for field, words in _WORDS.items()}
