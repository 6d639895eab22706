package wire_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"jiebao/gateway/ehr/wire"
)

// identity is a certificate which signed itself, and its key.
type identity struct{ certificate, key string }

func newIdentity(t *testing.T, name string, ends time.Time) identity {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: ends, IsCA: true, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return identity{
		certificate: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		key:         string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})),
	}
}

func pemOf(s *httptest.Server) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}))
}

// mutual starts an endpoint that asks for the certificate of who.
func mutual(t *testing.T, who identity) *endpoint {
	t.Helper()
	e := record(t, status(http.StatusNoContent))
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(who.certificate))
	e.TLS = &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool}
	e.StartTLS()
	return e
}

func TestMutualTLS(t *testing.T) {
	t.Parallel()
	ends := time.Now().Add(24 * time.Hour).Truncate(time.Second)
	us, stranger := newIdentity(t, "jiebao", ends), newIdentity(t, "stranger", ends)
	e := mutual(t, us)
	with := func(who identity, ca string) (wire.Answer, error) {
		s := settings(e.URL)
		s.TLS = &wire.TLS{Certificate: who.certificate, Key: wire.Hide(who.key), CA: ca}
		return open(t, s, wire.Options{Reach: loopback()}).Post(t.Context(), id, []byte(event))
	}
	if got, err := with(us, pemOf(e.Server)); err != nil || !got.Took() {
		t.Errorf("with our certificate: %+v, %v", got, err)
	}
	if name := e.last(t).TLS.PeerCertificates[0].Subject.CommonName; name != "jiebao" {
		t.Errorf("the endpoint saw the certificate of %s", name)
	}
	_, err := with(stranger, pemOf(e.Server))
	wantFailure(t, err, wire.Insecure, "may want another client certificate")
	_, err = with(identity{}, pemOf(e.Server))
	wantFailure(t, err, wire.Insecure, "certificate required")
	_, err = with(us, "")
	wantFailure(t, err, wire.Insecure, "is not believed")
	_, err = with(us, us.certificate)
	wantFailure(t, err, wire.Insecure, "is not believed")
	s := wire.Settings{TLS: &wire.TLS{Certificate: us.certificate, Key: wire.Hide(us.key)}}
	if got := s.CertificateEnds(); !got.Equal(ends) {
		t.Errorf("the certificate ends at %s, want %s", got, ends)
	}
}

func TestServerNameIsHeldTo(t *testing.T) {
	t.Parallel()
	e := record(t, status(http.StatusNoContent))
	e.StartTLS()
	for name, ok := range map[string]bool{"": true, "example.com": true, "ehr.bank.example": false} {
		s := settings(e.URL)
		s.TLS = &wire.TLS{CA: pemOf(e.Server), ServerName: name}
		_, err := open(t, s, wire.Options{Reach: loopback()}).Post(t.Context(), id, []byte(event))
		if (err == nil) != ok {
			t.Errorf("as %q: %v", name, err)
		}
		if !ok {
			wantFailure(t, err, wire.Insecure, "is not believed")
		}
	}
}

// TestNamesAreLookedAtAfterResolution posts to a name that leads to this
// machine, as a name of an attacker's domain can at any time.
func TestNamesAreLookedAtAfterResolution(t *testing.T) {
	t.Parallel()
	e := record(t, status(http.StatusNoContent))
	e.StartTLS()
	u, err := url.Parse(e.URL)
	if err != nil {
		t.Fatal(err)
	}
	s := settings("https://localhost:" + u.Port())
	s.TLS = &wire.TLS{CA: pemOf(e.Server), ServerName: "example.com"}
	_, err = open(t, s, wire.Options{}).Post(t.Context(), id, []byte(event))
	wantFailure(t, err, wire.Forbidden, "add its network to ehr.allow_networks")
	if len(e.seen) != 0 {
		t.Error("the endpoint saw a request")
	}
	if got, err := open(t, s, wire.Options{Reach: wire.Reach{Trusted: true}}).Post(t.Context(), id, []byte(event)); err != nil || !got.Took() {
		t.Errorf("from the configuration's file: %+v, %v", got, err)
	}
}

// proxy is a CONNECT proxy that takes everybody who asks by the password to
// one place.
type proxy struct {
	*httptest.Server
	asked, credentials chan string
}

func newProxy(t *testing.T, to string, secure bool) *proxy {
	t.Helper()
	p := &proxy{asked: make(chan string, 8), credentials: make(chan string, 8)}
	p.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.asked <- r.Method + " " + r.Host
		p.credentials <- r.Header.Get("Proxy-Authorization")
		if r.TLS != nil && len(r.TLS.PeerCertificates) > 0 {
			t.Error("the proxy was shown the client's certificate")
		}
		out, err := net.Dial("tcp", to)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		in, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(in, "HTTP/1.1 200 OK\r\n\r\n")
		join(in, buffered, out)
	}))
	if secure {
		p.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
		p.StartTLS()
	} else {
		p.Start()
	}
	t.Cleanup(p.Close)
	return p
}

func join(in net.Conn, buffered *bufio.ReadWriter, out net.Conn) {
	go func() {
		_, _ = io.Copy(out, buffered)
		_ = out.Close()
	}()
	_, _ = io.Copy(in, out)
	_ = in.Close()
}

