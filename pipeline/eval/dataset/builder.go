package dataset

import (
	"context"
	"fmt"

	"github.com/videogem/videogem/engine/prompt"
	"github.com/videogem/videogem/pipeline/eval/manifest"
)

// builder collects a manifest.
type builder struct {
	*library
	videos  bool
	missing manifest.Missing // the data set's rule
	ids     map[string]int
	out     *manifest.Manifest
	visited int
}

// maxVisited bounds what is walked of an annotation file: in a pickle, a small file may hold one list in a million places.
const maxVisited = 2 << 20

// visit is called for every annotation, and for every list of them.
func (b *builder) visit(ctx context.Context) error {
	if b.visited++; b.visited > maxVisited {
		return fmt.Errorf("%w: more than %d", ErrAnnotations, maxVisited)
	}
	return ctx.Err()
}

func newBuilder(name string, m Media, rule manifest.Missing, options map[string]string) (*builder, error) {
	l, err := openLibrary(m)
	if err != nil {
		return nil, err
	}
	options["media"] = "none"
	switch {
	case m.Folder != "" && m.Videos:
		options["media"] = "videos"
	case m.Folder != "":
		options["media"] = "images"
	}
	return &builder{
		library: l, videos: m.Videos, missing: rule, ids: map[string]int{},
		out: &manifest.Manifest{Header: manifest.Header{
			Format: manifest.Format, Dataset: name, Root: l.root, Options: options, Skipped: map[string]int{}, Incomplete: map[string]int{},
		}},
	}, nil
}

func (b *builder) skip(reason string) { b.out.Header.Skipped[reason]++ }

// add appends a sample. Where an annotation file asks for the same twice, the second gets #2 behind its id.
func (b *builder) add(s manifest.Sample) {
	b.ids[s.ID]++
	if n := b.ids[s.ID]; n > 1 {
		s.ID = fmt.Sprintf("%s#%d", s.ID, n)
	}
	s.Missing = b.missing
	b.out.Samples = append(b.out.Samples, s)
}

// shot is where the frames of a sample are to be had.
type shot struct {
	key       string              // picture file of the key frame
	neighbour func(i int) string  // and of the frame i places behind it, i from -4 to 3
	video     string              // the video's name
	time      func(i int) float64 // seconds, or
	frame     func(i int) int     // the number in the video, from 0
	outside   func(i int) bool    // whether the video is known not to have that frame; nil where nothing is known
}

// frames gives the media of a sample, or counts why there are none.
func (b *builder) frames(s shot) (manifest.Media, bool) {
	var m manifest.Media
	var whole, ok bool
	if b.videos {
		m, whole, ok = b.ofVideo(s)
	} else {
		m, whole, ok = b.ofImages(s)
	}
	if ok && !whole {
		b.out.Header.Incomplete[noNeighbour]++
	}
	return m, ok
}

func (b *builder) ofImages(s shot) (m manifest.Media, whole, ok bool) {
	m, whole = manifest.Media{Kind: manifest.Images, Paths: make([]string, clipFrames)}, true
	for i := range clipFrames {
		at := i - clipKey
		if at == 0 {
			name, found := b.key(s.key)
			if !found {
				b.skip(noKeyFrame)
				return m, false, false
			}
			m.Paths[i] = name
			continue
		}
		name, found := b.neighbour(s.neighbour(at))
		m.Paths[i] = name
		whole = whole && found && (s.outside == nil || !s.outside(at))
	}
	return m, whole, true
}

func (b *builder) ofVideo(s shot) (m manifest.Media, whole, ok bool) {
	file, found := b.video(s.video)
	if !found {
		b.skip(noVideo)
		return m, false, false
	}
	m, whole = manifest.Media{Kind: manifest.Video, Path: file}, true
	for i := range clipFrames {
		at := i - clipKey
		before := false
		if s.time != nil {
			m.Times = append(m.Times, s.time(at))
			before = s.time(at) < 0
		} else {
			m.FrameNumbers = append(m.FrameNumbers, s.frame(at))
			before = s.frame(at) < 0
		}
		if before && at == 0 {
			b.skip(noKeyFrame)
			return m, false, false
		}
		whole = whole && !before && (s.outside == nil || !s.outside(at))
	}
	return m, whole, true
}

// texts are the prompts of a label split into parts.
func texts(p prompt.Parts) manifest.Prompts {
	verb, object, action := p.Prompts()
	return manifest.Prompts{Action: action, Verbs: []string{verb}, Objects: []string{object}}
}
