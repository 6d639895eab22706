package signin

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"jiebao/conversations"
)

// The second factor is a time-based one-time password as authenticator apps make
// them (RFC 6238): HMAC-SHA-1, six digits, steps of 30 seconds. One step of
// difference between the clocks is allowed; a step that was used is over.

const (
	factorStep   = 30 * time.Second
	factorDigits = 6
	factorSecret = 20 // bytes, as RFC 4226 recommends
	recoveryMany = 10
	recoverySize = 12 // letters and digits, 60 bits

	forFactor = "factor" // what secrets are sealed for in the store
	forEnrol  = "enrol"  // and in the form that shows them
	enrolLife = 15 * time.Minute
)

var base32Plain = base32.StdEncoding.WithPadding(base32.NoPadding)

// codeAt is the code of a step (RFC 4226, section 5.3).
func codeAt(secret []byte, step int64) string {
	mac := hmac.New(sha1.New, secret)
	_ = binary.Write(mac, binary.BigEndian, step)
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	n := binary.BigEndian.Uint32(sum[at:at+4]) & 0x7fffffff
	return fmt.Sprintf("%0*d", factorDigits, n%1_000_000)
}

// stepOf finds the step of a code that is good at a time.
func stepOf(secret []byte, code string, now time.Time) (int64, bool) {
	current := now.Unix() / int64(factorStep/time.Second)
	found, ok := int64(0), false
	for _, step := range []int64{current - 1, current, current + 1} {
		if subtle.ConstantTimeCompare([]byte(codeAt(secret, step)), []byte(code)) == 1 {
			found, ok = step, true
		}
	}
	return found, ok
}

// Enrolment is a second factor that is about to be set up.
type Enrolment struct {
	// Secret is what an authenticator app takes, in groups of four letters.
	Secret string
	// Address is the same for the app's camera (Key URI Format of Google
	// Authenticator), to be shown as a QR code.
	Address string
	// Token goes with the form that confirms it.
	Token string
}

type enrolling struct {
	Agent  string    `json:"agent"`
	Secret []byte    `json:"secret"`
	Until  time.Time `json:"until"`
}

// Enrol begins to set up a second factor, which counts once Confirm has seen a
// code of it.
func (d *Desk) Enrol(a conversations.Agent, name string) (Enrolment, error) {
	secret := make([]byte, factorSecret)
	rand.Read(secret)
	return d.enrolment(a, name, enrolling{Agent: a.ID, Secret: secret, Until: d.o.Now().Add(enrolLife)})
}

// EnrolAgain shows what a token began to set up, after a wrong code.
func (d *Desk) EnrolAgain(a conversations.Agent, name, token string) (Enrolment, error) {
	var e enrolling
	if _, err := d.sealer.open(forEnrol, token, &e); err != nil || e.Agent != a.ID || d.o.Now().After(e.Until) {
		return d.Enrol(a, name)
	}
	return d.enrolment(a, name, e)
}

func (d *Desk) enrolment(a conversations.Agent, name string, e enrolling) (Enrolment, error) {
	token, err := d.sealer.seal(forEnrol, e)
	if err != nil {
		return Enrolment{}, err
	}
	if name == "" {
		name = a.Name
	}
	issuer := strings.ReplaceAll(d.o.Issuer, ":", " ")
	text := base32Plain.EncodeToString(e.Secret)
	q := url.Values{"secret": {text}, "issuer": {issuer}, "algorithm": {"SHA1"}, "digits": {fmt.Sprint(factorDigits)}, "period": {fmt.Sprint(int(factorStep.Seconds()))}}
	address := "otpauth://totp/" + url.PathEscape(issuer+":"+name) + "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
	return Enrolment{Secret: grouped(text), Address: address, Token: token}, nil
}

// Confirm sets the second factor up that the token began, if the code is one of
// it, and returns recovery codes. They are shown once.
func (d *Desk) Confirm(ctx context.Context, agent, token, code string) ([]string, error) {
	var e enrolling
	if _, err := d.sealer.open(forEnrol, token, &e); err != nil || e.Agent != agent || d.o.Now().After(e.Until) {
		return nil, ErrLate
	}
	step, ok := stepOf(e.Secret, digits(code), d.o.Now())
	if !ok {
		return nil, ErrWrong
	}
	return d.setFactor(ctx, agent, e.Secret, step)
}

func (d *Desk) setFactor(ctx context.Context, agent string, secret []byte, step int64) ([]string, error) {
	sealed, err := d.sealer.seal(forFactor+agent, secret)
	if err != nil {
		return nil, err
	}
	codes, hashes := make([]string, recoveryMany), make([]string, recoveryMany)
	for i := range codes {
		code := rand.Text()[:recoverySize]
		codes[i], hashes[i] = grouped(code), recoveryHash(agent, code)
	}
	if err := d.o.Store.SetFactor(ctx, agent, sealed, step, hashes, d.o.Now()); err != nil {
		return nil, fmt.Errorf("setting up a second factor: %w", err)
	}
	return codes, nil
}

// Code takes a code of the agent's second factor, or a recovery code, which
// works once. known says that the browser is known to be the agent's. Wrong is
// ErrWrong, and too often wrong a *WaitError.
func (d *Desk) Code(ctx context.Context, agent, code string, known bool) error {
	l, err := d.o.Store.Login(ctx, agent)
	if err != nil {
		return fmt.Errorf("looking for a second factor: %w", err)
	}
	try := conversations.Tries{Key: key("code", agent, fmt.Sprint(known)), Free: freeTries}
	if err := d.try(ctx, try); err != nil {
		return err
	}
	err = d.useCode(ctx, l, code)
	if errors.Is(err, conversations.ErrNotFound) {
		return ErrWrong
	}
	if err == nil {
		err = d.o.Store.Forgive(ctx, try.Key)
	}
	return err
}

func (d *Desk) useCode(ctx context.Context, l conversations.Login, code string) error {
	typed := digits(code)
	if len(typed) != factorDigits {
		return d.o.Store.UseRecoveryCode(ctx, l.Agent, recoveryHash(l.Agent, code))
	}
	var secret []byte
	stale, err := d.sealer.open(forFactor+l.Agent, l.Factor, &secret)
	if err != nil {
		return fmt.Errorf("reading a second factor, which the agent has to set up anew if documents.key is another: %w", err)
	}
	step, ok := stepOf(secret, typed, d.o.Now())
	if !ok {
		return conversations.ErrNotFound
	}
	if err := d.o.Store.UseStep(ctx, l.Agent, step); err != nil || !stale {
		return err
	}
	sealed, err := d.sealer.seal(forFactor+l.Agent, secret)
	if err != nil {
		return err
	}
	return d.o.Store.Reseal(ctx, l.Agent, l.Factor, sealed)
}

// DropFactor takes the second factor of an agent away, who then signs in without
// or has to set up another.
func (d *Desk) DropFactor(ctx context.Context, agent string) error {
	return d.o.Store.DropFactor(ctx, agent)
}

// digits is a code as the app shows it, without what people put between.
func digits(code string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == ' ' || r == '-':
			return -1
		}
		return r
	}, strings.TrimSpace(code))
}

func recoveryHash(agent, code string) string {
	plain := strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(strings.TrimSpace(code)))
	sum := sha256.Sum256([]byte("recovery\x00" + agent + "\x00" + plain))
	return hex.EncodeToString(sum[:])
}

// grouped puts a space after every four letters.
func grouped(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}
