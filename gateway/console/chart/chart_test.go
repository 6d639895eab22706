package chart

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// A plot is XML, says what it shows and holds nothing that a name could break.
func TestFunnel(t *testing.T) {
	t.Parallel()
	for _, bars := range [][]Bar{nil, {{Name: "发送"}}, {{"已通知", 200, "100%"}, {`<b>"&`, 1, ""}, {"确认", 0, "0%"}}} {
		svg := Funnel("f", "今日<漏斗>", "a & b", bars)
		d := xml.NewDecoder(strings.NewReader(svg))
		var err error
		for err == nil {
			_, err = d.Token()
		}
		if !errors.Is(err, io.EOF) {
			t.Errorf("%s: %v", svg, err)
		}
		if !strings.Contains(svg, "今日&lt;漏斗&gt;") || strings.Contains(svg, "<b>") || strings.Contains(svg, "style=") || strings.Count(svg, "chart-track") != len(bars) {
			t.Errorf("it is %s", svg)
		}
	}
	if svg := Funnel("f", "", "", []Bar{{"a", 100000, ""}, {"b", 1, ""}}); !strings.Contains(svg, `width="0.5%"`) || !strings.Contains(svg, `width="54.0%"`) {
		t.Errorf("the bars are %s", svg)
	}
}
