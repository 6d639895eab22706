package nlu

import "slices"

// The words below stand around a date and say what it is to the candidate.

// corrections take back what was said before them.
var corrections = byFirst("不对", "不是", "说错", "写错", "打错", "口误", "更正", "应该是", "哦不", "啊不", "呃不", "纠正", "改口", "错了",
	"sorry", "i mean", "i meant", "actually", "no wait", "wait", "correction", "scratch that", "rather")

// promises follow the offered date when it is kept.
var promises = byFirst("准时", "按时", "报到", "入职", "上班", "赶得上", "来得及", "没问题", "可以", "ok", "没有问题", "一定", "不变", "照常")

// eitherOf follow days of which any would do.
var eitherOf = byFirst("都", "哪个都", "哪天都", "哪一天都", "哪日都", "任何一天都", "随便哪", "两天都", "两个都", "均可", "任选", "任意", "either", "both", "are both", "are fine", "are ok", "whichever", "would both", "all ")

// arrivals follow a date on which somebody only travels.
var arrivals = byFirst("到", "来", "去", "出发", "抵达", "飞", "过去", "过来", "arrive")

// notOn stand right before a date that is not possible.
var notOn = fields("不能 不可能 不要 不可以 不想 别 not")

// deniedOn stand right before a date that another takes the place of: 不是8号是周三.
var deniedOn = fields("不是 not")

// lasting stand right before the end of something else: 请假到15号,16号来.
var lasting = fields("请假到 休到 实习到 做到 干到 待到 住到 上到 上班到 培训到 军训到 带训到 放到 放假到 忙到 租到 持续到 一直到 交接到")

// whetherOn end like notOn, but ask.
var whetherOn = fields("能不能 可不可以 要不要 想不想 是不是不能")

// asksWhether stand right before a date that is asked about: 是不是6号.
var asksWhether = fields("是不是 是否")

// excludersBefore stand before a date that is not wanted.
var excludersBefore = byFirst("除了", "除开", "不是", "避开", "别在", "不要在", "不在", "不想在", "不能在", "except", "anything but", "any day but", "anytime but", "any other day than", "other than", "but not", "not on", "no to", "isn't", "除")

// cannots stand before a time until which it is not possible: I can't before July 10.
var cannots = byFirst("can't", "cannot", "can not", "won't be able", "unable", "not able", "not free", "not available", "unavailable", "not possible", "来不了", "去不了", "到不了", "没空", "没时间", "没办法", "没法")

// busyUntil follow a time until which somebody is elsewhere: 15号之前在外地.
var busyUntil = byFirst("在外地", "在国外", "在老家", "在学校", "在上课", "在实习", "在出差", "在旅游", "在住院", "在原公司", "在上家", "还在", "还要", "要上课", "要考试", "有课", "有考试", "有安排", "有事", "都有事", "排满", "很忙", "都忙", "busy", "away", "abroad", "travelling", "out of town")

// excludersAfter stand after a date that is not wanted.
var excludersAfter = byFirst("不行", "不可以", "来不了", "去不了", "到不了", "来不及", "没空", "没时间", "不方便", "赶不上", "赶不到", "赶不及", "不能",
	"没办法", "不太行", "不太方便", "不太可以", "过不去", "回不来", "上不了班", "报不了到", "入不了职", "不合适", "离不了职", "离职不了", "走不了", "办不完离职", "办不完手续", "有点赶", "太赶", "太早", "太晚", "太急", "太仓促", "太紧", "没法", "走不开", "抽不开身", "不考虑", "不成", "够呛", "悬", "不太合适",
	"doesn't work", "does not work", "won't work", "not work", "not possible", "isn't possible", "is impossible", "i can't", "i cannot", "can't make", "cannot make", "can not make", "is too early", "too soon", "is not good", "isn't good", "not ok", "not available", "unavailable", "is out", "is bad", "isn't convenient", "not convenient", "no good", "too tight", "can't", "cannot")

