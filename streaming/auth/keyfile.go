package auth

import (
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// keysLook is the least time between two looks at a file's date.
const keysLook = time.Second

// keyFile is a JWK Set in a file, which is read again when it changes. A change that cannot be read leaves the old keys in force.
type keyFile struct {
	path string

	mu       sync.Mutex
	looked   time.Time
	modified time.Time
	keys     keySet
}

// newKeyFile reads the file; an error wraps ErrConfig.
func newKeyFile(path string) (*keyFile, error) {
	f := &keyFile{path: path, looked: time.Now()}
	var err error
	if f.keys, f.modified, err = f.read(); err != nil {
		return nil, fmt.Errorf("%w: JWK Set: %w", ErrConfig, err)
	}
	return f, nil
}

func (f *keyFile) find(t *jwt.Token) (any, error) { return f.now().find(t) }

func (f *keyFile) now() keySet {
	f.mu.Lock()
	defer f.mu.Unlock()
	if time.Since(f.looked) < keysLook {
		return f.keys
	}
	f.looked = time.Now()
	if keys, modified, err := f.read(); err == nil && keys != nil {
		f.keys, f.modified = keys, modified
	}
	return f.keys
}

// read returns nil keys when the file has not changed; mu is held, or nobody else has the file yet.
func (f *keyFile) read() (keySet, time.Time, error) {
	info, err := os.Stat(f.path)
	if err != nil || f.keys != nil && info.ModTime().Equal(f.modified) {
		return nil, time.Time{}, err
	}
	b, err := os.ReadFile(f.path)
	if err != nil {
		return nil, time.Time{}, err
	}
	keys, err := parseKeys(b)
	return keys, info.ModTime(), err
}
