package mask

import (
	"regexp"
	"strings"
	"testing"

	"jiebao/bot/nlu"
)

var people = []Known{
	{Name, "张伟"}, {Phone, "13800138000"}, {Name, "欧阳小明"}, {Name, "李老师"}, {Phone, "+86 139-1234-5678"},
	{Phone, "010-12345678"}, {Name, "Anna May Smith"}, {Email, "zhang.wei@example.com"}, {Code, "AB23CD45"},
}

func newMasker() *Masker { return New(nlu.Simplifier()) }

func TestMask(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		// what a conversation knows, in every spelling
		{"我是张伟，7月15日可以吗", "我是[NAME_A]，7月15日可以吗"},
		{"張偉7月15號", "[NAME_A]7月15號"},
		{"张 伟", "[NAME_A]"},
		{"我是小明呀", "我是[NAME_A]呀"},
		{"电话13800138000", "电话[PHONE_A]"},
		{"１３８００１３８０００", "[PHONE_A]"},
		{"138-0013 8000", "[PHONE_A]"},
		{"一三八零零一三八零零零", "[PHONE_A]"},
		{"幺三八〇〇幺三八000", "[PHONE_A]"},
		{"①③⑧00①③⑧000", "[PHONE_A]"},
		{"1…3…8…0…0…1…3…8…0…0…0", "[PHONE_A]"},
		{"13912345678，还是13912345678", "[PHONE_A]，还是[PHONE_A]"},
		{"问下李老师", "问下[NAME_A]"},
		{"Hi this is anna, smith", "Hi this is [NAME_A], [NAME_B]"},
		{"can I start in May?", "can I start in May?"},
		{"ＺＨＡＮＧ．ｗｅｉ＠example.com", "[EMAIL_A]"},
		{"ab23-cd45", "[CODE_A]"},
		// what it does not, by its shape
		{"我换号了，新的是13666668888", "我换号了，新的是[PHONE_A]"},
		{"身份证11010519491231002X", "身份证[ID_A]"},
		{"440524 1880 0101 0014是我的", "[ID_A]是我的"},
		{"卡号6222 0212 3456 7895", "卡号[NUMBER_A]"},
		{"卡号4111 1111 1111 1111", "卡号[CARD_A]"},
		{"发到wang@qq.com", "发到[EMAIL_A]"},
		{"我微信号是wxid_abc123", "我微信号是[ACCOUNT_A]"},
		{"加vx：lily2020ok", "加vx：[ACCOUNT_A]"},
		{"验证码 8832", "验证码 [CODE_A]"},
		{"收到了 583920 这个", "收到了 [CODE_A] 这个"},
		{"看这个 https://a.cn/x?id=1 好吗", "看这个 [LINK_A] 好吗"},
		{"example.com.cn打不开", "[LINK_A]打不开"},
		{"我叫王小二想改日期", "我叫[NAME_A]想改日期"},
		{"姓名：买买提·艾力", "姓名：[NAME_A]"},
		{"我是周杰伦，改期", "我是[NAME_A]，改期"},
		{"王经理让我7月8号去", "[NAME_A]经理让我7月8号去"},
		{"my name is john smith, can i come 15 July", "my name is [NAME_A], can i come 15 July"},
		{"I'm Peter, free from July 15", "I'm [NAME_A], free from July 15"},
		{"我住北京市海淀区中关村大街27号1单元302室", "[ADDRESS_A]"},
		{"住在12号楼3单元101", "住在[ADDRESS_A]"},
		{"I live at 12 Baker Street now", "I live at [ADDRESS_A] now"},
		// dates and plain words stay
		{"7月15日行吗", "7月15日行吗"},
		{"2026-07-15 或 2026/7/20", "2026-07-15 或 2026/7/20"},
		{"20260715", "20260715"},
		{"2026-07-15 2026-07-20", "2026-07-15 2026-07-20"},
		{"7.15 13666668888", "7.15 [PHONE_A]"},
		{"二〇二六年七月十五日", "二〇二六年七月十五日"},
		{"我是周一到", "我是周一到"},
		{"我是明天才能", "我是明天才能"},
		{"下周三上午9:30", "下周三上午9:30"},
		{"July 15th, 2026", "July 15th, 2026"},
		{"july15th ok", "july15th ok"},
		{"I'm busy on Monday", "I'm busy on Monday"},
		{"I'm Fine", "I'm [NAME_A]"}, // in doubt it goes
		{"嗯那个……我再说吧", "嗯那个……我再说吧"},
		{"什么时候报到", "什么时候报到"},
		{"地址在哪个区呀", "地址在哪个区呀"},
		{"工资8000元", "工资8000元"},
		{"", ""},
	}
	m := newMasker()
	for _, test := range tests {
		got := m.Mask(test.text, people)
		if got.Text != test.want {
			t.Errorf("%q became %q, want %q", test.text, got.Text, test.want)
		}
	}
}

