package preflight

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// column is one of a sheet: where its values stand in a posted result, and what
// people call it.
type column struct {
	path  string
	names []string
}

// columns are those that a sheet may have. Their first names are the ones to
// tell people.
func columns() []column {
	return []column{
		{"id", []string{"结果编号", "结果", "結果編號", "id", "result"}},
		{"branch", []string{"机构", "机构路径", "分行", "機構", "branch"}},
		{"candidate.id", []string{"候选人编号", "编号", "候選人編號", "candidate_id", "candidate"}},
		{"candidate.name", []string{"姓名", "名字", "name"}},
		{"candidate.phone", []string{"手机", "手机号", "电话", "手機", "手機號碼", "phone"}},
		{"candidate.email", []string{"邮箱", "电子邮件", "電郵", "email"}},
		{"candidate.locale", []string{"语言", "語言", "locale"}},
		{"position.title", []string{"岗位", "职位", "職位", "position"}},
		{"offer.start_date", []string{"入职日期", "入職日期", "start_date"}},
		{"offer.reply_by", []string{"回复截止", "答复截止", "回覆截止", "reply_by"}},
		{"offer.workplace", []string{"报到地点", "工作地点", "報到地點", "workplace"}},
		{"offer.contact_name", []string{"联系人", "聯絡人", "contact_name"}},
		{"offer.contact_phone", []string{"联系电话", "聯絡電話", "contact_phone"}},
	}
}

// SheetColumns names the columns that a sheet may have, in Chinese.
func SheetColumns() []string {
	var names []string
	for _, c := range columns() {
		names = append(names, c.names[0])
	}
	return names
}

// ErrSheet says what is wrong with a sheet as a whole.
var ErrSheet = errors.New("the sheet cannot be read")

// Documents makes of a sheet, rows of text copied from a spreadsheet or saved
// as CSV, the documents that would be posted, as a list in JSON. Its first row
// names the columns; those that nobody knows are left out. Interviews are taken
// as passed. Rows without an id get their number as one: nothing is stored.
// Errors are ErrSheet's.
func Documents(sheet string) ([]byte, error) {
	sheet = strings.TrimPrefix(sheet, "\ufeff")
	r := csv.NewReader(strings.NewReader(sheet))
	r.FieldsPerRecord, r.LazyQuotes, r.TrimLeadingSpace = -1, true, true
	if head, _, _ := strings.Cut(sheet, "\n"); strings.Contains(head, "\t") {
		r.Comma, r.TrimLeadingSpace = '\t', false
	}
	head, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("%w: its first row has to name the columns", ErrSheet)
	}
	paths := pathsOf(head)
	if !slices.Contains(paths, "candidate.name") {
		return nil, fmt.Errorf("%w: its first row names no column %s", ErrSheet, "姓名 (name)")
	}
	documents := []map[string]any{}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%w: row %d: %w", ErrSheet, len(documents)+2, err)
		}
		if d := document(paths, row); d != nil {
			number := strconv.Itoa(len(documents) + 1)
			complete(d, "id", "preflight-"+number)
			complete(d["candidate"].(map[string]any), "id", "preflight-"+number)
			documents = append(documents, d)
		}
	}
	return json.Marshal(documents)
}

// pathsOf are where the values of each column stand, "" for nowhere.
func pathsOf(head []string) []string {
	paths := make([]string, len(head))
	for i, name := range head {
		name = strings.ToLower(strings.TrimSpace(name))
		for _, c := range columns() {
			if slices.Contains(c.names, name) && !slices.Contains(paths, c.path) {
				paths[i] = c.path
			}
		}
	}
	return paths
}

// document is one row's, nil for an empty row.
func document(paths, row []string) map[string]any {
	d := map[string]any{
		"candidate": map[string]any{}, "position": map[string]any{}, "offer": map[string]any{},
		"interview": map[string]any{"score": 0, "passed": true},
	}
	empty := true
	for i, value := range row {
		value = strings.TrimSpace(value)
		if i >= len(paths) || paths[i] == "" || value == "" {
			continue
		}
		empty = false
		into := d
		outer, inner, nested := strings.Cut(paths[i], ".")
		if nested {
			into = d[outer].(map[string]any)
			outer = inner
		}
		into[outer] = value
	}
	if empty {
		return nil
	}
	return d
}

func complete(d map[string]any, key, value string) {
	if d[key] == nil {
		d[key] = value
	}
}