// concessions tell what somebody puts up with: 6号来吧虽然有点赶.
var concessions = byFirst("虽然", "尽管", "though", "although", "even if")

// doubleNegations undo an excluder.
var doubleNegations = byFirst("行不行", "方不方便", "来不来得及", "合不合适", "成不成", "不是不行", "没有不行", "不是不可以", "也不是不", "不能再", "不能不", "不行的话", "能不能", "可不可以")

// weighted is a phrase with what it adds to a date's score.
type weighted struct {
	text  []rune
	score int
}

// afterWeights are words that follow a date in its clause.
var afterWeights = weigh(map[int]string{
	3:  "行不行 能不能 可不可以 赶得上 来得及 可以 能 行 到岗 入职 报到 上班 ok 没问题 方便 开始 就位 合适 比较好 更好 有空 work join start 吧 都行 怎么样 如何 为准 较好 好些 好点 稳妥 onboard report begin is_better is_good is_fine would_be",
	1:  "来 去 过来 到 再",
	-3: "毕业 考试 答辩 体检 离职 离校 办离校 才办 交接 手术 婚礼 出差 机票 飞机 的票 到期 面试 收到 发的 通知 搬家 拿证 领证 返香港 回香港 返港 回港 回国 回来 才回 考完 截止 结婚 开会 有事 放假 过生日 生日 复查 拿到 办完 结束 还有课 有课 最后一天 last_day graduate exam wedding surgery flight notice_period ends expires 不一定 说不准 不确定 在外地 在外面 在国外 在老家 在学校 在实习 军训 带训 才发 才下来 下来 请假 旅游 出院 住院 退租 开庭 军训 培训 出成绩 出结果 拿结果 联系 答复 回复 告诉 打电话 打过电话 说过 问过 发过 的通知 的短信 的信息 的消息 的offer",
})

// beforeWeights are words that stand before a date in its clause.
var beforeWeights = weigh(map[int]string{
	3:  "改 换 想 希望 能不能 可不可以 可否 能否 申请 争取 定 安排 建议 打算 计划 选 那就 要不 how_about what_about instead prefer could_i can_i let's make_it start_on join_on can_start could_start can_join could_join 不如 最好 是 要",
	-3: "改签 机票 车票 火车票 高铁票 航班 last_day_is last_day my_last_day graduate_on exam_on flying_back fly_back flying_home back_on 预产期 婚期 生日 考试时间 毕业时间 体检时间 合同到期 到期日 原定 原来 本来 原先 之前 原计划 说好 通知 offer上 offer写 上面写 收到 不要 originally was_supposed instead_of rather_than 合同 通知书 上写 写的",
})

func weigh(groups map[int]string) map[rune][]weighted {
	m := map[rune][]weighted{}
	for score, words := range groups {
		for _, w := range fields(words) {
			m[w[0]] = append(m[w[0]], weighted{w, score})
		}
	}
	for r := range m {
		slices.SortFunc(m[r], func(a, b weighted) int {
			if d := len(b.text) - len(a.text); d != 0 {
				return d
			}
			return slices.Compare(a.text, b.text)
		})
	}
	return m
}

// leanLater and leanEarlier stand before a day and say on which side of the date
// that is spoken of it lies: 太早了,28号行吗; not with one of leanNot: 不用推迟了.
var (
	leanNot   = byFirst("不用", "不需", "无需", "不必", "别", "不要", "不想", "不推", "不延", "不提", "don't", "no need", "not ")
	leanLater = byFirst("太早", "太赶", "太急", "太快", "来不及", "赶不上", "赶不及", "晚点", "晚些", "晚一点", "晚几天", "迟点", "迟几天", "推迟", "延后", "延迟", "往后",
		"later", "too early", "too soon", "postpone", "push it back")
	leanEarlier = byFirst("太晚", "太迟", "太久", "早点", "早些", "早一点", "早几天", "提早", "提前", "往前",
		"earlier", "sooner", "too late", "bring it forward")
)
