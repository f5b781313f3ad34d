package media

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/go-gst/go-glib/pkg/gobject/v2"
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
	bin := pipe.GetByName("tracks")
	all := make(chan []Track, 1)
	var found []Track
	signals := []gobject.SignalHandle{
		bin.ConnectPadAdded(func(_ gst.Element, pad gst.Pad) {
			// A track that leads nowhere would end the demuxer, perhaps before it has told all tracks.
			if end := gst.ElementFactoryMake("fakesink", ""); end != nil && pipe.Add(end) {
				end.SetObjectProperty("async", false)
				end.SyncStateWithParent()
				pad.Link(end.GetStaticPad("sink"))
			}
			if caps := pad.GetCurrentCaps(); caps != nil && caps.GetSize() > 0 {
				s := caps.GetStructure(0)
				version, _ := s.GetValue("mpegversion").(int32)
				found = append(found, Track{Media: s.GetName(), Version: int(version)})
			}
		}),
		bin.ConnectNoMorePads(func(gst.Element) {
			select {
			case all <- found:
			default: // told already
			}
		}),
	}
	defer func() {
		pipe.SetState(gst.StateNull)
		for _, s := range signals {
			bin.HandlerDisconnect(s)
		}
	}()
	pipe.SetState(gst.StatePaused)
	for began := time.Now(); time.Since(began) < tracksTimeout; {
		select {
		case tracks := <-all:
			return tracks, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		default:
		}
		if m := pipe.GetBus().TimedPopFiltered(20*gst.Millisecond, gst.MessageError); m != nil {
			return nil, fmt.Errorf("%w %s: %w", ErrInput, path, gsterror.Explain(m, nil))
		}
	}
	return nil, fmt.Errorf("%w %s: its tracks are not known after %v", ErrInput, path, tracksTimeout)
}
