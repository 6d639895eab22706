package nlu

import (
	"math"
	"time"
)

// solarTerms names the 24 solar terms (节气) in order of the sun's longitude,
// from 0° in steps of 15°.
var solarTerms = [...]string{
	"春分", "清明", "谷雨", "立夏", "小满", "芒种", "夏至", "小暑", "大暑", "立秋", "处暑", "白露",
	"秋分", "寒露", "霜降", "立冬", "小雪", "大雪", "冬至", "小寒", "大寒", "立春", "雨水", "惊蛰",
}

// solarTerm returns the day (UTC+8) in year y on which the sun reaches the
// longitude of solarTerms[k]. Method: Meeus, Astronomical Algorithms, chapter
// 25, low accuracy (0.01°, a quarter of an hour).
func solarTerm(y, k int) Date {
	target := float64(k) * 15
	days := math.Mod(target-280+360, 360) / 360 * 365.2422
	jd := 2451545 + float64(y-2000)*365.2422 + days
	for range 4 {
		off := math.Mod(target-sunLongitude(jd)+540, 360) - 180
		jd += off * 365.2422 / 360
	}
	const deltaT, east8 = 70.0 / 86400, 8.0 / 24
	noon := int(math.Floor(jd - deltaT + east8 + 0.5))
	return civil(2000, time.January, 1).AddDays(noon - 2451545)
}

// sunLongitude is the apparent longitude of the sun in degrees.
func sunLongitude(jd float64) float64 {
	t := (jd - 2451545) / 36525
	rad := func(deg float64) float64 { return deg * math.Pi / 180 }
	mean := 280.46646 + 36000.76983*t + 0.0003032*t*t
	m := rad(357.52911 + 35999.05029*t - 0.0001537*t*t)
	centre := (1.914602-0.004817*t)*math.Sin(m) + (0.019993-0.000101*t)*math.Sin(2*m) + 0.000289*math.Sin(3*m)
	node := rad(125.04 - 1934.136*t)
	return math.Mod(mean+centre-0.00569-0.00478*math.Sin(node), 360)
}