func TestUnmask(t *testing.T) {
	t.Parallel()
	m := newMasker().Mask("我是张伟，电话138 0013 8000，7月15号", people)
	for masked, want := range map[string]string{
		"7月15号":           "7月15号",
		"[PHONE_A]，7月15号": "138 0013 8000，7月15号",
		"[NAME_A]":        "张伟",
		"[NAME_B]":        "[NAME_B]",
	} {
		if got := m.Unmask(masked); got != want {
			t.Errorf("%q stands for %q, want %q", masked, got, want)
		}
	}
}

var placeholder = regexp.MustCompile(`\[[A-Z]+_[A-Z]+\]`)

// leaks says whether what was masked still holds what is known, in any
// spelling. Nothing is read across a placeholder.
func leaks(m *Masker, masked string, known []Known) (string, bool) {
	for _, k := range known {
		for _, form := range m.forms(k) {
			for _, part := range placeholder.Split(masked, -1) {
				if strings.Contains(string(m.fold.plain(part)), string(form)) {
					return k.Text, true
				}
			}
		}
	}
	return "", false
}

// FuzzMaskHidesWhatIsKnown disguises what is known and hides it between words.
func FuzzMaskHidesWhatIsKnown(f *testing.F) {
	f.Add("改到7月15日", "好的", "13800138000", "张伟", uint64(0))
	f.Add("1", "0", "13800138000", "欧阳小明", uint64(0x123456789abcdef))
	f.Add("[PHONE_A]", "３", "11111111", "Anna May", uint64(7))
	f.Add("2026-07-15 ", " 2026", "20260715", "周一", uint64(99))
	m := newMasker()
	f.Fuzz(func(t *testing.T, before, after, phone, name string, how uint64) {
		known := []Known{{Phone, phone}, {Name, name}}
		said := before + disguise(phone, how) + after + disguise(name, how>>7) + before
		masked := m.Mask(said, known)
		if secret, leaked := leaks(m, masked.Text, known); leaked {
			t.Errorf("%q became %q, which tells %q", said, masked.Text, secret)
		}
		if again := m.Mask(said, known); again.Text != masked.Text {
			t.Errorf("%q was masked as %q and as %q", said, masked.Text, again.Text)
		}
	})
}

// disguise writes s as people who hide a number from a filter do.
func disguise(s string, how uint64) string {
	var b strings.Builder
	for i, r := range []rune(s) {
		style := how >> (uint(i*3) % 61)
		switch {
		case r >= '0' && r <= '9' && style%5 == 1:
			r += '０' - '0'
		case r >= '0' && r <= '9' && style%5 == 2:
			r = []rune("零一二三四五六七八九")[r-'0']
		case r >= '0' && r <= '9' && style%5 == 3:
			r = []rune("〇幺两叁肆伍陆柒捌玖")[r-'0']
		case r >= 'a' && r <= 'z' && style%5 == 1:
			r += 'ａ' - 'a'
		}
		b.WriteRune(r)
		b.WriteString([]string{"", " ", "-", "", "　", "", ".", "\u200b"}[style>>2%8])
	}
	return b.String()
}

// TestEveryDisguise takes a phone number through many disguises.
func TestEveryDisguise(t *testing.T) {
	t.Parallel()
	m := newMasker()
	for how := range uint64(4096) {
		for _, known := range [][]Known{people, nil} {
			said := "我的号码" + disguise("13800138000", how*2654435761) + "，7月15日"
			masked := m.Mask(said, known)
			if secret, leaked := leaks(m, masked.Text, people); leaked {
				t.Fatalf("%q became %q, which tells %q", said, masked.Text, secret)
			}
			if !strings.Contains(masked.Text, "7月15日") {
				t.Fatalf("%q became %q", said, masked.Text)
			}
		}
	}
}
