package auth

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"strings"
)

// hashPrefix begins a hashed token.
const hashPrefix = "sha256:"

// Token is a token of which only the hash is kept. Make the token itself with a random generator (32 hex digits or more): a hash
// without salt guards random strings, not words that people think of.
type Token struct {
	Name   string  `json:"name"` // for the log, and as the holder's ID
	Hash   string  `json:"hash"` // "sha256:" and 64 hex digits, as Hash writes it
	Grants []Grant `json:"grants"`
}

// Hash is what a settings file says of a token.
func Hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hashPrefix + hex.EncodeToString(sum[:])
}

// static finds tokens by their hash.
type static struct {
	sums   [][sha256.Size]byte
	tokens []Token
}

func newStatic(tokens []Token) (*static, error) {
	s := &static{tokens: tokens, sums: make([][sha256.Size]byte, len(tokens))}
	names := map[string]bool{}
	for i, t := range tokens {
		if t.Name == "" || names[t.Name] {
			return nil, fmt.Errorf("%w: token %d: give each token a name of its own", ErrConfig, i+1)
		}
		names[t.Name] = true
		b, err := hex.DecodeString(strings.TrimPrefix(t.Hash, hashPrefix))
		if err != nil || len(b) != sha256.Size || !strings.HasPrefix(t.Hash, hashPrefix) {
			return nil, fmt.Errorf("%w: token %s: its hash is %q and 64 hex digits", ErrConfig, t.Name, hashPrefix)
		}
		s.sums[i] = [sha256.Size]byte(b)
		if err := checkGrants(t.Grants); err != nil {
			return nil, fmt.Errorf("%w: token %s: %w", ErrConfig, t.Name, err)
		}
	}
	return s, nil
}

// find returns who the token stands for, or nil. All tokens are compared whatever the first ones say: the time taken tells nothing.
func (s *static) find(token string) *Principal {
	sum := sha256.Sum256([]byte(token))
	found := -1
	for i := range s.sums {
		if subtle.ConstantTimeCompare(s.sums[i][:], sum[:]) == 1 {
			found = i
		}
	}
	if found < 0 {
		return nil
	}
	return &Principal{ID: "token:" + s.tokens[found].Name, Grants: s.tokens[found].Grants}
}
