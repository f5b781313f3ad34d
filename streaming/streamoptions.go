package streaming

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/videogem/videogem/streaming/heat"
)

// The codecs a stream may have, as MIME types.
const (
	CodecVP8  = "video/VP8"
	CodecH264 = "video/H264" // Annex B, with parameter sets before every key frame
	CodecVP9  = "video/VP9"
	CodecAV1  = "video/AV1" // a temporal unit of OBUs with sizes, the low-overhead format
)

// allCodecs are those, in the order in which they came into use.
func allCodecs() []string { return []string{CodecVP8, CodecH264, CodecVP9, CodecAV1} }

// StreamOptions configure a Stream.
type StreamOptions struct {
	Name    string // in addresses: letters, digits, '.', '-' and '_'
	Codec   string // one of the Codec constants; empty: CodecVP8
	Control Control
	// Variants are the stream's encodings; none: one with heat in the picture, whose key frames the Control is asked for. A viewer who
	// does not say which he wants gets the first.
	Variants []Variant
	// MaxViewerPrompts is how many prompts all viewers together may have for themselves, where the Control is a ViewerPrompts;
	// 0: DefaultMaxViewerPrompts. A message of heat holds 255 prompts (heat.MaxPrompts) with the stream's own.
	MaxViewerPrompts int
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
	if o.Codec == "" {
		o.Codec = CodecVP8
	}
	if !slices.Contains(allCodecs(), o.Codec) {
		return o, fmt.Errorf("%w: stream %s: codec %q: use one of %s", ErrConfig, o.Name, o.Codec, strings.Join(allCodecs(), ", "))
	}
	if o.MaxViewerPrompts == 0 {
		o.MaxViewerPrompts = DefaultMaxViewerPrompts
	}
	if o.MaxViewerPrompts < 0 || o.MaxViewerPrompts > heat.MaxPrompts {
		return o, fmt.Errorf("%w: stream %s: %d prompts of viewers: use 1 to %d", ErrConfig, o.Name, o.MaxViewerPrompts, heat.MaxPrompts)
	}
	if o.Control == nil {
		return o, fmt.Errorf("%w: stream %s has no control", ErrConfig, o.Name)
	}
	var err error
	o.Variants, err = checkVariants(o)
	return o, err
}
