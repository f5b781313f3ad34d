package frames

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/imaging"
	"github.com/videogem/videogem/engine/model"
	"github.com/videogem/videogem/pipeline/democam"
	"github.com/videogem/videogem/pipeline/eval/manifest"
	"github.com/videogem/videogem/pipeline/internal/media"
)

// Clip is a sample's frames, ready for the model.
type Clip struct {
	engine.Clip
	Key      int         // index of the frame that is scored
	Picture  imaging.RGB // that frame at its own size
	Repeated bool        // neighbours were missing: the key frame stands in every place
}

// Reader reads samples for one model. It is not safe for concurrent use: it keeps the video open that it read last.
type Reader struct {
	spec  engine.Spec
	video *video
}

// NewReader reads for a model of that description.
func NewReader(s engine.Spec) *Reader { return &Reader{spec: s} }

// Close closes the video that is open.
func (r *Reader) Close() {
	if r.video != nil {
		r.video.close()
		r.video = nil
	}
}

// Read gives a sample's clip. A model of one frame gets the key frame alone; a still picture stands in every place. With repeat, the
// key frame stands in for missing neighbours, in every place; otherwise they are an error, as a missing key frame always is. Errors wrap
// ErrMissing, ErrUnreadable or ErrCount, or are ctx's.
func (r *Reader) Read(ctx context.Context, s *manifest.Sample, repeat bool) (Clip, error) {
	have, want := s.Media.Frames(), r.spec.Frames
	all := make([]int, have)
	for i := range all {
		all[i] = i
	}
	switch {
	case want == 1 || have == 1:
		return r.key(ctx, s, false)
	case have != want:
		return Clip{}, fmt.Errorf("%w: sample %s has %d, model %s takes %d: prepare the manifest for it", ErrCount, s.ID, have, r.spec.Name, want)
	}
	pictures, err := r.pictures(ctx, &s.Media, all)
	if repeat && (errors.Is(err, ErrMissing) || errors.Is(err, ErrUnreadable)) {
		return r.key(ctx, s, true)
	}
	if err != nil {
		return Clip{}, fmt.Errorf("sample %s: %w", s.ID, err)
	}
	return r.clip(pictures, s.Key, false)
}

// key makes a clip of the key frame alone.
func (r *Reader) key(ctx context.Context, s *manifest.Sample, repeated bool) (Clip, error) {
	pictures, err := r.pictures(ctx, &s.Media, []int{s.Key})
	if err != nil {
		return Clip{}, fmt.Errorf("sample %s: key frame: %w", s.ID, err)
	}
	return r.clip(pictures, 0, repeated)
}

// clip stretches pictures to the model's size; one picture fills all places. Frames are never cropped, whatever the model's own rule:
// the protocol compares places in the whole frame.
func (r *Reader) clip(pictures []imaging.RGB, key int, repeated bool) (Clip, error) {
	s := r.spec
	if s.Resize == model.BicubicCrop {
		s.Resize = model.BicubicStretch
	}
	input, _, err := s.Fit(pictures...)
	if err != nil {
		return Clip{}, err
	}
	c := Clip{Clip: input, Key: key, Picture: pictures[key], Repeated: repeated}
	if len(pictures) == 1 {
		c.Key = s.Frames / 2
	}
	return c, nil
}

// pictures reads some of a sample's frames, all or none.
func (r *Reader) pictures(ctx context.Context, m *manifest.Media, which []int) ([]imaging.RGB, error) {
	switch m.Kind {
	case manifest.Images:
		return readFiles(m.Paths, which)
	case manifest.Demo:
		return draw(m.Clip, which)
	default:
		if r.video == nil || r.video.path != m.Path {
			r.Close()
			r.video = &video{path: m.Path}
		}
		pictures, err := r.video.read(ctx, m, which)
		if err != nil && !errors.Is(err, ErrMissing) {
			r.Close() // a decoder that failed is of no more use
		}
		return pictures, err
	}
}

func readFiles(paths []string, which []int) ([]imaging.RGB, error) {
	var pictures []imaging.RGB
	for _, i := range which {
		p, err := media.ReadPicture(paths[i], media.DefaultMaxPixels)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("%w: %w", ErrMissing, err)
		case err != nil:
			return nil, fmt.Errorf("%w: %w", ErrUnreadable, err)
		}
		pictures = append(pictures, p)
	}
	return pictures, nil
}

func draw(c *manifest.Clip, which []int) ([]imaging.RGB, error) {
	config, err := c.Config()
	if err != nil {
		return nil, err
	}
	pix, _, err := democam.Clip(c.Seed, config)
	if err != nil {
		return nil, err
	}
	size, order := config.Width*config.Height*3, c.Order()
	var pictures []imaging.RGB
	for _, i := range which {
		at := order[i] * size
		pictures = append(pictures, imaging.RGB{W: config.Width, H: config.Height, Pix: pix[at : at+size]})
	}
	return pictures, nil
}
