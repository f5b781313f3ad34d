// Package hub downloads files from a model hub with the Hugging Face Hub's HTTP interface, or from a mirror of it: it resumes what
// broke off, and compares size and sha256 with what the hub said.
package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// DefaultEndpoint is the public hub, as its documentation names it; the environment variable HF_ENDPOINT names another.
const DefaultEndpoint = "https://huggingface.co"

// maxList bounds the description of a repository; those of the models known here have a few kB.
const maxList = 16 << 20

// Client talks to one hub.
type Client struct {
	endpoint  *url.URL
	token     string
	transport http.RoundTripper

	Attempts int                                    // failures in a row without a new byte until a download gives up
	Stall    time.Duration                          // silence after which a connection counts as dead
	Wait     func(ctx context.Context, n int) error // pause before attempt n+1
	Failed   func(n int, err error)                 // is told of attempt n that failed before another one; may be nil
}

// New is a client for the hub in HF_ENDPOINT, or the public one, with the token in HF_TOKEN, if any. Close it.
func New() (*Client, error) {
	endpoint := os.Getenv("HF_ENDPOINT")
	if endpoint == "" {
		endpoint = DefaultEndpoint
	}
	u, err := url.Parse(strings.TrimRight(endpoint, "/"))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%w: HF_ENDPOINT is %q; wanted a URL such as %s", ErrName, endpoint, DefaultEndpoint)
	}
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, TLSHandshakeTimeout: 30 * time.Second, ResponseHeaderTimeout: time.Minute,
	}
	return &Client{
		endpoint: u, token: strings.TrimSpace(os.Getenv("HF_TOKEN")), transport: transport,
		Attempts: 6, Stall: time.Minute, Wait: backOff,
	}, nil
}

// Close drops idle connections.
func (c *Client) Close() { (&http.Client{Transport: c.transport}).CloseIdleConnections() }

// backOff waits 1, 2, 4 … seconds, 30 at most.
func backOff(ctx context.Context, n int) error {
	t := time.NewTimer(min(time.Second<<min(n-1, 5), 30*time.Second))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// Repo is a repository at one commit.
type Repo struct {
	ID      string // owner/name
	Commit  string // 40 hexadecimal digits; the revision asked for, where a mirror does not say
	License string // as its card says; may be empty
	Files   []File
}

// File is a file of a repository.
type File struct {
	Path   string
	Size   int64  // bytes; -1 where the hub does not say
	SHA256 string // lower-case hexadecimal; "" where the hub does not say, as with small files that lie in git itself
}

// Repo asks for a repository's commit and files. The error wraps ErrName, ErrNotFound, ErrForbidden or ErrAnswer.
func (c *Client) Repo(ctx context.Context, id, revision string) (*Repo, error) {
	if !regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*$`).MatchString(id) || revision == "" {
		return nil, fmt.Errorf("%w: %q at revision %q; a repository is owner/name", ErrName, id, revision)
	}
	var body []byte
	err := c.retry(ctx, func() (progress bool, err error) {
		body, err = c.list(ctx, id, revision)
		return false, err
	})
	if err != nil {
		return nil, fmt.Errorf("%s at %s: %w", id, revision, err)
	}
	r, err := parseRepo(body)
	if err != nil {
		return nil, fmt.Errorf("%s at %s: %w", id, revision, err)
	}
	r.ID = id
	if r.Commit == "" {
		r.Commit = revision
	}
	return r, nil
}

func (c *Client) list(ctx context.Context, id, revision string) ([]byte, error) {
	ctx, stop := context.WithTimeout(ctx, c.Stall)
	defer stop()
	resp, err := c.get(ctx, c.url("api/models/"+id+"/revision/"+url.PathEscape(revision))+"?blobs=true", nil, nil)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if err := c.status(resp); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxList+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errAgain, err)
	}
	if len(body) > maxList {
		return nil, fmt.Errorf("%w: the list of files has over %d bytes", ErrAnswer, maxList)
	}
	return body, nil
}

// parseRepo reads the hub's description of a repository (Hub API, /api/models/{repo}/revision/{revision}?blobs=true).
func parseRepo(body []byte) (*Repo, error) {
	var answer struct {
		SHA  string `json:"sha"`
		Card struct {
			License json.RawMessage `json:"license"` // a string, in rare cards a list
		} `json:"cardData"`
		Siblings []struct {
			Name string `json:"rfilename"`
			Size *int64 `json:"size"`
			LFS  *struct {
				SHA256 string `json:"sha256"`
				Size   *int64 `json:"size"`
			} `json:"lfs"`
		} `json:"siblings"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	if answer.SHA != "" && !regexp.MustCompile(`^[0-9a-f]{40}$`).MatchString(answer.SHA) {
		return nil, fmt.Errorf("%w: commit %q", ErrAnswer, answer.SHA)
	}
	r := &Repo{Commit: answer.SHA}
	if json.Unmarshal(answer.Card.License, &r.License) != nil {
		r.License = ""
	}
	for _, s := range answer.Siblings {
		if err := checkPath(s.Name); err != nil {
			return nil, err
		}
		f := File{Path: s.Name, Size: -1}
		size := s.Size
		if s.LFS != nil {
			f.SHA256 = sha256Of(s.LFS.SHA256)
			if s.LFS.Size != nil {
				size = s.LFS.Size
			}
		}
		if size != nil {
			if *size < 0 {
				return nil, fmt.Errorf("%w: %s has %d bytes", ErrAnswer, s.Name, *size)
			}
			f.Size = *size
		}
		r.Files = append(r.Files, f)
	}
	return r, nil
}

// checkPath refuses paths that lead out of the folder, or that another system might read so.
func checkPath(name string) error {
	if !filepath.IsLocal(name) || strings.ContainsAny(name, "\\:") || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fmt.Errorf("%w: the hub lists a file %q, which is no path inside a repository; do not trust this hub or mirror", ErrPath, name)
	}
	return nil
}

