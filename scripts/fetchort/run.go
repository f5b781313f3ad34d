package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// run is the command: it reads args, fetches, and answers the exit status (0 done, 1 failed, 2 wrong use).
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("fetchort", flag.ContinueOnError)
	flags.SetOutput(stderr)
	index := flags.String("index", "", "`URL` of the Python package index to take the wheel from")
	root := flags.String("root", defaultRoot(), "`folder` that holds one folder per ONNX Runtime version")
	where := flags.Bool("where", false, "only print where the library belongs")
	gpu := flags.Bool("cuda", false, "the build for NVIDIA's GPUs")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	find := releaseFor
	if *gpu {
		find = gpuReleaseFor
	}
	rel, err := find(runtime.GOOS + "/" + runtime.GOARCH)
	if err != nil {
		fmt.Fprintln(stderr, "fetchort:", err)
		return 1
	}
	dir := filepath.Join(*root, rel.folder())
	if *where {
		fmt.Fprintln(stdout, filepath.Join(dir, rel.libraryName()))
		return 0
	}
	f := fetcher{client: http.DefaultClient, index: *index, out: stdout, tries: 5, pause: 2 * time.Second, stall: 30 * time.Second}
	if err := f.fetch(ctx, rel, dir); err != nil {
		fmt.Fprintln(stderr, "fetchort:", err)
		return 1
	}
	return 0
}

// defaultRoot is where the engine looks for the library: $XDG_CACHE_HOME/videogem/onnxruntime.
func defaultRoot() string {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	return filepath.Join(cache, "videogem", "onnxruntime")
}
