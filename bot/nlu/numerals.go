package nlu

// hanDigit gives the value of a Chinese digit, including 十, 廿, 卅 and 两.
func hanDigit(r rune) (int, bool) {
	switch r {
	case '零':
		return 0, true
	case '一':
		return 1, true
	case '二', '两', '俩':
		return 2, true
	case '三', '仨':
		return 3, true
	case '四':
		return 4, true
	case '五':
		return 5, true
	case '六':
		return 6, true
	case '七':
		return 7, true
	case '八':
		return 8, true
	case '九':
		return 9, true
	case '十':
		return 10, true
	case '廿':
		return 20, true
	case '卅':
		return 30, true
	case '百':
		return 100, true
	case '千':
		return 1000, true
	}
	return 0, false
}

// hanDigits returns the end of the run of Chinese digits that starts at i.
func hanDigits(text []rune, i int) int {
	for i < len(text) {
		if _, ok := hanDigit(text[i]); !ok {
			break
		}
		i++
	}
	return i
}

// hanNumber reads a run of Chinese digits, either as a number (二十八, 十五) or,
// without 十 or 百, digit by digit (二零二六); it is then positional.
func hanNumber(run []rune) (n int, positional bool) {
	positional = len(run) > 1
	for _, r := range run {
		if v, _ := hanDigit(r); v >= 10 {
			positional = false
		}
	}
	if positional {
		for _, r := range run[:min(len(run), 9)] {
			v, _ := hanDigit(r)
			n = n*10 + v
		}
		return n, true
	}
	digit := 0
	for _, r := range run {
		v, _ := hanDigit(r)
		switch {
		case v == 10 || v == 100 || v == 1000:
			n += max(digit, 1) * v
			digit = 0
		case v > 10:
			n += v
		default:
			digit = v
		}
		if n > 1<<20 {
			return n, false
		}
	}
	return n + digit, false
}
