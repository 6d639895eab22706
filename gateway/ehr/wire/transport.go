package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

// newClient makes a client that keeps as many connections as attempts are
// under way, speaks HTTP/1.1, so that no connection carries two attempts, and
// follows no redirect: a signed event is for the endpoint and for nobody it
// points at.
func newClient(s Settings, target *url.URL, reach Reach, inFlight int) (*http.Client, error) {
	t := &http.Transport{
		MaxIdleConns: inFlight, MaxIdleConnsPerHost: inFlight, MaxConnsPerHost: inFlight,
		IdleConnTimeout: 90 * time.Second, TLSHandshakeTimeout: 10 * time.Second,
		DisableCompression: true, MaxResponseHeaderBytes: maxAnswer,
		Protocols: new(http.Protocols),
	}
	t.Protocols.SetHTTP1(true)
	var err error
	if t.TLSClientConfig, err = tlsConfig(s, target.Hostname()); err != nil {
		return nil, err
	}
	plain := target.Scheme == "http" && s.Proxy == nil
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: reach.control(plain)}
	t.DialContext = dialer.DialContext
	if s.Proxy != nil {
		if err := through(t, dialer, s); err != nil {
			return nil, err
		}
	}
	return &http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}

func tlsConfig(s Settings, host string) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: host}
	if s.TLS == nil {
		return config, nil
	}
	if s.TLS.ServerName != "" {
		config.ServerName = s.TLS.ServerName
	}
	if s.TLS.CA != "" {
		config.RootCAs = x509.NewCertPool()
		config.RootCAs.AppendCertsFromPEM([]byte(s.TLS.CA))
	}
	if s.TLS.Certificate != "" {
		pair, err := clientCertificate(*s.TLS)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

// through makes t go through the proxy. An https proxy has a certificate of
// its own name, and gets to see neither the client's certificate nor anything
// of the event.
func through(t *http.Transport, dialer *net.Dialer, s Settings) error {
	u, err := url.Parse(s.Proxy.URL)
	if err != nil {
		return errors.New("the proxy's address cannot be read")
	}
	if s.Proxy.Username != "" || !s.Proxy.Password.IsZero() {
		u.User = url.UserPassword(s.Proxy.Username, s.Proxy.Password.Reveal())
	}
	t.Proxy = http.ProxyURL(u)
	t.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
		if answer.StatusCode == http.StatusOK {
			return nil
		}
		return fmt.Errorf("the proxy answered %d %s", answer.StatusCode, http.StatusText(answer.StatusCode))
	}
	if u.Scheme != "https" {
		return nil
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if s.TLS != nil && s.TLS.CA != "" {
		roots.AppendCertsFromPEM([]byte(s.TLS.CA))
	}
	secure := &tls.Dialer{NetDialer: dialer, Config: &tls.Config{MinVersion: tls.VersionTLS12, ServerName: u.Hostname(), RootCAs: roots}}
	t.DialTLSContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		return secure.DialContext(ctx, network, address)
	}
	return nil
}
