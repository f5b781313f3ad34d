package pipeline

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/videogem/videogem/pipeline/democam"
)

// ErrSource means that a source cannot be used as it was written: the user's fault, found before anything starts.
var ErrSource = errors.New("bad source")

// Kind is how a source is read.
type Kind int

// The kinds of source.
const (
	KindDemo   Kind = iota // the built-in demo camera
	KindFile               // a file, read at its own speed and over again
	KindURL                // anything else GStreamer opens by URL: http, https, srt …
	KindRTSP               // an RTSP camera
	KindCamera             // a camera of this machine
	KindWHIP               // whoever publishes it here, by WHIP
)

// Source is where a stream's video comes from.
type Source struct {
	Kind Kind
	URI  string         // as GStreamer takes it; for cameras of this machine the device's path
	Demo democam.Config // for KindDemo
	Name string         // suggestion for the stream's name: letters, digits, '-' and '_'
}

// ParseSource reads a source as the command line takes it: demo://, a file's path, file://, rtsp://, rtsps://,
// v4l2:///dev/video0, http://, https://, whip://name. Errors wrap ErrSource and say what to do.
func ParseSource(text string) (Source, error) {
	scheme, rest, found := strings.Cut(text, "://")
	if !found {
		return fileSource(text)
	}
	switch strings.ToLower(scheme) {
	case "demo":
		config, err := democam.ParseURI(text)
		if err != nil {
			return Source{}, fmt.Errorf("%w: %w", ErrSource, err)
		}
		return Source{Kind: KindDemo, URI: text, Demo: config, Name: "demo"}, nil
	case "file":
		u, err := url.Parse(text)
		if err != nil {
			return Source{}, fmt.Errorf("%w %q: %w", ErrSource, text, err)
		}
		return fileSource(u.Path)
	case "v4l2":
		if _, err := os.Stat(rest); err != nil {
			return Source{}, fmt.Errorf("%w %q: %w; `v4l2-ctl --list-devices` lists the cameras of this machine", ErrSource, text, err)
		}
		return Source{Kind: KindCamera, URI: rest, Name: slug(filepath.Base(rest))}, nil
	case "whip":
		if rest == "" {
			return Source{}, fmt.Errorf("%w %q: it has no name; write whip://webcam, and publish to /whip/webcam", ErrSource, text)
		}
		return Source{Kind: KindWHIP, URI: text, Name: slug(rest)}, nil
	case "rtsp", "rtsps", "http", "https":
		u, canonical, err := parseAddress(text)
		if err != nil {
			return Source{}, fmt.Errorf("%w: the %s address is invalid: %w", ErrSource, scheme, err)
		}
		if u.Hostname() == "" {
			return Source{}, fmt.Errorf("%w %q: no host; write %s://host/path", ErrSource, secretsOf(canonical).hide(canonical), scheme)
		}
		kind := KindURL
		if strings.HasPrefix(strings.ToLower(scheme), "rtsp") {
			kind = KindRTSP
		}
		return Source{Kind: kind, URI: canonical, Name: slug(u.Hostname() + u.Path)}, nil
	default:
		if strings.ContainsAny(text, "@?") { // it may have a password, and of what form is not known
			text = scheme + "://…"
		}
		return Source{}, fmt.Errorf("%w %q: unknown scheme %q; use a file's path, rtsp://, v4l2:///dev/video0, http://, whip://name or demo://", ErrSource, text, scheme)
	}
}

func fileSource(path string) (Source, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && isCameraWord(path):
		return Source{}, fmt.Errorf("%w %q: there is no such file; write v4l2:///dev/video0 for the first camera of this machine, or nothing for the demo camera", ErrSource, path)
	case errors.Is(err, fs.ErrNotExist):
		return Source{}, fmt.Errorf("%w %q: there is no such file", ErrSource, path)
	case err != nil:
		return Source{}, fmt.Errorf("%w %q: %w", ErrSource, path, err)
	case info.IsDir():
		return Source{}, fmt.Errorf("%w %q: is a folder; name its video files: %s", ErrSource, path, filepath.Join(path, "*.mp4"))
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return Source{}, fmt.Errorf("%w %q: %w", ErrSource, path, err)
	}
	uri := url.URL{Scheme: "file", Path: abs}
	return Source{Kind: KindFile, URI: uri.String(), Name: slug(strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)))}, nil
}

// isCameraWord says whether a text is what people write for the camera of their machine elsewhere: its number in OpenCV, its name, nothing.
func isCameraWord(text string) bool {
	switch strings.ToLower(text) {
	case "", "webcam", "camera", "cam":
		return true
	}
	return digits(text)
}

// slug makes a stream name: lower case letters, digits, '-' and '_'.
func slug(s string) string {
	s = strings.Trim(regexp.MustCompile(`[^a-z0-9_]+`).ReplaceAllString(strings.ToLower(s), "-"), "-")
	if s == "" {
		return "stream"
	}
	return s
}

// UniqueNames gives every source a name of its own by numbering those that come again.
func UniqueNames(sources []Source) []Source {
	used := map[string]bool{}
	out := make([]Source, len(sources))
	for i, s := range sources {
		name := s.Name
		for n := 2; used[name]; n++ {
			name = fmt.Sprintf("%s-%d", s.Name, n)
		}
		used[name] = true
		s.Name = name
		out[i] = s
	}
	return out
}
