package nlu

import "testing"

// TestLeaving tells the last day at the present employer from a day to start on.
func TestLeaving(t *testing.T) {
	t.Parallel()
	u := New(China())
	for text, want := range map[string]bool{
		"我月底才能离职": true, "10号办完离职": true, "我7月10号最后一天上班": true, "离职手续要月底才办完": true, "我离职时间是7月10号": true,
		"我在现公司做到7月10号": true, "我7月10號先辭到職": true, "我10號最後一日返工": true, "現公司月尾先放人": true, "好的我6号离职": true,
		"my last day at my current job is July 10": true, "I leave my current job on July 10": true, "July 10 is my last day": true, "my notice period ends July 10": true,
		"我10号离职，14号可以入职": false, "15号才能离职 16号去": false, "我离职了10号可以": false, "离职后10号入职": false, "离职证明10号才能开": false,
		"再给我一周处理离职": false, "我20号已经离职了": false, "10号是报名最后一天": false, "回复的最后一天是30号吗": false, "我请假到15号": false,
		"my last day to reply is June 30": false, "my last day is July 10 so I can start July 13": false, "I can start on July 10": false,
	} {
		r := u.Understand(Input{Text: text, Now: wednesday, Offered: monday6})
		if r.Leaves != want {
			t.Errorf("%s: Leaves is %v", text, r.Leaves)
		}
		if r.Leaves && r.Has(Confirm) {
			t.Errorf("%s: confirms", text)
		}
	}
}

// TestAway tells the last day away, and papers that come later, from a start date.
func TestAway(t *testing.T) {
	t.Parallel()
	u := New(China())
	for text, want := range map[string]string{
		"我请假到15号": "2026-07-15 away", "我在国外待到12号": "2026-07-12 away", "im gonna be on vacation till the 10th": "2026-07-10 away",
		"我12号才回国": "2026-07-12 away", "我7月12号出差回来": "2026-07-12 away", "I'm back on July 10": "2026-07-10 away", "12号回来报到": "2026-07-12",
		"我还在实习 7月15结束": "2026-07-15 away", "im still in school til 10th": "2026-07-10 away", "我10号考完": "2026-07-10 away",
		"我5号才回国6号可能赶不上": "none", // nobody knows which day would do
		"我请假到15号,16号可以": "2026-07-16", "推迟到15号": "2026-07-15", "还要一个月才能离职": "2026-07-24", "再给我一周处理离职": "2026-07-13",
		"体检报告晚两天给行吗": "none", "材料能不能晚一周交": "none", "体检报告晚两天给,我晚一周入职": "2026-07-13",
	} {
		r := u.Understand(Input{Text: text, Now: wednesday, Offered: monday6})
		got := r.Date.String()
		if r.Away {
			got += " away"
		}
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// TestNotice counts the notice that has to be given elsewhere from today, and only
// that.
func TestNotice(t *testing.T) {
	t.Parallel()
	u := New(China())
	for text, want := range map[string]string{
		"my notice period is 30 days": "2026-07-24", "30 days notice": "2026-07-24", "i need to give 2 weeks notice": "2026-07-08", "one month's notice required": "2026-07-24",
		"我要提前30天提离职": "2026-07-24", "我要提前一个月交接": "2026-07-24", "要提前三十天跟公司说": "2026-07-24", "离职要30天": "2026-07-24",
		"我离职要提前30天通知公司，6号来不了": "2026-07-24", "我要一個月通知期": "2026-07-24", "我要俾notice 一個月先走得": "2026-07-24",
		"离职要提前30天吗": "", "你们要提前30天通知吗": "", "请提前3天通知我": "", "我已经提前30天通知公司了": "", "I gave 30 days notice already": "",
		"还要一个月才能离职": "", "提前一周入职，我离职办完了": "", "试用期离职要提前3天": "", "最早7月20号，离职要30天": "", "一个月后离职": "",
	} {
		r := u.Understand(Input{Text: text, Now: wednesday, Offered: monday6})
		got := ""
		if !r.Notice.IsZero() {
			got = r.Notice.String()
		}
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
		if got != "" && r.Has(Confirm) {
			t.Errorf("%s: confirms", text)
		}
	}
}

// TestUnreal knows the days that no calendar has.
func TestUnreal(t *testing.T) {
	t.Parallel()
	u := New(China())
	for text, want := range map[string]bool{
		"7月32号": true, "2月30号": true, "13月1号": true, "改到6月31号": true, "7月三十二号入职": true, "32号": true, "改到32号行吗": true, "7/32": true, "2026-02-30": true,
		"July 32": true, "32 July": true, "February 30": true, "31 June": true, "7月30到32号": true,
		"不是7月32号，是31号": false, "2月29号": false, "我住建国路32号": false, "房间32号": false, "过几天": false, "13个月": false, "7月31号": false,
	} {
		if r := u.Understand(Input{Text: text, Now: wednesday, Offered: monday6}); r.Unreal != want || want && !r.Date.IsNone() {
			t.Errorf("%s: Unreal is %v, the date %s", text, r.Unreal, r.Date)
		}
	}
}
