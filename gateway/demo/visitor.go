package demo

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// visitor is a seeded candidate in the browser: they open the link of a message,
// prove who they are, and press buttons.
type visitor struct {
	client *http.Client
	at     *url.URL // the page they look at
	page   string
}

func newVisitor() *visitor {
	jar, _ := cookiejar.New(nil) // never fails without options
	return &visitor{client: &http.Client{Jar: jar, Timeout: 20 * time.Second}}
}

// open opens a link, and passes its door with the end of a telephone number.
func (v *visitor) open(ctx context.Context, link, phone string) error {
	if err := v.load(ctx, http.MethodGet, link, nil); err != nil {
		return err
	}
	if !strings.Contains(v.page, `name="digits"`) {
		return nil
	}
	number := digits(phone)
	return v.load(ctx, http.MethodPost, v.at.String(), url.Values{"digits": {number[max(0, len(number)-4):]}})
}

// The forms of a page, the fields in them that nobody sees, and their buttons.
var (
	formOf   = regexp.MustCompile(`(?s)<form method="post" action="([^"]*)"[^>]*>(.*?)</form>`)
	fieldOf  = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)
	buttonOf = regexp.MustCompile(`<button[^>]* name="([^"]*)" value="([^"]*)"`)
)

// press presses the first button whose value begins like that.
func (v *visitor) press(ctx context.Context, value string) error {
	for _, form := range formOf.FindAllStringSubmatch(v.page, -1) {
		for _, b := range buttonOf.FindAllStringSubmatch(form[2], -1) {
			if !strings.HasPrefix(html.UnescapeString(b[2]), value) {
				continue
			}
			fields := url.Values{b[1]: {html.UnescapeString(b[2])}}
			for _, f := range fieldOf.FindAllStringSubmatch(form[2], -1) {
				fields.Set(f[1], html.UnescapeString(f[2]))
			}
			return v.load(ctx, http.MethodPost, html.UnescapeString(form[1]), fields)
		}
	}
	return errors.New("the candidate's page has no button for it")
}

// load goes to an address, as seen from the page of now. Its errors name no
// link: links are secrets.
func (v *visitor) load(ctx context.Context, method, to string, fields url.Values) error {
	address, err := url.Parse(to)
	if err != nil {
		return errors.New("visiting the candidate's page: the link is broken")
	}
	if v.at != nil {
		address = v.at.ResolveReference(address)
	}
	r, err := http.NewRequestWithContext(ctx, method, address.String(), strings.NewReader(fields.Encode()))
	if err != nil {
		return errors.New("visiting the candidate's page: the link is broken")
	}
	if fields != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := v.client.Do(r)
	if err != nil {
		var hidden *url.Error
		if errors.As(err, &hidden) {
			err = hidden.Err
		}
		return fmt.Errorf("visiting the candidate's page: %w", err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("visiting the candidate's page: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("visiting the candidate's page: it answered %d", resp.StatusCode)
	}
	v.at, v.page = resp.Request.URL, string(b)
	return nil
}
