package pipeline

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/videogem/videogem/pipeline/internal/gsterror"
	"github.com/videogem/videogem/pipeline/internal/media"
)

// reachTimeout bounds the look at why an address does not answer.
const reachTimeout = 3 * time.Second

// checkFile tells whether a file holds video, before a pipeline waits for it.
func checkFile(ctx context.Context, s Source) error {
	u, err := url.Parse(s.URI)
	if err != nil {
		return err
	}
	info, err := os.Stat(u.Path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("%s: the file is gone", u.Path)
	case err != nil:
		return err
	case info.Size() == 0:
		return fmt.Errorf("%s: %w", u.Path, gsterror.ErrEmpty)
	}
	tracks, err := media.Tracks(ctx, u.Path)
	if err != nil || len(tracks) == 0 {
		return err // no tracks known: the pipeline will see
	}
	for _, t := range tracks {
		if !strings.HasPrefix(t.Media, "audio/") && !strings.HasPrefix(t.Media, "text/") && !strings.HasPrefix(t.Media, "subpicture/") {
			return nil
		}
	}
	return fmt.Errorf("%s: %w", u.Path, gsterror.ErrNoVideo)
}

// unreachable says why a source in the network failed, where a look at its address tells more than GStreamer does: nobody there, a name
// that nobody knows, a refusal, a web page. nil when it does not.
func unreachable(ctx context.Context, s Source, err error) error {
	if !errors.Is(err, ErrCamera) || ctx.Err() != nil || s.Kind != KindRTSP && s.Kind != KindURL {
		return nil
	}
	u, parse := url.Parse(s.URI)
	if parse != nil {
		return nil //nolint:nilerr // GStreamer takes addresses that Go does not; its own words stay
	}
	ctx, cancel := context.WithTimeout(ctx, reachTimeout)
	defer cancel()
	if why := dial(ctx, u); why != nil || s.Kind == KindRTSP {
		return why
	}
	return fetch(ctx, u)
}

// dial tells why no connection can be made.
func dial(ctx context.Context, u *url.URL) error {
	port := u.Port()
	if port == "" {
		port = map[string]string{"rtsp": "554", "rtsps": "322", "http": "80", "https": "443"}[strings.ToLower(u.Scheme)]
	}
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	var name *net.DNSError
	switch {
	case err == nil:
		return c.Close()
	case errors.As(err, &name):
		return fmt.Errorf("%w: no host is named %s", gsterror.ErrConnect, u.Hostname())
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("%w: connection refused by %s: nothing listens there", gsterror.ErrConnect, net.JoinHostPort(u.Hostname(), port))
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: %s does not answer", gsterror.ErrConnect, net.JoinHostPort(u.Hostname(), port))
	default:
		return fmt.Errorf("%w: no way to %s", gsterror.ErrConnect, net.JoinHostPort(u.Hostname(), port))
	}
}

// fetch tells what a web server says of an address that is no video.
func fetch(ctx context.Context, u *url.URL) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), http.NoBody)
	if err != nil {
		return nil //nolint:nilerr // as above
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil //nolint:nilerr // it answers GStreamer, but not us
	}
	defer func() { _ = answer.Body.Close() }()
	switch kind := answer.Header.Get("Content-Type"); {
	case answer.StatusCode == http.StatusUnauthorized || answer.StatusCode == http.StatusForbidden:
		return fmt.Errorf("%w: the server answers %s", gsterror.ErrRefused, answer.Status)
	case answer.StatusCode >= http.StatusBadRequest:
		return fmt.Errorf("%w: the server answers %s", gsterror.ErrNotFound, answer.Status)
	case strings.HasPrefix(kind, "text/html"):
		return fmt.Errorf("%w: the address is that of a web page", gsterror.ErrNotVideo)
	}
	return nil
}
