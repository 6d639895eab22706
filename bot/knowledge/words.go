package knowledge

import "strings"

// The tables hold words in the spelling that bot/nlu makes of them: simplified
// characters, lower case, an underscore for a space.

// subjects are what articles are about. Each line is one subject: words that
// mean the same. The first names it.
const subjects = `
地址 地点 位置 报到地点 工作地点 address location workplace
交通 地铁 公交 公共交通 怎么去 怎么走 怎么过去 怎么到 路线 导航 几号线 get_there get_to metro subway bus reach_the_office
集合 等候 meet
材料 证件 资料 文件 带什么 要带 带哪些 带些什么 拿什么 拿些什么 准备什么 documents document paperwork bring
身份证 id_card
照片 相片 寸照 几寸 photos photo
学历 毕业证 学位证 学历证 学历证书 学位证书 毕业证书 学位 diploma degree
离职证明 离职 leaving_certificate
原件 正本 original originals
复印件 副本 复印 copy copies
体检 体检报告 入职体检 身体检查 健康检查 检查身体 medical medicals check-up checkup health_check medical_examination medical_exam medical_check health_report medical_report
医院 hospital hospitals 社区医院
空腹 吃早饭 吃早餐 fast fasting
五险一金 六险一金 五险 六险 社保 社会保险 公积金 住房公积金 养老保险 医保 强积金 social_insurance housing_fund insurance mpf
着装 穿什么 穿 正装 西装 西服 衣服 衣着 服装 工装 工服 行服 制服 着咩衫 着什么衫 着衫 着西装 着制服 着牛仔裤 牛仔裤 裙子 皮鞋 高跟鞋 dress dress_code wear suit uniform jeans
头发 染发 发型 hair
试用期 试用 probation
转正 permanent
宿舍 住宿 住处 住哪 住哪里 住的地方 地方住 包住 住 租房 租屋 公寓 dormitory dorm accommodation housing rent
停车 车位 停车位 停车场 泊车 开车 揸车 车停 parking park drive car cars
电动车 电瓶车 电动自行车
班车 通勤车 接驳车 穿梭巴士 shuttle
培训 新员工培训 入职培训 集中培训 受训 training
考试 考核 exam test
人事 hr 人力 人力资源
联系 打电话 电话 联系你们 拨打 打给 phone call contact reached
没人接 没人听 没接 nobody_answers
工资 薪资 薪水 薪酬 薪金 待遇 月薪 年薪 出粮 发工资 人工多少 人工是 份人工 收入 salary wage pay_day payday paid pay
年终奖 奖金 绩效奖 花红 年终 bonus
税前 税后 before_tax after_tax tax
上班时间 工作时间 几点上班 几点下班 上班几点 下班几点 作息 放工 几点放工 working_hours office_hours work_start hours
双休 周末上班 周末要上班 周六上班 周日上班 周六日要上班 周六日上班 weekend_work work_on_weekends
周末 周六 周日 星期六 星期天 weekend weekends
午休 中午休息 午饭时间 lunch_break
合同 劳动合同 合约 签合同 contract
派遣 劳务派遣 编制 正式工 劳务
档案 调档 人事档案 dossier personal_file
户口 户籍 迁户口 hukou
落户 落户口
党员 党组织 党关系 党组织关系 组织关系
食堂 饭堂 用餐 吃饭 午饭 午餐 包吃 餐补 工作餐 食饭 包食 伙食 canteen lunch meals eat
年假 年休假 annual_leave
请假 事假 ask_for_leave
病假 sick_leave
产假 陪产假 育儿假 maternity
背调 背景调查 背景审查 尽调 background_check
征信 信贷记录 credit
报到时间 几点到 几点报到 报到几点 几点报到合适 what_time_should_i_arrive arrive
押金 按金 保证金 deposit
交钱 收费 要交费 转账 培训费 服装费 制服费 transfer_money fee fees pay_anything
签证 工签 工作许可 visa visas work_permit
加班 加班费 overtime
股票 股价
`

