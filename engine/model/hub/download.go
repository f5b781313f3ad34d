package hub

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// partSuffix marks a file that is not whole yet.
const partSuffix = ".part"

// errStalled means that no byte came for Client.Stall.
var errStalled = errors.New("no data came for a while")

// Download fetches a file of a repository into dir and gives it back with its true size and hash. It goes on from a .part file that an
// earlier attempt left, and leaves one when ctx ends or the hub fails for good; a file that is there already is only checked. The
// folder must belong to this commit alone. progress may be nil. The error wraps ErrInterrupted, ErrSize, ErrHash and so on.
func (c *Client) Download(ctx context.Context, r *Repo, f File, dir string, progress func(done, total int64)) (File, error) {
	if err := checkPath(f.Path); err != nil {
		return f, err
	}
	path := filepath.Join(dir, filepath.FromSlash(f.Path))
	if progress == nil {
		progress = func(int64, int64) {}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return f, fmt.Errorf("download %s: %w", f.Path, err)
	}
	if _, err := os.Stat(path); err == nil { // an earlier pull finished it: check it as if it had just come
		if err := os.Rename(path, path+partSuffix); err != nil {
			return f, fmt.Errorf("download %s: %w", f.Path, err)
		}
	}
	part, err := os.OpenFile(path+partSuffix, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return f, fmt.Errorf("download %s: %w", f.Path, err)
	}
	d := &download{c: c, repo: r, file: f, part: part, hash: sha256.New(), progress: progress}
	err = d.run(ctx)
	if err == nil {
		err = part.Sync()
	}
	err = errors.Join(err, part.Close())
	switch {
	case err == nil:
		err = os.Rename(path+partSuffix, path)
	case errors.Is(err, ErrSize), errors.Is(err, ErrHash):
		err = errors.Join(err, os.Remove(path+partSuffix))
	}
	if err != nil {
		return f, fmt.Errorf("download %s of %s: %w", f.Path, r.ID, err)
	}
	return d.file, nil
}

// download is one file on its way.
type download struct {
	c        *Client
	repo     *Repo
	file     File
	part     *os.File
	hash     hash.Hash // of the first done bytes
	done     int64
	progress func(done, total int64)
}

// run takes up what is there, fetches the rest and checks the whole.
func (d *download) run(ctx context.Context) error {
	n, err := io.Copy(d.hash, d.part)
	if err != nil {
		return err
	}
	d.done = n
	if d.file.Size >= 0 && d.done > d.file.Size {
		if err := d.restart(); err != nil {
			return err
		}
	}
	if d.file.Size < 0 || d.done < d.file.Size || d.done == 0 {
		if err := d.c.retry(ctx, func() (bool, error) {
			before := d.done
			err := d.fetch(ctx)
			return d.done > before, err
		}); err != nil {
			if errors.Is(err, errAgain) || ctx.Err() != nil {
				return fmt.Errorf("%w at byte %d; the same command goes on from there: %w", ErrInterrupted, d.done, err)
			}
			return err
		}
	}
	d.file.Size = d.done
	sum := hex.EncodeToString(d.hash.Sum(nil))
	if d.file.SHA256 != "" && d.file.SHA256 != sum {
		return fmt.Errorf("%w: %s, but the hub says %s; pull again, and if it stays so, do not trust this hub or mirror", ErrHash, sum, d.file.SHA256)
	}
	d.file.SHA256 = sum
	return nil
}

// restart throws away what has come so far.
func (d *download) restart() error {
	d.done = 0
	d.hash.Reset()
	if _, err := d.part.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return d.part.Truncate(0)
}

