package wechatsim_test

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"jiebao/channels/wechat/wechatsim"
)

func onePixel(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (p *platform) upload(kind, name string, data []byte) said {
	p.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreateFormFile("media", name)
	if err != nil {
		p.t.Fatal(err)
	}
	part.Write(data)
	form.Close()
	r, err := http.NewRequest(http.MethodPost, p.url+p.with("/cgi-bin/media/upload")+"&type="+kind, &b)
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	s, err := p.do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	return s
}

func (p *platform) download(id string) (*http.Response, string) {
	p.t.Helper()
	resp, err := http.Get(p.url + p.with("/cgi-bin/media/get") + "&media_id=" + id)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return resp, string(b)
}

func TestMediaLivesThreeDays(t *testing.T) {
	t.Parallel()
	p := start(t, wechatsim.Options{}, nil, nil)
	picture := onePixel(t)
	id := want(t, p.upload("image", "证件.png", picture), 0).MediaID
	resp, body := p.download(id)
	if body != string(picture) || resp.Header.Get("Content-Type") != "image/png" ||
		resp.Header.Get("Content-Disposition") != `attachment; filename="`+id+`.png"` {
		t.Fatalf("download: %v", resp.Header)
	}
	p.Advance(72*time.Hour - time.Second)
	if _, body := p.download(id); body != string(picture) {
		t.Fatal("gone before three days")
	}
	p.Advance(time.Second)
	resp, body = p.download(id)
	if !strings.Contains(body, "40007") || resp.Header.Get("Content-Type") != "text/plain" {
		t.Fatalf("after three days: %s %q", resp.Header.Get("Content-Type"), body)
	}
}

func TestMediaChecks(t *testing.T) {
	t.Parallel()
	p := start(t, wechatsim.Options{}, nil, nil)
	picture := onePixel(t)
	want(t, p.upload("document", "a.pdf", picture), 40004)
	want(t, p.upload("image", "a.pdf", picture), 40005)
	want(t, p.upload("image", "a.png", []byte("not a picture")), 40005)
	want(t, p.upload("image", "a.png", nil), 41005)
	want(t, p.upload("thumb", "a.jpg", append(picture, make([]byte, 64<<10)...)), 40006)
	want(t, p.upload("voice", "a.amr", make([]byte, 2<<20+1)), 40006)
	id := want(t, p.upload("video", "a.mp4", []byte("mp4")), 0).MediaID
	if _, body := p.download(id); !strings.Contains(body, `"video_url":"`+p.url+`/_sim/media/`) {
		t.Fatalf("a video is answered by a link, not %s", body)
	}
}

func TestCandidatesPictureCanBeFetchedBothWays(t *testing.T) {
	t.Parallel()
	p := start(t, wechatsim.Options{}, nil, nil)
	p.follow()
	picture := onePixel(t)
	if _, err := p.anna.SendImage(picture); err != nil {
		t.Fatal(err)
	}
	sc := p.anna.Screen()
	m := sc.Messages[len(sc.Messages)-1]
	if _, body := p.download(m.MediaID); body != string(picture) {
		t.Error("media/get gives other bytes")
	}
	resp, err := http.Get(m.MediaURL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if b, _ := io.ReadAll(resp.Body); string(b) != string(picture) {
		t.Error("PicUrl gives other bytes")
	}
}

func TestCodes(t *testing.T) {
	t.Parallel()
	p := start(t, wechatsim.Options{}, nil, nil)
	path := p.with("/cgi-bin/qrcode/create")
	make := func(action string, scene object, seconds int) said {
		return p.post(path, object{"action_name": action, "expire_seconds": seconds, "action_info": object{"scene": scene}})
	}
	want(t, make("QR_STR_SCENE", object{"scene_str": ""}, 60), 40053)
	want(t, make("QR_STR_SCENE", object{"scene_str": strings.Repeat("x", 65)}, 60), 40053)
	want(t, make("QR_STR_SCENE", object{"scene_str": "x"}, 2592001), 40053)
	want(t, make("QR_LIMIT_SCENE", object{"scene_id": 100001}, 0), 40053)
	code := want(t, make("QR_STR_SCENE", object{"scene_str": "x"}, 0), 0)
	resp, err := http.Get(p.url + "/cgi-bin/showqrcode?ticket=" + code.Ticket)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := png.Decode(resp.Body); err != nil || resp.Header.Get("Content-Type") != "image/png" {
		t.Fatalf("showqrcode: %s, %v", resp.Header.Get("Content-Type"), err)
	}
	p.Advance(time.Minute)
	if _, err := p.anna.Scan(code.Ticket); err == nil {
		t.Fatal("scanned an expired code")
	}
}

func TestMenu(t *testing.T) {
	t.Parallel()
	p := start(t, wechatsim.Options{}, nil, nil)
	want(t, p.get(p.with("/cgi-bin/menu/get")), 46003)
	click := object{"type": "click", "name": "面试", "key": "K"}
	for code, buttons := range map[int][]object{
		40016: {click, click, click, click},
		40018: {{"type": "click", "name": "十七个字节以上的名称", "key": "K"}},
		40019: {{"type": "click", "name": "面试"}},
		40020: {{"type": "view", "name": "面试"}},
		40017: {{"type": "dance", "name": "面试"}},
		40023: {{"name": "多", "sub_button": []object{click, click, click, click, click, click}}},
		0:     {{"name": "更多", "sub_button": []object{click}}},
	} {
		if got := p.post(p.with("/cgi-bin/menu/create"), object{"button": buttons}).Code; got != code {
			t.Errorf("menu: %d, want %d", got, code)
		}
	}
	want(t, p.get(p.with("/cgi-bin/menu/get")), 0)
	p.follow()
	if _, err := p.anna.ClickMenu("K"); err != nil {
		t.Error(err)
	}
	want(t, p.get(p.with("/cgi-bin/menu/delete")), 0)
	if len(p.anna.Screen().Menu) != 0 {
		t.Error("the menu is still there")
	}
}

func TestUserInfoAndLogin(t *testing.T) {
	t.Parallel()
	p := start(t, wechatsim.Options{}, nil, nil)
	want(t, p.get(p.with("/cgi-bin/user/info")+"&openid=oNobody"), 40003)
	if got := p.get(p.with("/cgi-bin/user/info") + "&openid=" + p.anna.OpenID()); got.OpenID != p.anna.OpenID() {
		t.Errorf("user/info %+v", got)
	}
	if p.get(p.with("/cgi-bin/ticket/getticket")+"&type=jsapi").Ticket == "" {
		t.Error("no jsapi_ticket")
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Get(p.url + "/connect/oauth2/authorize?appid=" + appID + "&redirect_uri=https%3A%2F%2Fbank.example%2Fme&response_type=code&scope=snsapi_base&state=s1&openid=" + p.anna.OpenID())
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	back, err := resp.Location()
	if err != nil || back.Query().Get("state") != "s1" || back.Host != "bank.example" {
		t.Fatalf("redirected to %v, %v", back, err)
	}
	code := "/sns/oauth2/access_token?grant_type=authorization_code&appid=" + appID + "&secret=" + secret + "&code=" + back.Query().Get("code")
	if got := want(t, p.get(code), 0); got.OpenID != p.anna.OpenID() {
		t.Errorf("logged in as %q", got.OpenID)
	}
	want(t, p.get(code), 40163)
	want(t, p.get(code+"x"), 40029)
}