// aspects are what is asked about a subject.
const aspects = `
#费用 多少钱 费用 贵 贵吗 谁出 报销 免费 自费 自己掏钱 自己出 cost price free
#多久 多久 多长时间 几个月 几周 几天 几日 几年 how_long
#何时 什么时候 何时 哪天 几号 几点 啥时候 几时 when what_time
#何处 哪里 哪儿 在哪 哪个 哪家 哪间 去哪 边间 where which
#何人 谁 哪位 who
#人数 几个人 几人 多少人 人数
#多少 多少 几多 比例 基数 how_much how_many
#申请 申请 apply
#有效 有效 有效期 多久之内 多久之内的 valid
#转移 转移 转过来 转到 怎么转 转去 转 迁 迁过去 transfer
`

// fillers say nothing about what is asked for. They separate the words
// beside them.
const fillers = `
请问 想问一下 想问下 想问 问一下 问下 问问 我想知道 想知道 想了解 了解一下 咨询一下 咨询 麻烦 您好 你好 老师 谢谢 告诉我 能说一下 说一下 说下 介绍一下
有没有 有无 有吗 有 没有 会不会 能不能 可不可以 可以 可否 能否 能 能够 是不是 是否 要不要 需不需要 需要 不需要 用不用 必须 一定要 一定 必需 应该 应当 得 要 想 会 行不行 行吗 行 可以吗 好吗
怎么办 怎么样 怎样 怎么 如何 怎麼 咋 为什么 什么 啥 些什么 哪些 哪 些 几 样 点 点算 点样 大概 大约 左右 一般 具体 统一 安排 办理 办 处理 解决 提供 要求 规定 情况 方便 合适 合适吗 比较 到底 究竟 比如 关于 方面 问题 事情 东西
我们 你们 我 你 您 咱 他们 大家 自己 公司 单位 银行 贵行 行里 我行 本行 分行 支行 部门 员工 新员工 新人 人员 女生 男生 候选人 贵公司
入职 报到 上班 上岗 到岗 第一天 当天 那天 第一日 当日 那日 之后 以后 后 之前 以前 前 的时候 时候 时 期间 现在 今天 明天 已经 刚 刚刚 马上 每月 每个月 一个月 每天 每年 一年 平时
的 地 了 吗 呢 吧 啊 呀 哦 嘛 么 不 没 未 就 都 也 还 还是 再 又 才 只 只有 很 太 最 更 和 与 跟 同 及 以及 或 或者 在 到 于 从 由 给 对 把 被 让 为 是 去 来 过来 过去 过 做 弄 拿 带 用 交 开始 一下 一 个 这 那 这个 那个 这边 那边 这里 那里 里 上 下 中 内 外 人 日 号 元 它 其 该 此 所 之 以 而 且 但 但是 如果 因为 所以 别 收到 知道 好的 好 嗯 哈 随便 直接 看 先 到时候 可能 多 大
地方 次 朝早 早上 上午 下午 晚上
a an the is are am do does did i me my we our us you your it its to of for in on at by with from and or if be been will would shall should can could may might must have has had get there this that these those any some what how whether please hi hello thanks so not no need there's is_there are_there company bank office branch job work day first first_day day_one start started joining join new staff employee last provided provide during after before take long
`

// lexicon splits texts into words.
type lexicon struct {
	words   map[string]token // by spelling
	longest int              // spelling, in runes
}

// token is what a spelling stands for; the zero token is a filler.
type token struct {
	word    string
	subject bool
}

// needed are aspects that an article has to deal with before it answers a
// question about them: what it costs, how long it takes.
var needed = []string{"#费用", "#多久", "#人数", "#多少", "#申请", "#有效", "#转移"}

// offered are subjects that the offer answers.
var offered = []string{"地址", "材料", "联系"}

func newLexicon() *lexicon {
	l := &lexicon{words: map[string]token{}}
	for line := range strings.Lines(subjects) {
		l.add(line, true)
	}
	for line := range strings.Lines(aspects) {
		l.add(line, false)
	}
	for w := range strings.FieldsSeq(fillers) {
		l.put(w, token{})
	}
	return l
}

func (l *lexicon) add(line string, subject bool) {
	words := strings.Fields(line)
	for _, w := range words {
		if w != words[0] || subject {
			l.put(w, token{words[0], subject})
		}
	}
}

// put keeps the first meaning of a spelling.
func (l *lexicon) put(spelling string, t token) {
	spelling = strings.ReplaceAll(spelling, "_", " ")
	if _, known := l.words[spelling]; !known {
		l.words[spelling] = t
	}
	l.longest = max(l.longest, len([]rune(spelling)))
}
