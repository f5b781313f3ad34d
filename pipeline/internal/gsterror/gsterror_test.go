package gsterror

import (
	"errors"
	"testing"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/element/gstshim"
)

// reported is an error as the bus has it.
type reported struct {
	domain uint32
	code   int
}

func (r reported) Error() string  { return "Words of GStreamer." }
func (r reported) Quark() uint32  { return r.domain }
func (r reported) ErrorCode() int { return r.code }

func TestWords(t *testing.T) {
	gstshim.Init()
	stream := func(c gst.StreamError) reported { return reported{gst.StreamErrorQuark(), int(c)} }
	resource := func(c gst.ResourceError) reported { return reported{gst.ResourceErrorQuark(), int(c)} }
	core := func(c gst.CoreError) reported { return reported{gst.CoreErrorQuark(), int(c)} }
	for name, c := range map[string]struct {
		err   reported
		debug string
		want  error
	}{
		"unknown format":         {stream(gst.StreamErrorTypeNotFound), "", ErrNotVideo},
		"nothing in it":          {stream(gst.StreamErrorTypeNotFound), "x.c(1): f ():\nStream contains no data.", ErrEmpty},
		"wrong type":             {stream(gst.StreamErrorWrongType), "", ErrNotVideo},
		"no codec":               {stream(gst.StreamErrorCodecNotFound), "", ErrNoDecoder},
		"demuxer":                {stream(gst.StreamErrorDemux), "", ErrDamaged},
		"decoder":                {stream(gst.StreamErrorDecode), "", ErrDamaged},
		"format":                 {stream(gst.StreamErrorFormat), "", ErrDamaged},
		"cut in its first frame": {stream(gst.StreamErrorFailed), "x.c(1): f ():\nall streams without buffers", ErrDamaged},
		"encrypted":              {stream(gst.StreamErrorDecrypt), "", ErrEncrypted},
		"no key":                 {stream(gst.StreamErrorDecryptNokey), "", ErrEncrypted},
		"encoder":                {stream(gst.StreamErrorEncode), "", ErrEncode},
		"muxer":                  {stream(gst.StreamErrorMux), "", ErrEncode},
		"size refused":           {stream(gst.StreamErrorFailed), "streaming stopped, reason not-negotiated (-4)", ErrEncode},
		"sound only":             {stream(gst.StreamErrorFailed), "streaming stopped, reason not-linked (-1)", ErrNoVideo},
		"not there":              {resource(gst.ResourceErrorNotFound), "", ErrNotFound},
		"refused":                {resource(gst.ResourceErrorNotAuthorized), "", ErrRefused},
		"not opened":             {resource(gst.ResourceErrorOpenRead), "", ErrConnect},
		"not opened both ways":   {resource(gst.ResourceErrorOpenReadWrite), "", ErrConnect},
		"not read":               {resource(gst.ResourceErrorRead), "", ErrBroken},
		"disk full":              {resource(gst.ResourceErrorNoSpaceLeft), "", ErrSpace},
		"disk full, by errno":    {resource(gst.ResourceErrorWrite), "system error: No space left on device", ErrSpace},
		"not written":            {resource(gst.ResourceErrorWrite), "system error: Input/output error", ErrWrite},
		"plugin":                 {core(gst.CoreErrorMissingPlugin), "", ErrNoDecoder},
		"caps":                   {core(gst.CoreErrorNegotiation), "", ErrEncode},
	} {
		t.Run(name, func(t *testing.T) {
			err := explain(c.err, c.debug, nil)
			require.ErrorIs(t, err, c.want)
			if !plain(c.want) {
				require.ErrorContains(t, err, "GStreamer: Words of GStreamer)")
			}
		})
	}
	require.EqualError(t, explain(stream(gst.StreamErrorFailed), "where\nwhat", nil), "GStreamer failed: Words of GStreamer (what)")
	other := errors.New("other")
	require.Equal(t, other, explain(other, "", nil))
}

// TestMissingDecodersAreNamed: whatever else is said, what is missing is the cause; once each.
func TestMissingDecodersAreNamed(t *testing.T) {
	gstshim.Init()
	err := explain(reported{gst.StreamErrorQuark(), int(gst.StreamErrorFailed)}, "not-linked", []string{"H.265", "H.265", "AV1"})
	require.ErrorIs(t, err, ErrNoDecoder)
	require.EqualError(t, err, "no decoder is installed for H.265, AV1: `videogem doctor` says how to get one")
}
