package offline

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/videogem/videogem/pipeline/internal/wholefile"
)

// checkOutputs refuses, before anything is computed, outputs that could not be written at the end. Errors wrap ErrOutput.
func (o *Options) checkOutputs(kind inputKind) error {
	if o.Out != "" {
		if err := checkEnding(o.Out, kind, o.Preprocessed); err != nil {
			return err
		}
	}
	seen := map[string]string{}
	for _, f := range []struct{ flag, path string }{{"--out", o.Out}, {"--maps", o.Maps}, {"--json", o.JSON}} {
		if f.path == "" || f.path == "-" && f.flag == "--json" {
			continue
		}
		if err := wholefile.Check(f.path); err != nil {
			return fmt.Errorf("%w: %s: %w", ErrOutput, f.flag, err)
		}
		if other, twice := seen[filepath.Clean(f.path)]; twice {
			return fmt.Errorf("%w: %s and %s are both %s", ErrOutput, other, f.flag, f.path)
		}
		seen[filepath.Clean(f.path)] = f.flag
		in, errIn := os.Stat(o.Input)
		out, errOut := os.Stat(f.path)
		if errIn == nil && errOut == nil && os.SameFile(in, out) {
			return fmt.Errorf("%w: %s %s is the input itself", ErrOutput, f.flag, f.path)
		}
	}
	return nil
}

// checkEnding tells whether what the input gives can be written under that name.
func checkEnding(out string, kind inputKind, preprocessed bool) error {
	ext := strings.ToLower(filepath.Ext(out))
	switch {
	case preprocessed:
		return fmt.Errorf("%w %s: a preprocessed array has no pictures to draw on; leave --out away", ErrOutput, out)
	case kind == inputVideo && !slices.Contains(filmEndings(), ext):
		return fmt.Errorf("%w %s: write a video as %s", ErrOutput, out, strings.Join(filmEndings(), ", "))
	case kind == inputVideo:
		_, err := filmTail(out, false)
		return err
	case ext != ".png":
		return fmt.Errorf("%w %s: write pictures and arrays as .png", ErrOutput, out)
	}
	return nil
}
