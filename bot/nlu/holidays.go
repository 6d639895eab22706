package nlu

import "time"

// holiday is a feast with a fixed rule for its day.
type holiday struct {
	name  string // as in the State Council's notices, when it has days off
	words string // what people call it
	on    func(year int) Date
}

// holidays holds the feasts that candidates name. For lunar feasts the year is
// the lunar year, except for 除夕, whose last month belongs to the year before.
var holidays = []holiday{
	{"元旦", "元旦 元旦节 阳历新年 新年第一天 new_year's_day new_year new_years_day", fixed(1, 1)},
	{"春节", "春节 农历新年 新春 大年初一 过年 新年 年初一 spring_festival spring_festival_holiday chinese_new_year_holiday chinese_new_year cny lunar_new_year", lunarDay(1, 1)},
	{"清明节", "清明节 清明 扫墓节 tomb_sweeping_day qingming ching_ming", func(y int) Date { return solarTerm(y, 1) }},
	{"劳动节", "五一国际劳动节 五一劳动节 国际劳动节 劳动节 五一节 五一假期 五一 五.一 labour_day labor_day may_day", fixed(5, 1)},
	{"端午节", "端午节 端午 端阳节 龙舟节 dragon_boat_festival dragon_boat", lunarDay(5, 5)},
	{"中秋节", "中秋节 中秋 八月节 mid-autumn_festival mid_autumn_festival mid-autumn mid_autumn moon_festival", lunarDay(8, 15)},
	{"国庆节", "国庆节 国庆 十一国庆 十一黄金周 十一长假 十一假期 十.一 national_day golden_week the_national_holiday national_holiday national_day_holiday national_holidays", fixed(10, 1)},
	{"除夕", "除夕 除夕夜 大年三十 大年夜 年三十 年廿九 年三十晚 chinese_new_year's_eve", func(y int) Date { return lunarNewYear(y + 1).AddDays(-1) }},
	{"元宵节", "元宵节 元宵 正月十五 lantern_festival", lunarDay(1, 15)},
	{"七夕", "七夕节 七夕 乞巧节", lunarDay(7, 7)},
	{"中元节", "中元节 鬼节 盂兰节", lunarDay(7, 15)},
	{"重阳节", "重阳节 重阳 老人节", lunarDay(9, 9)},
	{"腊八", "腊八节 腊八", lunarDay(12, 8)},
	{"小年", "小年", lunarDay(12, 23)},
	{"情人节", "情人节 valentine's_day valentines_day", fixed(2, 14)},
	{"妇女节", "三八妇女节 妇女节 三八节 女神节 women's_day", fixed(3, 8)},
	{"植树节", "植树节", fixed(3, 12)},
	{"消费者权益日", "三一五 消费者权益日 消费者权益保护日", fixed(3, 15)},
	{"愚人节", "愚人节 april_fools'_day april_fools", fixed(4, 1)},
	{"青年节", "五四青年节 青年节", fixed(5, 4)},
	{"护士节", "护士节", fixed(5, 12)},
	{"儿童节", "六一儿童节 儿童节 六一节 六一 children's_day", fixed(6, 1)},
	{"建党节", "七一建党节 建党节 建党日", fixed(7, 1)},
	{"建军节", "八一建军节 建军节 八一", fixed(8, 1)},
	{"九一八", "九一八", fixed(9, 18)},
	{"教师节", "教师节 teachers'_day teacher's_day", fixed(9, 10)},
	{"光棍节", "光棍节 双十一 双11", fixed(11, 11)},
	{"双十二", "双十二 双12", fixed(12, 12)},
	{"万圣节", "万圣节 halloween", fixed(10, 31)},
	{"平安夜", "平安夜 圣诞夜 christmas_eve", fixed(12, 24)},
	{"圣诞节", "圣诞节 圣诞 christmas xmas christmas_day", fixed(12, 25)},
	{"跨年", "跨年夜 new_year's_eve", fixed(12, 31)},
	{"母亲节", "母亲节 mother's_day", nthSunday(5, 2)},
	{"父亲节", "父亲节 father's_day", nthSunday(6, 3)},
	{"感恩节", "感恩节 thanksgiving thanksgiving_day", func(y int) Date { return nthWeekdayOf(monthSpan(y, 11), 4, 3) }},
}

func fixed(m, d int) func(int) Date {
	return func(y int) Date { return civil(y, time.Month(m), d) }
}

func lunarDay(m, d int) func(int) Date {
	return func(y int) Date {
		date, _ := FromLunar(y, m, d, false)
		return date
	}
}

func nthSunday(m, n int) func(int) Date {
	return func(y int) Date { return nthWeekdayOf(monthSpan(y, m), n, 6) }
}
