package signin

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/trustelem/zxcvbn/frequency"
)

const (
	// ShortestPassword is the least number of characters.
	ShortestPassword = 12
	// longestPassword is more than anybody types, in bytes.
	longestPassword = 1024
	// fewestGuesses is how many guesses a password withstands at least, as a
	// power of ten.
	fewestGuesses = 10
	// weighed is how many characters of a password are weighed, as what is longer
	// takes its time: if those withstand enough, all do.
	weighed = 64
)

// WeakError says why a password is not taken: too_short, too_long or common.
type WeakError struct{ Why string }

func (e *WeakError) Error() string { return "the password is weak: " + e.Why }

// checkPolicy refuses passwords that are short, or among the first that anybody
// tries. known are words that belong to the agent, such as the login name.
func checkPolicy(password string, known ...string) error {
	p := normal(password)
	switch {
	case len(p) > longestPassword || !utf8.ValidString(password):
		return &WeakError{"too_long"}
	case utf8.RuneCountInString(p) < ShortestPassword:
		return &WeakError{"too_short"}
	case guesses(p, known) < fewestGuesses:
		return &WeakError{"common"}
	}
	return nil
}

// What a piece of a password takes to guess, as powers of ten. Whoever guesses
// tries the commonest words first, so that a word takes as many as stand
// before it in a list.
const (
	perLetter = 1.0 // a character that is no part of anything
	perOther  = 2.0 // one beyond ASCII
	perRow    = 1.5 // where on a keyboard a row begins, and how far it goes
	perYear   = 2.0
	perDate   = 4.5
)

// piece is a part of a password that is guessed at once.
type piece struct {
	from, to int
	cost     float64
}

// guesses is how many guesses find a password, as a power of ten: of all ways to
// put it together from what everybody tries first, the one that takes fewest.
// The estimate is that of zxcvbn (Wheeler, "zxcvbn: Low-Budget Password Strength
// Estimation", USENIX Security 2016), and so are the lists: 30,000 passwords that
// leaked, names, and words of English. Its ports to Go hold the lists ready in
// maps, from the start of the program: 10 MB, a sixth of what an idle gateway
// may use, for what happens once a month. Here they are gone through when a
// password is set, which takes some milliseconds; and common words are in
// Chinese too.
func guesses(password string, known []string) float64 {
	typed := []rune(strings.ToLower(password))
	typed = typed[:min(len(typed), weighed)]
	ends := make([][]piece, len(typed)+1)
	pieces(typed, known, func(p piece) { ends[p.to] = append(ends[p.to], p) })
	// least[k][n] is what the first n characters take, as k pieces in one of
	// their orders.
	least := make([][]float64, len(typed)+1)
	best, orders := math.Inf(1), 0.0
	for k := range least {
		least[k] = slices.Repeat([]float64{math.Inf(1)}, len(typed)+1)
		if k == 0 {
			least[0][0] = 0
			continue
		}
		for n := 1; n <= len(typed); n++ {
			for _, p := range ends[n] {
				least[k][n] = min(least[k][n], least[k-1][p.from]+p.cost)
			}
		}
		orders += math.Log10(float64(k))
		best = min(best, least[k][len(typed)]+orders)
	}
	return best
}

// pieces finds all that a password may consist of. It is in lower case.
func pieces(typed []rune, known []string, found func(piece)) {
	for from := range typed {
		cost := 0.0
		for to := from + 1; to <= len(typed); to++ {
			if cost += perLetter; typed[to-1] > unicode.MaxASCII {
				cost += perOther - perLetter
			}
			found(piece{from, to, cost})
		}
		if n, cost := repeated(typed[from:]); n > 0 {
			found(piece{from, from + n, cost})
		}
		if n := inRow(typed[from:]); n > 0 {
			found(piece{from, from + n, perRow})
		}
		switch n := year(typed[from:]); n {
		case 4:
			found(piece{from, from + n, perYear})
		case 8:
			found(piece{from, from + n, perDate})
		}
	}
	for _, spelt := range []string{string(typed), strings.Map(unleet, string(typed))} {
		words(known, func(word string, cost float64) {
			for at := 0; ; at += len(word) {
				i := strings.Index(spelt[at:], word)
				if i < 0 {
					return
				}
				at += i
				from := utf8.RuneCountInString(spelt[:at])
				found(piece{from, from + utf8.RuneCountInString(word), cost})
			}
		})
	}
}

