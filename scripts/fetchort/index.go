package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"
)

// errNotInIndex says that the index answered but does not list the wheel.
var errNotInIndex = errors.New("the package index does not list the file: name another index in PIP_INDEX_URL, or set VIDEOGEM_ORT_LIBRARY")

// maxIndex bounds an index page; the one of onnxruntime has 0.6 MB.
const maxIndex = 64 << 20

// find asks the index for the wheel's address, in JSON (PEP 691) or, from an older index, HTML (PEP 503).
func (f fetcher) find(ctx context.Context, rel release) (string, error) {
	page := strings.TrimRight(f.index, "/") + "/" + rel.Project + "/"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, page, http.NoBody)
	if err != nil {
		return "", fmt.Errorf("package index: %w", err)
	}
	req.Header.Set("Accept", "application/vnd.pypi.simple.v1+json, text/html;q=0.5")
	res, err := f.client.Do(req)
	if err != nil {
		return "", fmt.Errorf("package index: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("package index %s: %s", req.URL.Redacted(), res.Status)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxIndex))
	if err != nil {
		return "", fmt.Errorf("package index %s: %w", req.URL.Redacted(), err)
	}
	links, err := parseIndex(res.Header.Get("Content-Type"), body)
	if err != nil {
		return "", fmt.Errorf("package index %s: %w", req.URL.Redacted(), err)
	}
	for _, link := range links {
		u, err := res.Request.URL.Parse(link)
		if err == nil && path.Base(u.Path) == rel.Wheel {
			return u.String(), nil
		}
	}
	return "", fmt.Errorf("package index %s: %s: %w", req.URL.Redacted(), rel.Wheel, errNotInIndex)
}

// parseIndex answers the links on an index page, as they stand there (they may be relative).
func parseIndex(contentType string, body []byte) ([]string, error) {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return nil, fmt.Errorf("content type %q: %w", contentType, err)
	}
	if strings.HasSuffix(kind, "json") {
		return parseJSON(body)
	}
	var links []string
	for _, m := range regexp.MustCompile(`(?i)<a\s[^>]*?href\s*=\s*["']([^"']*)["']`).FindAllSubmatch(body, -1) {
		links = append(links, html.UnescapeString(string(m[1])))
	}
	return links, nil
}

// parseJSON reads a PEP 691 project page.
func parseJSON(body []byte) ([]string, error) {
	var page struct {
		Files []struct {
			URL string `json:"url"`
		} `json:"files"`
	}
	if err := json.Unmarshal(body, &page); err != nil {
		return nil, err
	}
	links := make([]string, 0, len(page.Files))
	for _, file := range page.Files {
		if _, err := url.Parse(file.URL); err == nil {
			links = append(links, file.URL)
		}
	}
	return links, nil
}
