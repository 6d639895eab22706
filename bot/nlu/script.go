package nlu

// Simplifier returns a function that turns a traditional character into the
// simplified one and leaves others alone. It may be shared.
func Simplifier() func(rune) rune {
	pairs := simplifiedForms()
	return func(r rune) rune {
		if s, ok := pairs[r]; ok {
			return s
		}
		return r
	}
}

// simplifiedForms reads the pairs of traditional.txt.
func simplifiedForms() map[rune]rune {
	forms := make(map[rune]rune, 1024)
	var last rune
	for _, r := range traditionalPairs {
		switch {
		case r == '\n':
		case last == 0:
			last = r
		default:
			forms[last] = r
			last = 0
		}
	}
	return forms
}
