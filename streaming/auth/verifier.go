package auth

import (
	"context"
	"fmt"
	"log/slog"
)

// maxToken bounds a token's length.
const maxToken = 8 << 10

// Config says which tokens are good.
type Config struct {
	Tokens []Token
	JWT    *JWT
	Logger *slog.Logger // nil: slog.Default()
}

// Verifier knows who a token stands for. It is safe for concurrent use.
type Verifier struct {
	static *static
	signed *signed // nil: no JWTs
}

// New makes a verifier; keys from an address are read before it returns, and then again now and then until ctx ends. An error wraps
// ErrConfig.
func New(ctx context.Context, c Config) (*Verifier, error) {
	if len(c.Tokens) == 0 && c.JWT == nil {
		return nil, fmt.Errorf("%w: neither tokens nor JWT are set up", ErrConfig)
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	s, err := newStatic(c.Tokens)
	if err != nil {
		return nil, err
	}
	v := &Verifier{static: s}
	if c.JWT != nil {
		if v.signed, err = newSigned(ctx, *c.JWT, c.Logger); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// Verify returns who the token stands for; an error wraps ErrToken.
func (v *Verifier) Verify(token string) (*Principal, error) {
	if token == "" || len(token) > maxToken {
		return nil, fmt.Errorf("%w: it has %d bytes", ErrToken, len(token))
	}
	if p := v.static.find(token); p != nil {
		return p, nil
	}
	if v.signed == nil || !looksSigned(token) {
		return nil, fmt.Errorf("%w: not known", ErrToken)
	}
	return v.signed.verify(token)
}
