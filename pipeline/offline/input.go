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

// kindOf looks at the path alone; whatever is neither a folder, an array nor a picture is taken for video.
func kindOf(path string) (inputKind, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%w: %w", ErrInput, err)
	case info.IsDir():
		return inputFolder, nil
	}
	ext := strings.ToLower(filepath.Ext(path))
	switch {
	case ext == ".npy":
		return inputArray, nil
	case slices.Contains(media.PictureExtensions(), ext):
		return inputPicture, nil
	default:
		return inputVideo, nil
	}
}

// openInput opens an input for a model.
func openInput(path string, kind inputKind, s engine.Spec, preprocessed bool, stride float64) (clips, error) {
	switch kind {
	case inputArray:
		return openArray(path, s, preprocessed)
	case inputPicture:
		return &pictures{files: []string{path}, frames: s.Frames, fitter: newFitter(s)}, nil
	case inputFolder:
		return openFolder(path, s)
	default:
		return openVideo(path, s, stride)
	}
}

// pictures makes a clip of every group of files as long as the model's clips; a single picture is repeated.
type pictures struct {
	files  []string // left to read
	frames int
	fitter fitter
	read   int
}

func openFolder(dir string, s engine.Spec) (clips, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInput, err)
	}
	p := &pictures{frames: s.Frames, fitter: newFitter(s)}
	for _, e := range entries { // sorted by name
		if slices.Contains(media.PictureExtensions(), strings.ToLower(filepath.Ext(e.Name()))) {
			p.files = append(p.files, filepath.Join(dir, e.Name()))
		}
	}
	if len(p.files) == 0 {
		return nil, fmt.Errorf("%w %s: the folder holds no pictures (%s)", ErrInput, dir, strings.Join(media.PictureExtensions(), " "))
	}
	return p, nil
}

func (p *pictures) next(context.Context) (clip, error) {
	if len(p.files) == 0 {
		return clip{}, io.EOF
	}
	n := min(p.frames, len(p.files))
	var group []imaging.RGB
	for _, file := range p.files[:n] {
		picture, err := media.ReadPicture(file)
		if err != nil {
			return clip{}, err
		}
		group = append(group, picture)
	}
	p.files = p.files[n:]
	c, err := p.fitter.clip(group, p.frames, float64(p.read))
	p.read += n
	return c, err
}

func (p *pictures) close() {}
