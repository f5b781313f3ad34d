package media

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"

	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/pipeline/internal/gsterror"
)

// tracksTimeout bounds the look at a file's tracks.
const tracksTimeout = 10 * time.Second

// Track is one of a file's tracks, still encoded.
type Track struct {
	Media   string // GStreamer's name: audio/mpeg, video/x-h264 …
	Version int    // of MPEG audio: 1 (MP3 and its kin), 2 or 4 (AAC); 0 for all others
}

// Tracks lists a file's tracks. Errors wrap ErrInput or are ctx's.
func Tracks(ctx context.Context, path string) ([]Track, error) {
	gstshim.Init()
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInput, err)
	}
	top, err := gst.ParseLaunch("filesrc name=file ! parsebin name=tracks")
	if err != nil {
		return nil, fmt.Errorf("tracks of %s: %w", path, err)
	}
	pipe, ok := top.(gst.Pipeline)
	if !ok {
		return nil, fmt.Errorf("tracks of %s: gst-launch made a %T instead of a pipeline", path, top)
	}
	pipe.GetByName("file").SetObjectProperty("location", abs)
	defer pipe.SetState(gst.StateNull)
	pipe.SetState(gst.StatePaused)
	for began := time.Now(); time.Since(began) < tracksTimeout; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		m := pipe.GetBus().TimedPopFiltered(20*gst.Millisecond, gst.MessageError|gst.MessageStreamCollection)
		switch {
		case m == nil:
		case m.Type() == gst.MessageError: // not for want of a link: that comes after the collection
			return nil, fmt.Errorf("%w %s: %w", ErrInput, path, gsterror.Explain(m, nil))
		default:
			return tracksOf(m.ParseStreamCollection()), nil
		}
	}
	return nil, fmt.Errorf("%w %s: its tracks are not known after %v", ErrInput, path, tracksTimeout)
}

func tracksOf(c gst.StreamCollection) (all []Track) {
	for i := range c.GetSize() {
		t := Track{}
		if caps := c.GetStream(i).GetCaps(); caps != nil && caps.GetSize() > 0 {
			s := caps.GetStructure(0)
			version, _ := s.GetValue("mpegversion").(int32)
			t = Track{Media: s.GetName(), Version: int(version)}
		}
		all = append(all, t)
	}
	return all
}
