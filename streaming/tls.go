package streaming

import (
	"crypto/tls"
	"fmt"
	"os"
	"sync"
	"time"

	"golang.org/x/crypto/acme/autocert"
)

// certLook is the least time between two looks at a certificate file's date.
const certLook = 10 * time.Second

// TLS says where the server's certificate comes from: files, or an ACME authority (RFC 8555) that hands out one for Domains.
type TLS struct {
	CertFile, KeyFile string // PEM; read again when they change

	// Domains are names under which viewers reach the server at port 443: the authority looks there (TLS-ALPN-01). Setting them
	// accepts the authority's terms.
	Domains []string
	Cache   string // folder in which certificates are kept
	Email   string // for the authority's notices; may be empty
}

func (t *TLS) check() error {
	switch {
	case t == nil:
		return nil
	case len(t.Domains) == 0 && (t.CertFile == "" || t.KeyFile == ""):
		return fmt.Errorf("%w: TLS: give a certificate file and a key file, or domains", ErrConfig)
	case len(t.Domains) > 0 && (t.CertFile != "" || t.KeyFile != ""):
		return fmt.Errorf("%w: TLS: give either files or domains", ErrConfig)
	case len(t.Domains) > 0 && t.Cache == "":
		return fmt.Errorf("%w: TLS: give a folder to keep certificates in; authorities hand out only a few a week", ErrConfig)
	}
	return nil
}

// config returns what serves the certificate. An error wraps ErrConfig.
func (t *TLS) config() (*tls.Config, error) {
	var c *tls.Config
	if len(t.Domains) > 0 {
		m := &autocert.Manager{Prompt: autocert.AcceptTOS, HostPolicy: autocert.HostWhitelist(t.Domains...), Cache: autocert.DirCache(t.Cache), Email: t.Email}
		c = m.TLSConfig()
	} else {
		f := &certFile{cert: t.CertFile, key: t.KeyFile}
		if _, err := f.load(); err != nil {
			return nil, fmt.Errorf("%w: TLS: %w", ErrConfig, err)
		}
		c = &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return f.load() }}
	}
	c.MinVersion = tls.VersionTLS12
	return c, nil
}

// certFile is a certificate in files, read again when they change, so that a renewed one counts without a restart.
type certFile struct {
	cert, key string

	mu       sync.Mutex
	looked   time.Time
	modified time.Time
	loaded   *tls.Certificate
}

func (f *certFile) load() (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.loaded != nil && time.Since(f.looked) < certLook {
		return f.loaded, nil
	}
	f.looked = time.Now()
	info, err := os.Stat(f.cert)
	if err == nil && (f.loaded == nil || !info.ModTime().Equal(f.modified)) {
		var c tls.Certificate
		if c, err = tls.LoadX509KeyPair(f.cert, f.key); err == nil {
			f.loaded, f.modified = &c, info.ModTime()
		}
	}
	if f.loaded == nil {
		return nil, err
	}
	return f.loaded, nil // while a new one cannot be read, the old one stays
}
