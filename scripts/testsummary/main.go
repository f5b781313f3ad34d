// Command testsummary reads `go test -json` from standard input and tells people what happened: a line for each package as it
// ends, the whole output of each failing test, each skipped test with its reason, and last a line "N passed, N failed, N skipped".
// Its exit status is 1 when anything failed and when no test ran.
package main

import (
	"fmt"
	"os"
)

func main() {
	s := newSummary(os.Stdout)
	if err := s.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "testsummary:", err)
		os.Exit(1)
	}
	if !s.finish() {
		os.Exit(1)
	}
}
