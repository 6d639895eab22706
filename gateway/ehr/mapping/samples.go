package mapping

import (
	"embed"
	"fmt"
)

//go:embed samples
var samples embed.FS

// Sample is a mapping to begin with. It has the shape of what such a receiver
// takes; the names of fields and codes differ from one installation to the
// next and have to be put in.
type Sample struct {
	Name    string // as in the address of its documentation
	Title   string // the receiver
	Shape   string // whose shape it has, and which document shows it
	Filter  string // the events that it is made for
	Mapping string
}

// Samples returns the samples that come with the program.
func Samples() ([]Sample, error) {
	const decisions = `event.type in ["start_date.confirmed", "offer.declined"]`
	all := []Sample{
		{Name: "beisen", Title: "北森 iTalent", Filter: decisions,
			Shape: "datas with customProperties, as in 北森开放平台, Offer: 批量新增待发Offer"},
		{Name: "yonyou", Title: "用友 U8", Filter: decisions,
			Shape: "one person, as in 用友U8开放平台, person/add"},
		{Name: "kingdee", Title: "金蝶云星空", Filter: decisions,
			Shape: "formid and data with a Model, as in 金蝶云星空 WebAPI, 保存接口 (Save)"},
		{Name: "workday", Title: "Workday", Filter: decisions,
			Shape: "an applicant with references of id and descriptor, as in Workday Recruiting REST API, Applicant"},
	}
	for i, s := range all {
		source, err := samples.ReadFile("samples/" + s.Name + ".cel")
		if err != nil {
			return nil, fmt.Errorf("reading the sample mapping %s: %w", s.Name, err)
		}
		all[i].Mapping = string(source)
	}
	return all, nil
}
