package streaming

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"strings"
)

//go:embed page
var pageFiles embed.FS

// pageHandler serves the embedded page. Browsers keep it, and ask each time whether it is still the same.
func pageHandler() (http.Handler, error) {
	files, err := fs.Sub(pageFiles, "page")
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	err = fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(files, path)
		sum.Write(b)
		return err
	})
	if err != nil {
		return nil, err
	}
	etag := `"` + hex.EncodeToString(sum.Sum(nil)[:8]) + `"`
	server := http.FileServerFS(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if info, err := fs.Stat(files, strings.Trim(r.URL.Path, "/")); err == nil && info.IsDir() && r.URL.Path != "/" {
			http.NotFound(w, r) // no lists of files
			return
		} else if err == nil || r.URL.Path == "/" {
			w.Header().Set("Cache-Control", "no-cache")
			w.Header().Set("ETag", etag)
		}
		server.ServeHTTP(w, r)
	}), nil
}