// fetch makes one request for the bytes that are missing. An error that wraps errAgain leaves room for another try.
func (d *download) fetch(parent context.Context) error {
	ctx, cancel := context.WithCancelCause(parent)
	defer cancel(nil)
	watchdog := time.AfterFunc(d.c.Stall, func() { cancel(errStalled) })
	defer watchdog.Stop()
	header := http.Header{}
	if d.done > 0 {
		header.Set("Range", fmt.Sprintf("bytes=%d-", d.done))
	}
	var contradiction error
	resp, err := d.c.get(ctx, d.address(), header, func(h http.Header) {
		contradiction = errors.Join(contradiction, d.learn(h))
	})
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if contradiction != nil {
		return contradiction
	}
	total := resp.ContentLength
	switch resp.StatusCode {
	case http.StatusPartialContent:
		start, whole := contentRange(resp.Header.Get("Content-Range"))
		if start != d.done {
			return again(d.restart(), "the hub sent the wrong part")
		}
		total = whole
	case http.StatusRequestedRangeNotSatisfiable:
		return again(d.restart(), "the hub has no more than what is here")
	case http.StatusOK: // from the beginning, whatever was asked for
		if d.done > 0 {
			if err := d.restart(); err != nil {
				return err
			}
		}
	}
	if err := d.c.status(resp); err != nil {
		return err
	}
	if err := d.expect(total, "what it sends"); err != nil {
		return err
	}
	if d.file.Size < 0 && total >= 0 {
		d.file.Size = total
	}
	return d.copy(resp.Body, func() { watchdog.Reset(d.c.Stall) })
}

// again is an error that wraps errAgain, or err itself.
func again(err error, why string) error {
	if err != nil {
		return err
	}
	return fmt.Errorf("%w: %s", errAgain, why)
}

// copy appends the body. More than was announced is ErrSize; less can be fetched again.
func (d *download) copy(body io.Reader, alive func()) error {
	buf := make([]byte, 256<<10)
	for {
		n, readErr := body.Read(buf)
		if n > 0 {
			alive()
			if d.file.Size >= 0 && d.done+int64(n) > d.file.Size {
				return fmt.Errorf("%w: the hub said %d bytes and sends more", ErrSize, d.file.Size)
			}
			if _, err := d.part.Write(buf[:n]); err != nil {
				return err
			}
			_, _ = d.hash.Write(buf[:n]) // never fails
			d.done += int64(n)
			d.progress(d.done, d.file.Size)
		}
		switch {
		case errors.Is(readErr, io.EOF) && (d.file.Size < 0 || d.done == d.file.Size):
			return nil
		case readErr != nil:
			return fmt.Errorf("%w: the connection broke off at byte %d of %d: %w", errAgain, d.done, d.file.Size, readErr)
		}
	}
}

// learn takes size and hash from the headers with which a hub accompanies large files, and fails when it contradicts its own list.
func (d *download) learn(h http.Header) error {
	if sum := sha256Of(h.Get("X-Linked-Etag")); sum != "" {
		if d.file.SHA256 != "" && d.file.SHA256 != sum {
			return fmt.Errorf("%w: its list says sha256 %s, its headers %s", ErrHash, d.file.SHA256, sum)
		}
		d.file.SHA256 = sum
	}
	if size, err := strconv.ParseInt(h.Get("X-Linked-Size"), 10, 64); err == nil {
		if err := d.expect(size, "its headers"); err != nil {
			return err
		}
		d.file.Size = size
	}
	return nil
}

// expect compares a size with the one known so far; either may be unknown.
func (d *download) expect(size int64, where string) error {
	if size >= 0 && d.file.Size >= 0 && size != d.file.Size {
		return fmt.Errorf("%w: the hub said %d bytes, but by %s it has %d", ErrSize, d.file.Size, where, size)
	}
	return nil
}

func (d *download) address() string {
	parts := strings.Split(d.file.Path, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return d.c.url(d.repo.ID + "/resolve/" + url.PathEscape(d.repo.Commit) + "/" + strings.Join(parts, "/"))
}

// contentRange reads "bytes 5-9/10"; what it does not say is -1.
func contentRange(s string) (start, total int64) {
	s, _ = strings.CutPrefix(s, "bytes ")
	span, whole, _ := strings.Cut(s, "/")
	first, _, _ := strings.Cut(span, "-")
	start, total = -1, -1
	if n, err := strconv.ParseInt(first, 10, 64); err == nil {
		start = n
	}
	if n, err := strconv.ParseInt(whole, 10, 64); err == nil {
		total = n
	}
	return start, total
}
