// Command check reads the reports that check.sh has made, and prints what of the demo model's goals is reached.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/videogem/videogem/pipeline/eval/report"
	"github.com/videogem/videogem/pipeline/eval/runner"
)

func main() {
	dir := flag.String("dir", "", "`folder` with a report of each set")
	file := flag.String("file", "", "the model's `file` in the repository; empty: its size is not looked at")
	flag.Parse()
	if err := run(os.Stdout, *dir, *file); err != nil {
		fmt.Fprintln(os.Stderr, "check:", err)
		os.Exit(1)
	}
}

func run(w io.Writer, dir, file string) error {
	all := reports{}
	for _, name := range []string{
		"calibration", "calm", "heldout", "pairs", "shuffled", "trained", "phrasings", "wide", "clutter", "jumble", "changing", "last-layer", "weightings",
	} {
		text, err := os.ReadFile(filepath.Join(dir, name, report.JSONFile))
		if err != nil {
			return err
		}
		var r report.Report
		if err := json.Unmarshal(text, &r); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		all[name] = &r
	}
	_, clips, err := runner.Load(filepath.Join(dir, "pairs", runner.File))
	if err != nil {
		return err
	}
	size := int64(-1)
	if file != "" {
		info, err := os.Stat(file)
		if err != nil {
			return err
		}
		size = info.Size()
	}
	all.print(w, times(clips), size)
	return nil
}

// times are how long the clips of a set took, milliseconds, in order of size.
func times(clips []runner.Line) []float64 {
	var all []float64
	for _, c := range clips {
		if c.Ground > 0 {
			all = append(all, 1000*c.Ground)
		}
	}
	slices.Sort(all)
	return all
}
