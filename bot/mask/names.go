package mask

import (
	"regexp"
	"strings"
	"unicode"
)

// surnames are the family names that nine in ten people have, without those
// that mostly stand for something else in a message. Two of them are compound.
const (
	surnames  = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蔡蒋余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾韦夏付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮纪梅童凌毕单裴霍涂苗曲盛翁骆蓝路游辛管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳穆司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
	compounds = "欧阳|上官|司马|诸葛|司徒|皇甫|尉迟|公孙|慕容|令狐|夏侯|端木|东方|独孤|南宫"
)

const (
	oneName = `(?:(?:` + compounds + `)[\p{Han}\d]{1,2}|[` + surnames + `][\p{Han}\d]{1,2})`
	anyName = `\p{Han}{1,6}·\p{Han}{1,8}|` + oneName + `|\p{Han}{2,3}`
)

func namePatterns() []pattern {
	return []pattern{
		{Name, regexp.MustCompile(`(?:我叫|名字叫|名字是|名叫|姓名是?|称呼我|本人叫)[\s:为是]*(` + anyName + `)`), nil},
		{Name, regexp.MustCompile(`(?:我是|我系|我系叫|本人是?|这是|这里是|我同学|我朋友|我老公|我老婆|我妈妈?|我爸爸?|联系人|推荐人|家属)[\s:为是叫]*(` + oneName + `)`), isName},
		{Name, regexp.MustCompile(`(` + compounds + `|[` + surnames + `])(?:先生|女士|小姐|老师|经理|总监|主任|主管|行长|同学|医生|律师)`), nil},
		{Name, regexp.MustCompile(`(?:my name is|my name's|name is|name:|call me|signed,?)\s*([a-z][a-z'\-]+(?:\s+[a-z][a-z'\-]+)?)`), nil},
		{Name, regexp.MustCompile(`\b(?:i'm|im|i am|this is|regards,?|from)\s+([a-z][a-z'\-]+(?:\s+[a-z][a-z'\-]+)?)`), isCapital},
	}
}

// notNames are words that begin like a name, in folded characters.
var notNames = []string{"周1", "周2", "周3", "周4", "周5", "周6", "周日", "周天", "周末", "方便", "高兴", "成功", "明天", "明后", "明年", "明白", "明确", "和", "应该", "应届", "全", "向", "解", "连", "关于", "应", "单"}

// isName says whether a name in Chinese is none of the words that look like
// one, and no number in digits.
func isName(t *text, start, end int) bool {
	name := string(t.folded[start:end])
	for _, w := range notNames {
		if strings.HasPrefix(name, w) {
			return false
		}
	}
	for _, r := range t.runes[t.at[start] : t.at[end-1]+1] {
		if r >= '0' && r <= '9' {
			return false
		}
	}
	return true
}

// isCapital says whether every word is written as names are, and none belongs
// to a date.
func isCapital(t *text, start, end int) bool {
	for w := range strings.FieldsSeq(string(t.runes[t.at[start] : t.at[end-1]+1])) {
		first := []rune(w)[0]
		if !unicode.IsUpper(first) || calendarWords[strings.ToLower(w)] {
			return false
		}
	}
	return true
}

// calendarWords are the words of dates that people are called by, too.
var calendarWords = func() map[string]bool {
	words := map[string]bool{}
	for w := range strings.FieldsSeq(`january february march april may june july august september october november december
		jan feb mar apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday
		mon tue tues wed thu thur thurs fri sat sun summer spring autumn winter will hr ok`) {
		words[w] = true
	}
	return words
}()
