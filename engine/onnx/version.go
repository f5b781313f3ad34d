package onnx

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"sync"
)

//go:embed *.go
var sources embed.FS

// Version tells models built by this code from those built by another: a hash of this package's own sources, so that nobody has
// to remember to count a number up, and of what INT8 depends on in this machine.
var Version = sync.OnceValue(func() string { //nolint:gochecknoglobals // a constant that has to be worked out
	h := sha256.New()
	files, err := sources.ReadDir(".")
	for _, f := range files {
		var text []byte
		if text, err = sources.ReadFile(f.Name()); err != nil {
			break
		}
		h.Write(text)
	}
	fmt.Fprint(h, byteRange(), err)
	return hex.EncodeToString(h.Sum(nil)[:8])
})