// TestProxyIsToldAnAddressThatWasLookedAt goes through proxies, of which
// nobody but the configuration's file leaves the name to them.
func TestProxyIsToldAnAddressThatWasLookedAt(t *testing.T) {
	t.Parallel()
	us := newIdentity(t, "jiebao", time.Now().Add(time.Hour))
	e := mutual(t, us)
	address := e.Listener.Addr().String()
	for _, c := range []struct {
		name   string
		secure bool
		reach  wire.Reach
		asked  string
	}{
		{"of the API", false, loopback(), "CONNECT 8.8.4.4:443"},
		{"of the API, by TLS", true, loopback(), "CONNECT 8.8.4.4:443"},
		{"of the file", false, wire.Reach{Trusted: true}, "CONNECT ehr.example.com:443"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newProxy(t, address, c.secure)
			s := settings("https://ehr.example.com/hooks")
			ca := pemOf(e.Server)
			if c.secure {
				ca += pemOf(p.Server)
			}
			s.TLS = &wire.TLS{Certificate: us.certificate, Key: wire.Hide(us.key), CA: ca, ServerName: "example.com"}
			s.Proxy = &wire.Proxy{URL: p.URL, Username: "jiebao", Password: wire.Hide("geheim")}
			resolver := names{"8.8.4.4"}
			got, err := open(t, s, wire.Options{Reach: c.reach, Resolver: resolver}).Post(t.Context(), id, []byte(event))
			if err != nil || !got.Took() {
				t.Fatalf("%+v, %v", got, err)
			}
			if asked := <-p.asked; asked != c.asked {
				t.Errorf("the proxy was asked to %s, want %s", asked, c.asked)
			}
			if sent := <-p.credentials; sent != "Basic amllYmFvOmdlaGVpbQ==" {
				t.Errorf("the proxy got %q", sent)
			}
			if host := e.last(t).Host; host != "ehr.example.com" {
				t.Errorf("the endpoint was asked for %s", host)
			}
		})
	}
}

func TestProxyIsNotAskedForWhatIsForbidden(t *testing.T) {
	t.Parallel()
	p := newProxy(t, "127.0.0.1:1", false)
	s := settings("https://ehr.example.com/hooks")
	s.Proxy = &wire.Proxy{URL: p.URL}
	_, err := open(t, s, wire.Options{Reach: loopback(), Resolver: names{"10.0.0.7"}}).Post(t.Context(), id, []byte(event))
	wantFailure(t, err, wire.Forbidden, "private network")
	if len(p.asked) != 0 {
		t.Errorf("the proxy was asked to %s", <-p.asked)
	}
	u, err := url.Parse(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	s.Proxy.URL = "http://localhost:" + u.Port()
	_, err = open(t, s, wire.Options{Resolver: names{"8.8.4.4"}}).Post(t.Context(), id, []byte(event))
	wantFailure(t, err, wire.Forbidden, "this machine itself")
}

func TestRefusalOfTheProxyIsToldFromTheEndpoints(t *testing.T) {
	t.Parallel()
	p := newProxy(t, "127.0.0.1:1", false) // where nothing listens
	s := settings("https://ehr.example.com/hooks")
	s.Proxy = &wire.Proxy{URL: p.URL}
	_, err := open(t, s, wire.Options{Reach: loopback(), Resolver: names{"8.8.4.4"}}).Post(t.Context(), id, []byte(event))
	wantFailure(t, err, wire.Unreachable, "the proxy answered 502 Bad Gateway")
}

// TestSOCKS5 goes through a proxy that speaks RFC 1928 with a user and a
// password as in RFC 1929.
func TestSOCKS5(t *testing.T) {
	t.Parallel()
	e := record(t, status(http.StatusNoContent))
	e.StartTLS()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	asked := make(chan string, 1)
	go socks(l, e.Listener.Addr().String(), asked)
	s := settings("https://ehr.example.com/hooks")
	s.TLS = &wire.TLS{CA: pemOf(e.Server), ServerName: "example.com"}
	s.Proxy = &wire.Proxy{URL: "socks5://" + l.Addr().String(), Username: "u", Password: wire.Hide("p")}
	got, err := open(t, s, wire.Options{Reach: loopback(), Resolver: names{"8.8.4.4"}}).Post(t.Context(), id, []byte(event))
	if err != nil || !got.Took() {
		t.Fatalf("%+v, %v", got, err)
	}
	if want := "u:p to 8.8.4.4"; <-asked != want {
		t.Errorf("the proxy was not asked by %s", want)
	}
}

// socks serves one connection.
func socks(l net.Listener, to string, asked chan<- string) {
	defer close(asked)
	in, err := l.Accept()
	if err != nil {
		return
	}
	r := bufio.NewReader(in)
	next := func(n int) []byte {
		b := make([]byte, n)
		_, _ = io.ReadFull(r, b)
		return b
	}
	next(int(next(2)[1]))
	_, _ = in.Write([]byte{5, 2})
	user := next(int(next(2)[1]))
	password := next(int(next(1)[0]))
	_, _ = in.Write([]byte{1, 0})
	next(4) // the version, CONNECT, nothing, IPv4
	address := net.IP(next(4))
	next(2)
	asked <- fmt.Sprintf("%s:%s to %s", user, password, address)
	_, _ = in.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	out, err := net.Dial("tcp", to)
	if err != nil {
		_ = in.Close()
		return
	}
	join(in, bufio.NewReadWriter(r, nil), out)
}
