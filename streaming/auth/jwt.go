package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	// leastSecret is the least length of an HS256 secret in bytes, RFC 7518 section 3.2.
	leastSecret = 32
	// leeway is how far the clocks of issuer and server may be apart.
	leeway = 30 * time.Second
)

// JWT says whose JSON Web Tokens (RFC 7519) to believe. They have an expiry and the claim "videogem", a list of Grant.
type JWT struct {
	Secret   []byte // of HS256, 32 bytes or more
	JWKS     string // file or https address of a JWK Set, for RS256 and ES256; only one of Secret and JWKS
	Issuer   string // not empty: the claim "iss" that is asked for
	Audience string // not empty: a claim "aud" that is asked for
}

// claims are those of a token.
type claims struct {
	jwt.RegisteredClaims
	Grants []Grant `json:"videogem"`
}

// Validate implements jwt.ClaimsValidator.
func (c *claims) Validate() error { return checkGrants(c.Grants) }

// signed verifies JWTs.
type signed struct {
	parser *jwt.Parser
	keys   jwt.Keyfunc
}

func newSigned(ctx context.Context, o JWT, log *slog.Logger) (*signed, error) {
	s := &signed{}
	var methods []string
	switch {
	case (len(o.Secret) == 0) == (o.JWKS == ""):
		return nil, fmt.Errorf("%w: JWT: give either a secret or a JWK Set", ErrConfig)
	case o.JWKS != "":
		find, err := keysOf(ctx, o.JWKS, log)
		if err != nil {
			return nil, err
		}
		// Never HS256 here: a public key must not be taken for a secret.
		s.keys, methods = find, []string{"RS256", "ES256"}
	case len(o.Secret) < leastSecret:
		return nil, fmt.Errorf("%w: JWT: the secret has %d bytes, use %d or more", ErrConfig, len(o.Secret), leastSecret)
	default:
		s.keys, methods = func(*jwt.Token) (any, error) { return o.Secret, nil }, []string{"HS256"}
	}
	options := []jwt.ParserOption{jwt.WithValidMethods(methods), jwt.WithExpirationRequired(), jwt.WithLeeway(leeway), jwt.WithStrictDecoding()}
	if o.Issuer != "" {
		options = append(options, jwt.WithIssuer(o.Issuer))
	}
	if o.Audience != "" {
		options = append(options, jwt.WithAudience(o.Audience))
	}
	s.parser = jwt.NewParser(options...)
	return s, nil
}

// keysOf returns what finds the key of a token in the JWK Set at a path or an address.
func keysOf(ctx context.Context, at string, log *slog.Logger) (jwt.Keyfunc, error) {
	if strings.Contains(at, "://") {
		a, err := newKeyAddress(ctx, at, log)
		return a.find, err
	}
	f, err := newKeyFile(at)
	return f.find, err
}

// key finds the key of a token. Tokens that ask for extensions we do not know are none of ours, RFC 7515 section 4.1.11.
func (s *signed) key(t *jwt.Token) (any, error) {
	if _, ok := t.Header["crit"]; ok {
		return nil, errors.New("the token has critical extensions")
	}
	return s.keys(t)
}

// verify returns who the token stands for; an error wraps ErrToken.
func (s *signed) verify(token string) (*Principal, error) {
	var c claims
	if _, err := s.parser.ParseWithClaims(token, &c, s.key); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrToken, err)
	}
	// Quoted: no two pairs look the same.
	id := fmt.Sprintf("sub:%q %q", c.Issuer, c.Subject)
	if c.Subject == "" { // a session then belongs to this very token
		id = Hash(token)
	}
	return &Principal{ID: id, Expires: c.ExpiresAt.Add(leeway), Grants: c.Grants}, nil
}

// looksSigned tells JWTs from static tokens.
func looksSigned(token string) bool { return strings.Count(token, ".") == 2 }
