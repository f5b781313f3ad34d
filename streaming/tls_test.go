package streaming_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/streamtest"
)

// certificate makes a self-signed one: certificate and key in PEM.
func certificate(t *testing.T, name string) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	require.NoError(t, err)
	b, err := x509.MarshalECPrivateKey(private)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: b})
}

// trusting is a client that knows one certificate and calls the server by a name.
func trusting(t *testing.T, cert []byte, name string) *http.Client {
	t.Helper()
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(cert))
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: name}, DisableKeepAlives: true}}
}

func TestTLSByFiles(t *testing.T) {
	cert, key := certificate(t, "cam.example")
	certFile, keyFile := filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	require.NoError(t, os.WriteFile(certFile, cert, 0o600))
	require.NoError(t, os.WriteFile(keyFile, key, 0o600))
	s := newServer(t, streaming.Config{TLS: &streaming.TLS{CertFile: certFile, KeyFile: keyFile}})
	addStream(t, s, "demo", true)
	require.True(t, strings.HasPrefix(s.URL(), "https://"))
	client := trusting(t, cert, "cam.example")
	p := newPeer(t, webrtc.SettingEngine{}, nil)
	resp, err := client.Post(s.URL()+"whep/demo", "application/sdp", strings.NewReader(p.pc.PendingLocalDescription().SDP))
	require.NoError(t, err)
	var body bytes.Buffer
	_, err = body.ReadFrom(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusCreated, resp.StatusCode, body.String())
	require.NoError(t, streamtest.Answer(p.pc, body.String()))
	eventually(t, "packets", func() bool { return p.count() > 20 })
	plain := strings.Replace(s.URL(), "https", "http", 1)
	refused, err := http.Get(plain) //nolint:noctx // one line
	require.NoError(t, err)
	require.Equal(t, http.StatusBadRequest, refused.StatusCode, "no page without encryption")
	require.NoError(t, refused.Body.Close())
	http.DefaultClient.CloseIdleConnections()
}

// TestTLSFromTheCache has the certificate already in the cache, as after the authority gave it.
func TestTLSFromTheCache(t *testing.T) {
	cert, key := certificate(t, "cam.example")
	cache := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(cache, "cam.example"), append(key, cert...), 0o600))
	s := newServer(t, streaming.Config{TLS: &streaming.TLS{Domains: []string{"cam.example"}, Cache: cache}})
	resp, err := trusting(t, cert, "cam.example").Get(s.URL() + "healthz")
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.NoError(t, resp.Body.Close())
	_, err = trusting(t, cert, "other.example").Get(s.URL() + "healthz")
	require.Error(t, err, "no authority is asked for certificates of names that were not set up")
}

func TestBadTLS(t *testing.T) {
	for _, c := range []streaming.TLS{
		{},
		{CertFile: "x"},
		{CertFile: "x", KeyFile: "y", Directory: "https://ca.example/directory"},
		{Domains: []string{"a.example"}, Cache: "c", Directory: "http://ca.example/directory"},
		{Domains: []string{"a.example"}, Cache: "c", Roots: "roots.pem"},
		{Domains: []string{"a.example"}},
		{Domains: []string{"a.example"}, Cache: "c", CertFile: "x", KeyFile: "y"},
	} {
		_, err := streaming.New(streaming.Config{TLS: &c})
		require.ErrorIs(t, err, streaming.ErrConfig)
	}
	empty := filepath.Join(t.TempDir(), "empty.pem")
	require.NoError(t, os.WriteFile(empty, nil, 0o600))
	for _, c := range []streaming.TLS{
		{CertFile: "missing", KeyFile: "missing"},
		{Domains: []string{"a.example"}, Cache: "c", Directory: "https://ca.example/directory", Roots: "missing"},
		{Domains: []string{"a.example"}, Cache: "c", Directory: "https://ca.example/directory", Roots: empty},
	} {
		s, err := streaming.New(streaming.Config{Listen: "127.0.0.1:0", TLS: &c})
		require.NoError(t, err)
		require.ErrorIs(t, s.Start(t.Context()), streaming.ErrConfig)
		require.NoError(t, s.Close())
	}
}
