package offline

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/imaging"
	"github.com/videogem/videogem/pipeline/internal/media"
)

// ErrInput means that the input cannot be used as it is: the user's fault.
var ErrInput = media.ErrInput

// inputKind is what an input turned out to be.
type inputKind int

const (
	inputVideo inputKind = iota
	inputPicture
	inputFolder
	inputArray
)

// kindOf looks at the path, and into pictures whether they are animated; whatever is neither a folder, an array nor a picture is taken
// for video.
func kindOf(path string) (inputKind, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%w: %w", ErrInput, err)
	case info.IsDir():
		return inputFolder, nil
	}
	switch {
	case strings.ToLower(filepath.Ext(path)) == ".npy":
		return inputArray, nil
	case !media.IsPictureName(path):
		return inputVideo, nil
	}
	if moving, err := media.IsAnimated(path); moving || err != nil {
		return inputVideo, err
	}
	return inputPicture, nil
}

// openInput opens an input for a model.
func openInput(kind inputKind, s engine.Spec, o Options) (clips, error) {
	switch kind {
	case inputArray:
		return openArray(o.Input, s, o.Preprocessed)
	case inputPicture:
		return &pictures{spec: s, files: []string{o.Input}, maxPixels: o.MaxPixels}, nil
	case inputFolder:
		return openFolder(o.Input, s, o.MaxPixels)
	default:
		return openVideo(o.Input, s, o.Stride, o.MaxPixels)
	}
}

// pictures makes a clip of every group of files as long as the model's clips; a single picture is repeated.
type pictures struct {
	spec      engine.Spec
	files     []string // left to read
	read      int
	maxPixels int
}

func openFolder(dir string, s engine.Spec, maxPixels int) (clips, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInput, err)
	}
	p := &pictures{spec: s, maxPixels: maxPixels}
	for _, e := range entries {
		if media.IsPictureName(e.Name()) {
			p.files = append(p.files, filepath.Join(dir, e.Name()))
		}
	}
	slices.SortStableFunc(p.files, compareNatural)
	if len(p.files) == 0 {
		return nil, fmt.Errorf("%w %s: the folder holds no pictures (%s)", ErrInput, dir, strings.Join(media.PictureExtensions(), " "))
	}
	return p, nil
}

func (p *pictures) next(context.Context) (clip, error) {
	if len(p.files) == 0 {
		return clip{}, io.EOF
	}
	n := min(p.spec.Frames, len(p.files))
	var group []imaging.RGB
	for _, file := range p.files[:n] {
		picture, err := media.ReadPicture(file, p.maxPixels)
		if err != nil {
			return clip{}, err
		}
		group = append(group, picture)
	}
	p.files = p.files[n:]
	c, err := fit(p.spec, group, float64(p.read))
	p.read += n
	return c, err
}

func (p *pictures) close() {}
