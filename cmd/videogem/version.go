package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// versionCommand says which videogem this is.
type versionCommand struct{}

// Run prints a line.
func (c *versionCommand) Run(env *environment) error {
	_, err := fmt.Fprintln(env.stdout, version())
	return err
}

// version is the program's version with the commit that it was built from, as the go command noted them down.
func version() string {
	number, commit, changed := "unknown", "unknown", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" {
			number = info.Main.Version
		}
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				commit = s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				changed = ", with changes"
			}
		}
	}
	return fmt.Sprintf("videogem %s (commit %s%s, %s %s/%s)", number, commit, changed, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
