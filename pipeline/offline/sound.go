package offline

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"

	"github.com/videogem/videogem/pipeline/internal/media"
)

// sound is a track that goes into a film as it is.
type sound struct {
	path   string
	caps   string        // of the track, for gst-launch
	parser string        // brings it into the form that muxers take
	start  time.Duration // the video's first frame in the container's time: the film's begins at 0
}

// soundKind is a kind of encoded sound.
type soundKind struct {
	name    string // in words
	media   string
	version int // of MPEG audio
	parser  string
	fits    string // endings of the files that it fits into
}

// soundKinds are those that can be kept.
func soundKinds() []soundKind {
	return []soundKind{
		{"AAC", "audio/mpeg", 4, "aacparse", ".mp4 .mkv"},
		{"AAC", "audio/mpeg", 2, "aacparse", ".mp4 .mkv"},
		{"MP3", "audio/mpeg", 1, "mpegaudioparse", ".mp4 .mkv"},
		{"AC-3", "audio/x-ac3", 0, "ac3parse", ".mp4 .mkv"},
		{"Opus", "audio/x-opus", 0, "opusparse", ".mp4 .webm .mkv"},
		{"Vorbis", "audio/x-vorbis", 0, "vorbisparse", ".webm .mkv"},
		{"FLAC", "audio/x-flac", 0, "flacparse", ".mkv"},
	}
}

// soundFor looks for sound that can be kept in a film of that name. Where there is some that cannot, why says so.
func soundFor(ctx context.Context, in, out string, start time.Duration) (tune *sound, why string, err error) {
	if media.IsPictureName(in) {
		return nil, "", nil
	}
	tracks, err := media.Tracks(ctx, in)
	if errors.Is(err, media.ErrInput) {
		return nil, "the sound's kind is not known", nil
	}
	if err != nil {
		return nil, "", err
	}
	ext := strings.ToLower(filepath.Ext(out))
	for _, t := range tracks {
		if !strings.HasPrefix(t.Media, "audio/") {
			continue
		}
		why = fmt.Sprintf("%s of this kind cannot be copied (%s)", ext, t.Media)
		for _, k := range soundKinds() {
			switch {
			case k.media != t.Media || k.version != t.Version || gst.ElementFactoryFind(k.parser) == nil:
			case !strings.Contains(k.fits, ext):
				why = fmt.Sprintf("%s takes no %s; %s does", ext, k.name, strings.ReplaceAll(k.fits, " ", " or "))
			default:
				caps := k.media
				if k.version > 0 {
					caps += fmt.Sprintf(",mpegversion=(int)%d", k.version)
				}
				return &sound{path: in, caps: caps, parser: k.parser, start: start}, "", nil
			}
		}
	}
	return nil, why, nil
}

// launch is the film pipeline's second branch.
func (s *sound) launch() string {
	return fmt.Sprintf("filesrc name=soundfile ! parsebin name=tracks  tracks. ! %s ! %s ! queue name=sound ! mux.audio_0", s.caps, s.parser)
}

// set says what gst-launch's language cannot: a path of any kind, and the shift.
func (s *sound) set(pipe gst.Pipeline) {
	pipe.GetByName("soundfile").SetObjectProperty("location", s.path)
	pipe.GetByName("sound").GetStaticPad("src").SetOffset(-s.start.Nanoseconds())
}
