package carrier

import "strings"

// mainland is the country code of mainland China.
const mainland = "86"

// E164 writes a phone number of the core, in digits, with its country code and
// a plus sign: eleven digits that begin with 1 are a mainland mobile, eight a
// number of Hong Kong, and longer ones carry their country code already. It
// says no to what cannot be called from abroad.
func E164(phone string) (string, bool) {
	phone = strings.TrimPrefix(phone, "+")
	for _, r := range phone {
		if r < '0' || r > '9' {
			return "", false
		}
	}
	switch n := len(phone); {
	case IsMainland(phone):
		return "+" + mainland + phone, true
	case n == 8 && phone[0] >= '4':
		return "+852" + phone, true
	case n >= 9 && n <= 15 && phone[0] != '0':
		return "+" + phone, true
	}
	return "", false
}

// IsMainland says whether phone is a mobile number of mainland China, as it is
// dialled there.
func IsMainland(phone string) bool { return len(phone) == 11 && phone[0] == '1' }

// Dialled writes a number of E164 as providers in mainland China take it:
// their own without a country code, others with it, none with a plus sign.
func Dialled(e164 string) string {
	number := strings.TrimPrefix(e164, "+")
	if own, ok := strings.CutPrefix(number, mainland); ok && IsMainland(own) {
		return own
	}
	return number
}
