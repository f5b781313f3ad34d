package offline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/videogem/videogem/element/overlay"
	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/pipeline/internal/media"
	"github.com/videogem/videogem/pipeline/internal/wholefile"
)

// timedHeat is the heat of all prompts in one frame of a clip.
type timedHeat struct {
	time time.Duration
	heat []gem.Map
}

// filmResult says what became of a film's sound.
type filmResult struct {
	sound string // why it is left out; "" when it was kept, or there is none
}

// film writes a video again with heat on every frame: that of the clip frame nearest in time. Frames of another size than the first one's
// are brought to that.
func film(ctx context.Context, o Options, heats []timedHeat, labels []string) (done filmResult, err error) {
	in, err := media.OpenVideo(o.Input, media.VideoOptions{SquarePixels: true, MaxPixels: o.MaxPixels})
	if err != nil {
		return done, err
	}
	defer in.Close()
	f, err := in.Next(ctx)
	if errors.Is(err, io.EOF) {
		return done, fmt.Errorf("%w %s: it holds no picture", ErrInput, o.Input)
	}
	if err != nil {
		return done, err
	}
	out, err := wholefile.Create(ctx, o.Out)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, out.Abort()) }()
	var tune *sound
	if tune, done.sound, err = soundFor(ctx, o.Input, o.Out, f.Start); err != nil {
		return done, err
	}
	w, h := f.Picture.W, f.Picture.H
	e, err := newFilmEncoder(o.Out, out, f, tune)
	if err != nil {
		return done, err
	}
	defer e.close()
	// Clips may overlap: the last one reaches back, and so do all with a short stride.
	slices.SortStableFunc(heats, func(a, b timedHeat) int { return int(a.time - b.time) })
	var a *artist
	var texture *overlay.Texture
	at, painted := 0, -1
	for err == nil {
		if a == nil || a.w != f.Picture.W || a.h != f.Picture.H {
			if a, err = newArtist(f.Picture.W, f.Picture.H, labels); err != nil {
				return done, err
			}
			painted = -1
		}
		for at+1 < len(heats) && (heats[at+1].time-f.Time).Abs() <= (heats[at].time-f.Time).Abs() {
			at++
		}
		if painted != at {
			texture, painted = a.paint(heats[at].heat), at
		}
		if err := e.write(ctx, fitted(a.draw(f.Picture, texture), w, h), f.Time, f.Duration); err != nil {
			return done, err
		}
		f, err = in.Next(ctx)
	}
	if !errors.Is(err, io.EOF) {
		return done, err
	}
	if err := e.finish(ctx); err != nil {
		return done, err
	}
	e.close()
	return done, out.Commit()
}
