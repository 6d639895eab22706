package nlu

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// forms are the ways to write one day of the year, and frames are sentences
// that propose it; %s stands for the form.
var (
	chineseForms = []func(m, d int) string{
		func(m, d int) string { return fmt.Sprintf("%d月%d号", m, d) },
		func(m, d int) string { return fmt.Sprintf("%d月%d日", m, d) },
		func(m, d int) string { return fmt.Sprintf("%d月%d", m, d) },
		func(m, d int) string { return fmt.Sprintf("%d/%d", m, d) },
		func(m, d int) string { return fmt.Sprintf("%d.%d", m, d) },
		func(m, d int) string { return han(m) + "月" + han(d) + "号" },
		func(m, d int) string { return han(m) + "月" + han(d) + "日" },
		func(m, d int) string { return fmt.Sprintf("2026年%d月%d日", m, d) },
		func(m, d int) string { return fmt.Sprintf("2026-%02d-%02d", m, d) },
		func(m, d int) string { return fmt.Sprintf("2026/%d/%d", m, d) },
		func(m, d int) string { return fmt.Sprintf("%02d月%02d號", m, d) },
	}
	englishForms = []func(m, d int) string{
		func(m, d int) string { return fmt.Sprintf("%s %d", time.Month(m), d) },
		func(m, d int) string { return fmt.Sprintf("%s %d", time.Month(m).String()[:3], d) },
		func(m, d int) string { return fmt.Sprintf("%d %s", d, time.Month(m)) },
		func(m, d int) string { return fmt.Sprintf("%s %s", time.Month(m), ordinalOf(d)) },
		func(m, d int) string { return fmt.Sprintf("the %s of %s", ordinalOf(d), time.Month(m)) },
		func(m, d int) string { return fmt.Sprintf("%s %d, 2026", time.Month(m), d) },
	}
	chineseFrames = []string{
		"%s", "%s可以吗", "改到%s", "能不能%s入职", "我%s才有空", "那就%s吧", "想%s上午过去报到", "好的，不过我想%s去", "可唔可以%s返工", "hr您好 %s行不行", "推迟到%s", "換到%s得唔得",
	}
	englishFrames = []string{
		"%s", "can I start on %s", "%s works for me", "could we move it to %s please", "how about %s?", "I'd prefer %s", "not the offered day, %s please",
	}
)

func han(n int) string {
	digits := []string{"", "一", "二", "三", "四", "五", "六", "七", "八", "九"}
	switch {
	case n < 10:
		return digits[n]
	case n < 20:
		return "十" + digits[n-10]
	}
	return digits[n/10] + "十" + digits[n%10]
}

func ordinalOf(d int) string {
	switch {
	case d%10 == 1 && d != 11:
		return fmt.Sprintf("%dst", d)
	case d%10 == 2 && d != 12:
		return fmt.Sprintf("%dnd", d)
	case d%10 == 3 && d != 13:
		return fmt.Sprintf("%drd", d)
	}
	return fmt.Sprintf("%dth", d)
}

// TestEveryDayInEveryForm reads every coming day of the year in every form, in
// changing frames: no word around it may hide a date.
func TestEveryDayInEveryForm(t *testing.T) {
	t.Parallel()
	u := New(China())
	now := time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC)
	wrong := 0
	check := func(frame, form string, want Date) {
		text := strings.Replace(frame, "%s", form, 1)
		got := u.Understand(Input{Text: text, Now: now, Offered: civil(2026, time.January, 6)}).Date
		if got != point(want) {
			if wrong++; wrong <= 40 {
				t.Errorf("%s: %v, want %s", text, got, want)
			}
		}
	}
	for d := civil(2026, time.January, 7); d.Year == 2026; d = d.AddDays(1) {
		for i, form := range chineseForms {
			check(chineseFrames[(i+d.Day)%len(chineseFrames)], form(int(d.Month), d.Day), d)
		}
		for i, form := range englishForms {
			check(englishFrames[(i+d.Day)%len(englishFrames)], form(int(d.Month), d.Day), d)
		}
	}
	if wrong > 40 {
		t.Errorf("%d readings are wrong", wrong)
	}
}

