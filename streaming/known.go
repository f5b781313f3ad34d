package streaming

import (
	"crypto/sha256"
	"sync"
)

// knownMost bounds how many tokens are remembered.
const knownMost = 4096

// known remembers, by their hash, tokens that were good. Whoever guesses tokens must not lock out those who share his address with him and
// have one: a whole site may come through one proxy. A token that has run out meanwhile is still refused.
type known struct {
	mu     sync.Mutex
	hashes map[[sha256.Size]byte]struct{}
}

func newKnown() *known { return &known{hashes: map[[sha256.Size]byte]struct{}{}} }

func (k *known) add(token string) {
	hash := sha256.Sum256([]byte(token))
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.hashes) >= knownMost {
		clear(k.hashes)
	}
	k.hashes[hash] = struct{}{}
}

func (k *known) has(token string) bool {
	hash := sha256.Sum256([]byte(token))
	k.mu.Lock()
	defer k.mu.Unlock()
	_, ok := k.hashes[hash]
	return ok
}
