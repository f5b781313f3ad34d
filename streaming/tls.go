package streaming

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
	"golang.org/x/time/rate"
)

// certLook is the least time between two looks at a certificate file's date.
const certLook = 10 * time.Second

const (
	// acmeTimeout bounds a request to a private authority.
	acmeTimeout = 30 * time.Second
	// acmeSay is the least time between two lines of the log about the authority.
	acmeSay = time.Minute
)

// TLS says where the server's certificate comes from: files, or an ACME authority (RFC 8555) that hands out one for Domains.
type TLS struct {
	CertFile, KeyFile string // PEM; read again when they change

	// Domains are names under which viewers reach the server at port 443: the authority looks there (TLS-ALPN-01). Setting them
	// accepts the authority's terms.
	Domains []string
	Cache   string // folder in which certificates are kept
	// Directory is the authority's address; empty: Let's Encrypt's. Roots is a PEM file with the certificates that vouch for a private
	// authority's own address; empty: the system's.
	Directory, Roots string
	Email            string // for the authority's notices; may be empty
}

func (t *TLS) check() error {
	switch {
	case t == nil:
		return nil
	case len(t.Domains) == 0 && (t.CertFile == "" || t.KeyFile == ""):
		return fmt.Errorf("%w: TLS: give a certificate file and a key file, or domains", ErrConfig)
	case len(t.Domains) > 0 && (t.CertFile != "" || t.KeyFile != ""):
		return fmt.Errorf("%w: TLS: give either files or domains", ErrConfig)
	case t.Directory != "" && !strings.HasPrefix(t.Directory, "https://"):
		return fmt.Errorf("%w: TLS: the authority's directory %q: use an https address", ErrConfig, t.Directory)
	case t.Directory == "" && t.Roots != "", len(t.Domains) == 0 && t.Directory != "":
		return fmt.Errorf("%w: TLS: a directory is for domains, and roots are for a directory", ErrConfig)
	case len(t.Domains) > 0 && t.Cache == "":
		return fmt.Errorf("%w: TLS: give a folder to keep certificates in; authorities hand out only a few a week", ErrConfig)
	}
	return nil
}

// config returns what serves the certificate. An error wraps ErrConfig.
func (t *TLS) config(log *slog.Logger) (*tls.Config, error) {
	var c *tls.Config
	if len(t.Domains) > 0 {
		m := &autocert.Manager{Prompt: autocert.AcceptTOS, HostPolicy: autocert.HostWhitelist(t.Domains...), Cache: autocert.DirCache(t.Cache), Email: t.Email}
		var err error
		if m.Client, err = t.authority(); err != nil {
			return nil, err
		}
		c = m.TLSConfig()
		c.GetCertificate = t.telling(m.GetCertificate, log)
	} else {
		f := &certFile{cert: t.CertFile, key: t.KeyFile}
		if _, err := f.load(); err != nil {
			return nil, fmt.Errorf("%w: TLS: %w", ErrConfig, err)
		}
		c = &tls.Config{
			GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return f.load() },
			NextProtos:     []string{"h2", "http/1.1"}, // browsers open six HTTP/1.1 connections to a server, and each page keeps one for events
		}
	}
	c.MinVersion = tls.VersionTLS12
	return c, nil
}

// telling tells the log, once a minute, when there is no certificate for one of our names; that strangers ask for others is no news.
func (t *TLS) telling(get func(*tls.ClientHelloInfo) (*tls.Certificate, error), log *slog.Logger) func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	say := rate.Sometimes{Interval: acmeSay}
	return func(h *tls.ClientHelloInfo) (*tls.Certificate, error) {
		c, err := get(h)
		if err != nil && slices.Contains(t.Domains, strings.ToLower(h.ServerName)) {
			say.Do(func() {
				log.Error("no certificate; the authority must reach port 443 of this name", "name", h.ServerName, "error", err)
			})
		}
		return c, err
	}
}

// authority returns the client of the ACME authority; nil: the usual one.
func (t *TLS) authority() (*acme.Client, error) {
	if t.Directory == "" {
		return nil, nil //nolint:nilnil // autocert has it so
	}
	c := &acme.Client{DirectoryURL: t.Directory}
	if t.Roots == "" {
		return c, nil
	}
	b, err := os.ReadFile(t.Roots)
	if err != nil {
		return nil, fmt.Errorf("%w: TLS: %w", ErrConfig, err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(b) {
		return nil, fmt.Errorf("%w: TLS: %s: there is no certificate in it", ErrConfig, t.Roots)
	}
	c.HTTPClient = &http.Client{Timeout: acmeTimeout, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, DisableKeepAlives: true, Proxy: http.ProxyFromEnvironment,
	}}
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
