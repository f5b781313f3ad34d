package report

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"

	"github.com/videogem/videogem/pipeline/internal/wholefile"
)

// The files that Write leaves in a folder.
const (
	JSONFile     = "report.json"
	MarkdownFile = "report.md"
	HTMLFile     = "report.html"
)

// Write writes the report in all forms into a folder, each file whole or not at all.
func (r *Report) Write(ctx context.Context, dir string, gallery []Shown) error {
	paper, err := LoadPaper()
	if err != nil {
		return err
	}
	for _, f := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{JSONFile, func(w io.Writer) error {
			e := json.NewEncoder(w)
			e.SetIndent("", " ")
			return e.Encode(r)
		}},
		{MarkdownFile, func(w io.Writer) error { return r.Markdown(w, paper) }},
		{HTMLFile, func(w io.Writer) error { return r.HTML(w, paper, gallery) }},
	} {
		err := wholefile.Write(ctx, filepath.Join(dir, f.name), func(out *wholefile.File) error { return f.write(out) })
		if err != nil {
			return fmt.Errorf("write %s: %w", f.name, err)
		}
	}
	return nil
}
