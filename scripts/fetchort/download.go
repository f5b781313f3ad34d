package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

var (
	// errFinal marks what another try would not mend, such as a file that the server does not have.
	errFinal = errors.New("not worth another try")
	// errSilent says that the connection stood, and nothing came.
	errSilent = errors.New("the connection fell silent")
	// errSHA256 says that a file is not the pinned one.
	errSHA256 = errors.New("wrong sha256")
)

// download fetches link into the file part. What part already holds is kept, and only the rest is asked for (RFC 9110, 14.2);
// a connection that breaks or falls silent is taken up again where it broke.
func (f fetcher) download(ctx context.Context, link, part string) error {
	var err error
	for try := range f.tries {
		if try > 0 {
			fmt.Fprintf(f.out, "  broke off (%v), going on\n", err)
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(f.pause):
			}
		}
		if err = f.downloadOnce(ctx, link, part); err == nil || errors.Is(err, errFinal) || ctx.Err() != nil {
			return err
		}
	}
	return fmt.Errorf("gave up after %d tries (what came is kept, run again): %w", f.tries, err)
}

// downloadOnce asks for what part lacks and appends it.
func (f fetcher) downloadOnce(ctx context.Context, link, part string) (err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	file, err := os.OpenFile(part, os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("%w: %w", errFinal, err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	have, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	// Whoever is silent for too long is cut off; each piece that arrives sets the clock back.
	clock := time.AfterFunc(f.stall, func() { cancel(errSilent) })
	defer clock.Stop()

	req, err := http.NewRequestWithContext(ctx, http.MethodGet, link, http.NoBody)
	if err != nil {
		return fmt.Errorf("%w: %w", errFinal, err)
	}
	if have > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
	}
	res, err := f.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()

	switch {
	case res.StatusCode == http.StatusPartialContent && strings.HasPrefix(res.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", have)):
	case res.StatusCode == http.StatusOK: // the whole file, whatever was asked for
		if err := file.Truncate(0); err != nil {
			return err
		}
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			return err
		}
	case res.StatusCode == http.StatusRequestedRangeNotSatisfiable: // nothing is missing; the checksum will tell
		return nil
	case res.StatusCode >= 500 || res.StatusCode == http.StatusTooManyRequests:
		return errors.New(res.Status)
	default:
		return fmt.Errorf("%w: %s", errFinal, res.Status)
	}
	if _, err = io.Copy(file, &watched{res.Body, clock, f.stall}); err != nil && context.Cause(ctx) != nil {
		return context.Cause(ctx)
	}
	return err
}

// watched is a reader that sets clock back with each read.
type watched struct {
	io.Reader
	clock *time.Timer
	limit time.Duration
}

// Read implements [io.Reader].
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	w.clock.Reset(w.limit)
	return n, err
}

// checkSHA256 answers an error unless the file at path has that hash.
func checkSHA256(path, want string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return err
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		return fmt.Errorf("%w: %s, want %s", errSHA256, got, want)
	}
	return nil
}