// TestEveryMove reads every verb that moves the start, by every length and in
// every frame, against the offered date.
func TestEveryMove(t *testing.T) {
	t.Parallel()
	u := New(China())
	units := map[string]func(n int) Date{
		"天":    func(n int) Date { return monday6.AddDays(n) },
		"周":    func(n int) Date { return monday6.AddDays(7 * n) },
		"个星期":  func(n int) Date { return monday6.AddDays(7 * n) },
		"个礼拜":  func(n int) Date { return monday6.AddDays(7 * n) },
		"个月":   func(n int) Date { return monday6.AddMonths(n) },
		"个工作日": func(n int) Date { return u.cal.AddWorkdays(monday6, n) },
	}
	later := strings.Fields("推迟 延后 延期 顺延 晚 往后推 往后延 往后挪 推后 延迟 往后顺延 再晚 再推迟 再给我 多给我 再宽限 押后 遲 往后推迟 后延 晚报到 缓")
	sooner := strings.Fields("提前 提早 早 往前提 往前挪 往前推 早到")
	frames := []string{"%s", "能不能%s", "可以%s吗", "我想%s", "好的，但是我要%s", "6号不行，能%s吗", "%s行不行", "申请%s", "%s可以吗，谢谢", "老师您好，家里有事，想%s再报到", "不好意思 6号赶不上 %s可以不", "可唔可以%s呀"}
	wrong := 0
	check := func(text string, want Date) {
		if got := u.Understand(Input{Text: text, Now: wednesday, Offered: monday6}).Date; got != point(want) {
			if wrong++; wrong <= 40 {
				t.Errorf("%s: %v, want %s", text, got, want)
			}
		}
	}
	for unit, at := range units {
		for n := 1; n <= 12; n++ {
			for _, frame := range frames {
				for _, number := range []string{fmt.Sprint(n), strings.Replace(han(n), "二", "两", 1-n/10)} {
					for _, verb := range later {
						check(strings.Replace(frame, "%s", verb+number+unit, 1), at(n))
					}
					for _, verb := range sooner {
						check(strings.Replace(frame, "%s", verb+number+unit, 1), at(-n))
					}
				}
			}
		}
	}
	if wrong > 40 {
		t.Errorf("%d readings are wrong", wrong)
	}
}

// frames put a yes or a no into somebody else's mouth, a question, a condition
// or a doubt, so that nothing is confirmed or refused.
var (
	doubtingFrames = []string{
		"如果%s", "要是%s呢", "%s的话", "我朋友说%s", "他说：%s", "“%s”是什么意思", "我没说%s", "谁说%s", "%s，开玩笑的", "假如%s会怎样", "我妈让我说%s",
		"%s，但是我再想想", "%s，不对，我再考虑一下", "是不是要回复“%s”", "我可没说过%s", "万一%s怎么办", "我同学回的是“%s”", "%s，骗你的",
	}
	askingFrames         = []string{"%s吗", "%s？", "你们希望我%s吗", "%s对不对", "你觉得我%s好不好"}
	englishDoubtFrames   = []string{"if %s", "my friend said %s", "%s, just kidding", "should I say \"%s\"", "what if %s"}
	englishAskingFrames  = []string{"%s?"}
	punctuationOfAnswers = ",，。！!~、;； "
)

// TestNobodyIsConfirmedInAFrame puts every labelled confirmation and refusal of
// the project into every frame.
func TestNobodyIsConfirmedInAFrame(t *testing.T) {
	t.Parallel()
	u := New(China())
	for _, r := range readRows(t, filepath.Join("testdata", "intents.tsv")) {
		if r.want != "confirm" && r.want != "decline" || strings.ContainsAny(r.text, "?？。！!") {
			continue
		}
		frames := doubtingFrames
		plain := !strings.ContainsAny(r.text, punctuationOfAnswers)
		if plain { // a mark at the end asks about the last clause only
			frames = append(slices.Clone(frames), askingFrames...)
		}
		if r.text[0] < 128 && strings.IndexFunc(r.text, func(c rune) bool { return c > 255 }) < 0 {
			frames = englishDoubtFrames
			if !strings.ContainsAny(r.text, ",;~") {
				frames = append(slices.Clone(frames), englishAskingFrames...)
			}
		}
		now, err := time.Parse(time.RFC3339, r.ref)
		if err != nil {
			t.Fatal(err)
		}
		for _, frame := range frames {
			text := strings.Replace(frame, "%s", r.text, 1)
			if got := u.Understand(Input{Text: text, Now: now, Offered: r.offered}); got.Has(Confirm) || got.Has(Decline) {
				t.Errorf("%s: reads %v from %v", text, got.Intents, got.Evidence)
			}
		}
	}
}
