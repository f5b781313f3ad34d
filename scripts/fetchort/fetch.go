package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// errNoIndex says that the caller named no package index.
var errNoIndex = errors.New("no package index given: pass --index URL (make setup reads it from pip's configuration)")

// fetcher holds what one fetch needs from outside.
type fetcher struct {
	client *http.Client
	index  string        // base URL of the package index
	out    io.Writer     // what is being done, for people
	tries  int           // how often a broken download is taken up again
	pause  time.Duration // between two tries
	stall  time.Duration // how long a connection may stay silent
}

// fetch puts rel's library and licences into dir. It does nothing when the right library is there already; dir appears only when
// it is complete.
func (f fetcher) fetch(ctx context.Context, rel release, dir string) error {
	library := filepath.Join(dir, rel.libraryName())
	if checkSHA256(library, rel.LibrarySHA256) == nil {
		fmt.Fprintf(f.out, "ONNX Runtime %s is there: %s\n", rel.Version, library)
		return nil
	}
	if f.index == "" {
		return errNoIndex
	}
	start := time.Now()
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	link, err := f.find(ctx, rel)
	if err != nil {
		return err
	}
	part := filepath.Join(filepath.Dir(dir), rel.Wheel+".part")
	fmt.Fprintf(f.out, "fetching %s\n", rel.Wheel)
	if err := f.download(ctx, link, part); err != nil {
		return fmt.Errorf("fetch %s: %w", rel.Wheel, err)
	}
	if err := checkSHA256(part, rel.SHA256); err != nil {
		return errors.Join(fmt.Errorf("fetch %s: %w (thrown away; run again)", rel.Wheel, err), os.Remove(part))
	}
	if err := unpack(part, rel, dir); err != nil {
		return fmt.Errorf("unpack %s: %w", rel.Wheel, err)
	}
	fmt.Fprintf(f.out, "ONNX Runtime %s is in %s (%.1f s)\n", rel.Version, dir, time.Since(start).Seconds())
	return os.Remove(part)
}
