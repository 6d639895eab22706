package preflight

import (
	"encoding/json"
	"errors"
	"testing"
)

func TestSheets(t *testing.T) {
	t.Parallel()
	for name, sheet := range map[string]string{
		"copied":   "姓名\t手机\t岗位\t备注\t入职日期\n王小明\t13800138000\t柜员, 综合\t无\t2026-07-06\n\t\t\t\n李娜\t\t\"客户\n经理\"\n",
		"saved":    "\ufeff姓名,手机,岗位,备注,入职日期\r\n王小明,13800138000,\"柜员, 综合\",无,2026-07-06\r\n,,,\r\n李娜,,\"客户\n经理\"\r\n",
		"in other": "Name,PHONE,position,note,start_date\n王小明,13800138000,\"柜员, 综合\",x,2026-07-06\n李娜,,\"客户\n经理\"",
	} {
		text, err := Documents(sheet)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var got []struct {
			ID        string
			Candidate struct{ ID, Name, Phone string }
			Position  struct{ Title string }
			Interview struct{ Passed bool }
			Offer     struct {
				StartDate string `json:"start_date"`
			}
		}
		if err := json.Unmarshal(text, &got); err != nil || len(got) != 2 {
			t.Fatalf("%s: %v, %s", name, err, text)
		}
		first, second := got[0], got[1]
		if first.Candidate.Name != "王小明" || first.Candidate.Phone != "13800138000" || first.Position.Title != "柜员, 综合" || first.Offer.StartDate != "2026-07-06" || !first.Interview.Passed {
			t.Errorf("%s: the first is %+v", name, first)
		}
		if second.Candidate.Name != "李娜" || second.Position.Title != "客户\n经理" || second.ID == first.ID || second.Candidate.ID == "" {
			t.Errorf("%s: the second is %+v", name, second)
		}
	}
	for _, bad := range []string{"", "手机\n138", "no names here"} {
		if _, err := Documents(bad); !errors.Is(err, ErrSheet) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func FuzzDocuments(f *testing.F) {
	f.Add("姓名,手机\n王小明,138\n")
	f.Add("name\tid\n\"a\tb\nc\"\t\n")
	f.Fuzz(func(t *testing.T, sheet string) {
		text, err := Documents(sheet)
		if err != nil {
			if !errors.Is(err, ErrSheet) {
				t.Errorf("%v", err)
			}
			return
		}
		var list []map[string]any
		if err := json.Unmarshal(text, &list); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	})
}
