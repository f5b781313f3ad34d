package streaming

import (
	"fmt"
	"regexp"
)

// The codecs a stream may have, as MIME types.
const (
	CodecVP8  = "video/VP8"
	CodecH264 = "video/H264"
)

// StreamOptions configure a Stream.
type StreamOptions struct {
	Name    string // in addresses: letters, digits, '.', '-' and '_'
	Title   string // for people; empty: the name
	Codec   string // CodecVP8 (when empty) or CodecH264, in Annex B with parameter sets before every key frame
	Control Control
	// Variants are the stream's encodings; none: one with heat in the picture, whose key frames the Control is asked for. A viewer who
	// does not say which he wants gets the first.
	Variants []Variant
}

// checkName makes sure that a name can stand in addresses.
func checkName(name string) error {
	if !regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$`).MatchString(name) {
		return fmt.Errorf("%w: stream name %q: use letters, digits, '.', '-' and '_'", ErrConfig, name)
	}
	return nil
}

// withDefaults returns the options with every zero field filled in, or an error that wraps ErrConfig.
func (o StreamOptions) withDefaults() (StreamOptions, error) {
	if err := checkName(o.Name); err != nil {
		return o, err
	}
	if o.Title == "" {
		o.Title = o.Name
	}
	if o.Codec == "" {
		o.Codec = CodecVP8
	}
	if o.Codec != CodecVP8 && o.Codec != CodecH264 {
		return o, fmt.Errorf("%w: stream %s: codec %q: use %s or %s", ErrConfig, o.Name, o.Codec, CodecVP8, CodecH264)
	}
	if o.Control == nil {
		return o, fmt.Errorf("%w: stream %s has no control", ErrConfig, o.Name)
	}
	var err error
	o.Variants, err = checkVariants(o)
	return o, err
}
