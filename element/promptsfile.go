package element

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
)

// watchPeriod is how often the prompts file is looked at. Looking is one system call, and works on every file system and with editors
// that write a new file and rename it.
const watchPeriod = 250 * time.Millisecond

// maxPromptsFile bounds what is read of a prompts file.
const maxPromptsFile = 1 << 20

// ErrPromptsFile means that the prompts file is larger than any list of prompts.
var ErrPromptsFile = errors.New("prompts file is too large")

// promptsFile is what was last seen of the file.
type promptsFile struct {
	path   string
	seen   os.FileInfo
	misses int // looks in a row that found no file
}

// look gives the prompts when the file has changed. An error comes once, not at every look, and for a file that is missing only at
// the second look: an editor may be about to rename the new one.
func (p *promptsFile) look(path string) (prompts []string, changed bool, err error) {
	if path != p.path {
		*p = promptsFile{path: path, misses: 1} // a path that was just given is expected to be right
	}
	if path == "" {
		return nil, false, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		p.seen = nil
		if p.misses++; p.misses != 2 {
			err = nil
		}
		return nil, false, err
	}
	p.misses = 0
	if p.seen != nil && os.SameFile(info, p.seen) && info.ModTime().Equal(p.seen.ModTime()) && info.Size() == p.seen.Size() {
		return nil, false, nil
	}
	p.seen = info
	text, err := readLimited(path)
	if err != nil {
		return nil, false, err
	}
	return parsePrompts(text), true, nil
}

func readLimited(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxPromptsFile+1))
	if err != nil {
		return "", err
	}
	if len(text) > maxPromptsFile {
		return "", fmt.Errorf("%w: %s has more than %d bytes", ErrPromptsFile, path, maxPromptsFile)
	}
	return string(text), nil
}

// parsePrompts reads a file's text: one prompt a line or several separated by ';'. Lines that begin with # are left out.
func parsePrompts(text string) []string {
	var prompts []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "#") {
			prompts = append(prompts, SplitPrompts(line)...)
		}
	}
	return prompts
}

// readPrompts looks at the prompts file and takes its prompts over when it has changed.
func (v *videogem) readPrompts(file *promptsFile) {
	s, _ := v.settings.snapshot()
	prompts, changed, err := file.look(s.promptsFile)
	switch {
	case err != nil:
		v.warn(gst.ResourceErrorQuark(), resourceErrorRead, "prompts stay as they were: "+err.Error())
	case changed:
		v.SetObjectProperty("prompts", JoinPrompts(prompts))
	}
}

// watch looks at the prompts file every now and then until ctx ends.
func (v *videogem) watch(ctx context.Context, file *promptsFile, done chan<- struct{}) {
	defer close(done)
	defer v.recovered("prompts-file", func() {})
	ticker := time.NewTicker(watchPeriod)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			v.readPrompts(file)
		}
	}
}
