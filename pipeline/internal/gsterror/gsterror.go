// Package gsterror says in plain words what GStreamer reports: what is wrong with a file or a source, and what to do about it.
package gsterror

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-gst/go-gst/pkg/gst"
)

// What can be wrong.
var (
	// ErrNoVideo means that a file holds sound or other things, but no video.
	ErrNoVideo = errors.New("it holds no video")
	// ErrNotVideo means that nothing knows the format: the file is a text, a picture, or rubbish.
	ErrNotVideo = errors.New("it is not a video, or of a kind that GStreamer does not know")
	// ErrEmpty means that a file has no bytes.
	ErrEmpty = errors.New("it is empty")
	// ErrDamaged means that a file begins like a video, but is cut off or damaged.
	ErrDamaged = errors.New("it is cut off or damaged")
	// ErrNoDecoder means that a plugin is missing.
	ErrNoDecoder = errors.New("no decoder is installed")
	// ErrEncrypted means that only who has the key can play it.
	ErrEncrypted = errors.New("it is encrypted")
	// ErrNotFound means that there is no such file, or none at that address.
	ErrNotFound = errors.New("there is no such thing")
	// ErrRefused means that a server or the file system lets nobody in, or not with these credentials.
	ErrRefused = errors.New("access was refused: check user name, password and permissions")
	// ErrConnect means that a server could not be reached.
	ErrConnect = errors.New("it cannot be reached")
	// ErrBroken means that a connection was made, and then ended or fell silent.
	ErrBroken = errors.New("it stopped sending")
	// ErrSpace means that a disk is full.
	ErrSpace = errors.New("no space left on device")
	// ErrWrite means that writing failed otherwise.
	ErrWrite = errors.New("it cannot be written")
	// ErrEncode means that an encoder does not take the video.
	ErrEncode = errors.New("the encoder refuses the video")
)

// coded is what GStreamer's errors know beside their text.
type coded interface {
	Quark() uint32
	ErrorCode() int
}

// Explain words an error message of the bus. missing are the decoders that MissingDecoder has named before. GStreamer's own words
// follow where ours are less exact.
func Explain(m *gst.Message, missing []string) error {
	debug, err := m.ParseError()
	return explain(err, debug, missing)
}

func explain(err error, debug string, missing []string) error {
	var c coded
	if !errors.As(err, &c) {
		return err
	}
	if len(missing) > 0 {
		return NoDecoder(missing)
	}
	if what := meaning(c, debug); what != nil {
		if plain(what) {
			return what
		}
		return fmt.Errorf("%w (GStreamer: %s)", what, strings.TrimSuffix(err.Error(), "."))
	}
	return fmt.Errorf("GStreamer failed: %s (%s)", strings.TrimSuffix(err.Error(), "."), lastLine(debug))
}

// plain tells whether an error says all there is to say.
func plain(err error) bool {
	return slices.ContainsFunc([]error{ErrNoVideo, ErrNotVideo, ErrEmpty, ErrEncrypted, ErrSpace}, func(e error) bool { return errors.Is(err, e) })
}

// meaning finds the word for GStreamer's domain and code; nil when there is none.
func meaning(c coded, debug string) error {
	switch c.Quark() {
	case gst.StreamErrorQuark():
		return streamMeaning(gst.StreamError(c.ErrorCode()), debug) //nolint:gosec // small numbers
	case gst.ResourceErrorQuark():
		return resourceMeaning(gst.ResourceError(c.ErrorCode()), debug) //nolint:gosec // likewise
	case gst.CoreErrorQuark():
		switch gst.CoreError(c.ErrorCode()) { //nolint:gosec // likewise
		case gst.CoreErrorMissingPlugin:
			return ErrNoDecoder
		case gst.CoreErrorNegotiation:
			return ErrEncode
		}
	}
	return nil
}

func streamMeaning(code gst.StreamError, debug string) error {
	switch code {
	case gst.StreamErrorTypeNotFound:
		if strings.Contains(debug, "no typefind") || strings.Contains(debug, "Stream contains no data") {
			return ErrEmpty
		}
		return ErrNotVideo
	case gst.StreamErrorWrongType:
		return ErrNotVideo
	case gst.StreamErrorCodecNotFound:
		return ErrNoDecoder
	case gst.StreamErrorDemux, gst.StreamErrorDecode, gst.StreamErrorFormat:
		return ErrDamaged
	case gst.StreamErrorDecrypt, gst.StreamErrorDecryptNokey:
		return ErrEncrypted
	case gst.StreamErrorEncode, gst.StreamErrorMux:
		return ErrEncode
	case gst.StreamErrorFailed:
		switch {
		case strings.Contains(debug, "not-negotiated"):
			return ErrEncode
		case strings.Contains(debug, "not-linked"):
			return ErrNoVideo
		case strings.Contains(debug, "all streams without buffers"): // the file ends before its first frame
			return ErrDamaged
		}
	}
	return nil
}

func resourceMeaning(code gst.ResourceError, debug string) error {
	switch code {
	case gst.ResourceErrorNotFound:
		return ErrNotFound
	case gst.ResourceErrorNotAuthorized:
		return ErrRefused
	case gst.ResourceErrorOpenRead, gst.ResourceErrorOpenReadWrite:
		return ErrConnect
	case gst.ResourceErrorRead, gst.ResourceErrorSeek:
		return ErrBroken
	case gst.ResourceErrorNoSpaceLeft:
		return ErrSpace
	case gst.ResourceErrorWrite, gst.ResourceErrorOpenWrite:
		if strings.Contains(debug, "No space left") {
			return ErrSpace
		}
		return ErrWrite
	}
	return nil
}

// NoDecoder words that decoders are missing.
func NoDecoder(names []string) error {
	return fmt.Errorf("%w for %s: `videogem doctor` says how to get one", ErrNoDecoder, strings.Join(slices.Compact(names), ", "))
}

// MissingDecoder is what a message of the bus misses, in words such as "H.265"; "" when it is no such message.
func MissingDecoder(m *gst.Message) string {
	if m.Type() != gst.MessageElement {
		return ""
	}
	s := m.GetStructure()
	if s == nil || s.GetName() != "missing-plugin" {
		return ""
	}
	name, _ := s.GetValue("name").(string)
	return strings.TrimSuffix(name, " decoder")
}

// lastLine is the part of GStreamer's debug text that says what happened; the lines before say where in its source.
func lastLine(debug string) string {
	lines := strings.Split(strings.TrimSpace(debug), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
