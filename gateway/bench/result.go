package main

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const apiKey = "a-key-of-the-benchmark-with-40-characters"

// workplace is that of result n. It travels to the candidate in the template
// message, and there says which result it tells.
func workplace(n int) string { return street + strconv.Itoa(n) + "号" }

const street = "北京市朝阳区建国路"

// resultOf reads the number of the result that a template message tells.
func resultOf(text string) (n int, found bool) {
	_, after, found := strings.Cut(text, street)
	if !found {
		return 0, false
	}
	digits := 0
	for digits < len(after) && '0' <= after[digits] && after[digits] <= '9' {
		digits++
	}
	n, err := strconv.Atoi(after[:digits])
	return n, err == nil
}

// result is the request that posts result n, of a candidate whom
// the EHR knows the openid of.
func result(host, group string, n, candidate int, now time.Time) request {
	body := fmt.Sprintf(`{"id":"R-%s-%d","branch":"head/beijing/chaoyang",`+
		`"candidate":{"id":"C-%s-%d","name":"王小明","phone":"1%010d","email":"wang.xiaoming@example.com","locale":"zh-CN","addresses":[{"account":%q,"id":%q}]},`+
		`"position":{"id":"teller","title":%q},"interview":{"score":86.5,"passed":true,"highlights":["表达清楚"]},`+
		`"offer":{"start_date":%q,"reply_by":%q,"workplace":%q,"contact_name":"李娜","contact_phone":"010-12345678",`+
		`"documents":[{"id":"id_card","name":"身份证正反面"},{"id":"diploma","name":"毕业证"}]}}`,
		group, n, group, candidate, 3_000_000_000+candidate, accountID, openID(group, candidate),
		positions[n%len(positions)], now.AddDate(0, 0, 30).Format(time.DateOnly), now.AddDate(0, 0, 7).Format(time.RFC3339), workplace(n))
	return request{"http://" + host + "/v1/results", http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + apiKey}}, body}
}
