package streaming_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
	"github.com/miekg/dns"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
)

// names answers each question for an address with 127.0.0.1.
func names(t *testing.T) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := &dns.Server{Listener: l, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg)
		m.SetReply(q)
		if q.Question[0].Qtype == dns.TypeA {
			m.Answer = append(m.Answer, &dns.A{Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET}, A: net.IPv4(127, 0, 0, 1)})
		}
		_ = w.WriteMsg(m)
	})}
	done := make(chan error)
	ready := make(chan struct{})
	server.NotifyStartedFunc = func() { close(ready) }
	go func() { done <- server.ActivateAndServe() }()
	<-ready
	t.Cleanup(func() {
		require.NoError(t, server.Shutdown())
		require.NoError(t, <-done)
	})
	return l.Addr().String()
}

// TestTLSByACME gets a certificate from a real authority, Let's Encrypt's own for tests: it looks at the name by TLS-ALPN-01, and the
// server then shows what it has signed.
func TestTLSByACME(t *testing.T) {
	t.Setenv("PEBBLE_VA_NOSLEEP", "1")
	const name = "cam.example.test"
	var handler http.Handler
	front := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(front.Close)
	roots := filepath.Join(t.TempDir(), "authority.pem")
	require.NoError(t, os.WriteFile(roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: front.Certificate().Raw}), 0o600))
	cache := t.TempDir()
	s := newServer(t, streaming.Config{TLS: &streaming.TLS{
		Domains: []string{name}, Cache: cache, Directory: front.URL + wfe.DirectoryPath, Roots: roots, Email: "ops@example.test",
	}})
	addr, err := netip.ParseAddrPort(address(t, s))
	require.NoError(t, err)

	quiet, store := log.New(io.Discard, "", 0), db.NewMemoryStore()
	authority := ca.New(quiet, store, "", "ecdsa", 0, 1, map[string]ca.Profile{"default": {}})
	checks := va.New(quiet, 0, int(addr.Port()), false, names(t), store)
	frontEnd := wfe.New(quiet, store, checks, authority, []string{"example.test"}, false, false, 1, 1)
	pebble := frontEnd.Handler()
	handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Let's Encrypt names the order when it is finalised, and autocert wants that; this one leaves it out, as RFC 8555 allows.
		if id, ok := strings.CutPrefix(r.URL.Path, "/finalize-order/"); ok {
			w.Header().Set("Location", front.URL+"/my-order/"+id)
		}
		pebble.ServeHTTP(w, r)
	})

	trusted := x509.NewCertPool()
	require.True(t, trusted.AppendCertsFromPEM(authority.GetRootCert(0).PEM()))
	get := func(name string) (*http.Response, error) {
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted, ServerName: name}, DisableKeepAlives: true}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+"healthz", http.NoBody)
		require.NoError(t, err)
		return (&http.Client{Transport: transport}).Do(r)
	}
	resp, err := get(name)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.Equal(t, []string{name}, resp.TLS.PeerCertificates[0].DNSNames)
	require.Contains(t, resp.TLS.PeerCertificates[0].Issuer.CommonName, "Pebble")
	require.NotEmpty(t, resp.Header.Get("Strict-Transport-Security"))
	_, err = get("other.example.test")
	require.Error(t, err, "no certificate is asked for other names")

	// It is kept: after a restart the authority is not asked again.
	handler = http.NotFoundHandler()
	again := newServer(t, streaming.Config{TLS: &streaming.TLS{Domains: []string{name}, Cache: cache, Directory: front.URL + wfe.DirectoryPath, Roots: roots}})
	s = again
	resp, err = get(name)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
}
