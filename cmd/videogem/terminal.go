package main

import (
	"io"
	"os"

	"golang.org/x/term"
)

// isTerminal tells whether somebody watches what is written there.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) //nolint:gosec // file descriptors are small
}