// sha256Of gives a header's or list's hash if it is a SHA-256, else "".
func sha256Of(s string) string {
	s = strings.ToLower(strings.Trim(strings.TrimPrefix(s, "W/"), `"`))
	if !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(s) {
		return ""
	}
	return s
}

func (c *Client) url(path string) string { return c.endpoint.String() + "/" + path }

// get sends a request. The token goes to the hub alone, never on to where it redirects; seen gets the headers of every answer on the way.
func (c *Client) get(ctx context.Context, address string, header http.Header, seen func(http.Header)) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrName, err)
	}
	maps.Copy(req.Header, header)
	req.Header.Set("User-Agent", "videogem")
	req.Header.Set("Accept-Encoding", "identity") // sizes and ranges are those of the file
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	h := http.Client{Transport: c.transport, CheckRedirect: func(next *http.Request, via []*http.Request) error {
		if seen != nil {
			seen(next.Response.Header)
		}
		if next.URL.Host != c.endpoint.Host || next.URL.Scheme != c.endpoint.Scheme {
			next.Header.Del("Authorization")
		}
		switch {
		case len(via) >= 10:
			return fmt.Errorf("%w: more than 10 redirects", ErrAnswer)
		case via[0].URL.Scheme == "https" && next.URL.Scheme != "https":
			return fmt.Errorf("%w: it redirects from https to %s", ErrAnswer, next.URL.Scheme)
		}
		return nil
	}}
	resp, err := h.Do(req)
	switch {
	case errors.Is(err, ErrAnswer):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errAgain, err)
	}
	if seen != nil {
		seen(resp.Header)
	}
	return resp, nil
}

// status turns an answer that is no success into an error in plain words.
func (c *Client) status(resp *http.Response) error {
	switch code := resp.StatusCode; {
	case code == http.StatusOK || code == http.StatusPartialContent:
		return nil
	case code == http.StatusUnauthorized && c.token == "":
		return fmt.Errorf("%w (%s): it does not exist, or it is private or gated: accept its terms on its page and set HF_TOKEN to your token", ErrForbidden, resp.Status)
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return fmt.Errorf("%w (%s): HF_TOKEN may not read it: accept its terms on its page, or use a token that may", ErrForbidden, resp.Status)
	case code == http.StatusNotFound:
		return fmt.Errorf("%w (%s): check the spelling of repository and revision", ErrNotFound, resp.Status)
	case code == http.StatusRequestTimeout || code == http.StatusTooManyRequests || code >= 500:
		return fmt.Errorf("%w: the hub says %s", errAgain, resp.Status)
	default:
		return fmt.Errorf("%w: it says %s", ErrAnswer, resp.Status)
	}
}

// retry calls try until it succeeds, fails for good, or fails Attempts times in a row without progress.
func (c *Client) retry(ctx context.Context, try func() (progress bool, err error)) error {
	for n := 1; ; n++ {
		progress, err := try()
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case !errors.Is(err, errAgain):
			return err
		case progress:
			n = 0
		case n >= c.Attempts:
			return fmt.Errorf("given up after %d attempts: %w", n, err)
		}
		if c.Failed != nil {
			c.Failed(max(1, n), err)
		}
		if err := c.Wait(ctx, max(1, n)); err != nil {
			return err
		}
	}
}