// words tells all that are guessed, in lower case, and what each takes.
func words(known []string, each func(word string, cost float64)) {
	for _, w := range known {
		w = strings.ToLower(strings.TrimSpace(w))
		if w != "" {
			each(w, 0)
		}
		for part := range strings.FieldsFuncSeq(w, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if utf8.RuneCountInString(part) >= shortestWord {
				each(part, 0)
			}
		}
	}
	for i, w := range commonWords {
		each(w, math.Log10(float64(i+1)))
	}
	for _, list := range frequency.FrequencyLists {
		for i, w := range list {
			if len(w) >= shortestWord {
				each(w, math.Log10(float64(i+1)))
			}
		}
	}
}

// shortestWord is how many characters are a word. Shorter ones are found as soon
// by trying all characters.
const shortestWord = 3

// unleet undoes the usual replacements of letters.
func unleet(r rune) rune {
	switch r {
	case '0':
		return 'o'
	case '1', '!':
		return 'i'
	case '3':
		return 'e'
	case '4', '@':
		return 'a'
	case '5', '$':
		return 's'
	case '7':
		return 't'
	}
	return r
}

// repeated is how many runes at the beginning are one part repeated, and what
// they take.
func repeated(r []rune) (best int, cost float64) {
	for size := 1; size <= len(r)/2 && size <= 4; size++ {
		n := size
		for n < len(r) && r[n] == r[n-size] {
			n++
		}
		if n >= 2*size && n > best {
			best, cost = n, float64(size)*perLetter+math.Log10(float64(n)/float64(size))
		}
	}
	return best, cost
}

var rows = [...]string{
	"abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "`1234567890-=", "!@#$%^&*()_+",
	"1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/", "qazwsxedcrfvtgbyhnujmikolp", "!qaz@wsx#edc$rfv%tgb^yhn&ujm*ik<(ol>",
}

// inRow is how many runes at the beginning follow each other in a row, forwards
// or backwards.
func inRow(r []rune) int {
	best := 0
	for _, row := range rows {
		forwards := []rune(row)
		backwards := slices.Clone(forwards)
		slices.Reverse(backwards)
		for _, keys := range [][]rune{forwards, backwards} {
			for i := range keys {
				n := 0
				for n < len(r) && i+n < len(keys) && r[n] == keys[i+n] {
					n++
				}
				if n >= 3 {
					best = max(best, n)
				}
			}
		}
	}
	return best
}

// year is 4 if a year of somebody's life is at the beginning, with a month and a
// day 8.
func year(r []rune) int {
	digits := 0
	for digits < len(r) && digits < 8 && r[digits] >= '0' && r[digits] <= '9' {
		digits++
	}
	s := string(r[:digits])
	if digits < 4 || s[:2] != "19" && s[:2] != "20" {
		return 0
	}
	if digits == 8 && s[4:6] >= "01" && s[4:6] <= "12" && s[6:] >= "01" && s[6:] <= "31" {
		return 8
	}
	return 4
}

// commonWords are what else passwords of banks' offices in China are made of, the
// commonest first.
var commonWords = [...]string{
	"woaini", "mima", "admin", "jiebao", "zhaopin", "yinhang", "renshi", "nihao", "china", "zhongguo", "beijing", "shanghai", "guangzhou", "shenzhen",
	"woaiwo", "wodemima", "aini", "caonima", "zhaoshang", "gongshang", "nongye", "jianshe", "bank", "root", "user", "guest", "login", "passwd", "passw",
	"qwert", "zxcv", "abc", "abcd", "changeme", "default", "temp", "demo", "test", "administrator", "xiaoming", "zhangsan", "lisi", "wangwu", "laoshi",
	"laopo", "laogong", "baobei", "baobao", "kaixin", "shengri", "jintian", "mingtian", "tiantian", "weixin", "taobao", "alibaba", "tencent", "huawei",
	"xiaomi", "iphone", "apple", "google", "microsoft", "windows", "server", "oracle", "security", "banking", "finance", "spring", "autumn", "monday",
	"tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
	"密码", "我爱你", "你好", "中国", "银行", "北京", "上海", "管理员", "人事", "招聘", "捷报",
}
