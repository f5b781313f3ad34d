package auth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/golang-jwt/jwt/v5"
)

const (
	// keysBytes bounds a JWK Set.
	keysBytes = 1 << 20
	// RSA keys are this long, RFC 7518 section 3.3; longer ones only cost time.
	leastRSA, mostRSA = 2048, 8192
)

// errNoKey means that no key of a set fits a token.
var errNoKey = errors.New("no key of the set fits the token")

// keySet are the public keys of a JWK Set (RFC 7517) that sign tokens.
type keySet []publicKey

// publicKey is one of them: an *rsa.PublicKey for RS256, an *ecdsa.PublicKey on P-256 for ES256.
type publicKey struct {
	id, algorithm string
	key           crypto.PublicKey
}

// parseKeys reads a JWK Set. Keys for other purposes and algorithms are passed over; a set without any for us is an error.
func parseKeys(b []byte) (keySet, error) {
	var raw struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if len(b) > keysBytes {
		return nil, fmt.Errorf("the JWK Set has more than %d bytes", keysBytes)
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return nil, fmt.Errorf("not a JWK Set: %w", err)
	}
	var set keySet
	var why error
	for _, one := range raw.Keys {
		k, err := parseKey(one)
		if err != nil {
			why = err
			continue
		}
		set = append(set, k)
	}
	if len(set) == 0 {
		return nil, errors.Join(errors.New("the JWK Set has no key for RS256 or ES256"), why)
	}
	return set, nil
}

// parseKey reads a key, RFC 7517 section 4 and RFC 7518 section 6.
func parseKey(b []byte) (publicKey, error) {
	var j struct {
		Type       string   `json:"kty"`
		ID         string   `json:"kid"`
		Use        string   `json:"use"`
		Operations []string `json:"key_ops"`
		Algorithm  string   `json:"alg"`
		N          string   `json:"n"`
		E          string   `json:"e"`
		Curve      string   `json:"crv"`
		X          string   `json:"x"`
		Y          string   `json:"y"`
	}
	if err := json.Unmarshal(b, &j); err != nil {
		return publicKey{}, fmt.Errorf("not a JWK: %w", err)
	}
	if j.Use != "" && j.Use != "sig" || j.Operations != nil && !slices.Contains(j.Operations, "verify") {
		return publicKey{}, fmt.Errorf("key %q is not for signatures", j.ID)
	}
	k := publicKey{id: j.ID}
	var err error
	switch j.Type {
	case "RSA":
		k.algorithm = "RS256"
		k.key, err = rsaKey(j.N, j.E)
	case "EC":
		k.algorithm = "ES256"
		k.key, err = ecKey(j.Curve, j.X, j.Y)
	default:
		err = fmt.Errorf("kty %q", j.Type)
	}
	if err == nil && j.Algorithm != "" && j.Algorithm != k.algorithm {
		err = fmt.Errorf("alg %q", j.Algorithm)
	}
	if err != nil {
		return publicKey{}, fmt.Errorf("key %q: %w", j.ID, err)
	}
	return k, nil
}

func rsaKey(n, e string) (*rsa.PublicKey, error) {
	modulus, err := base64.RawURLEncoding.DecodeString(n)
	if err != nil {
		return nil, fmt.Errorf("n: %w", err)
	}
	exponent, err := base64.RawURLEncoding.DecodeString(e)
	if err != nil {
		return nil, fmt.Errorf("e: %w", err)
	}
	k := &rsa.PublicKey{N: new(big.Int).SetBytes(modulus)}
	if bits := k.N.BitLen(); bits < leastRSA || bits > mostRSA {
		return nil, fmt.Errorf("an RSA key of %d bits; use %d to %d", bits, leastRSA, mostRSA)
	}
	v := new(big.Int).SetBytes(exponent)
	if !v.IsInt64() || v.Int64() < 3 || v.Int64() > 1<<31-1 || v.Bit(0) == 0 {
		return nil, errors.New("e is no public exponent")
	}
	k.E = int(v.Int64())
	return k, nil
}

func ecKey(curve, x, y string) (*ecdsa.PublicKey, error) {
	if curve != "P-256" {
		return nil, fmt.Errorf("crv %q", curve)
	}
	point := []byte{4} // uncompressed
	for _, text := range []string{x, y} {
		b, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil || len(b) != 32 {
			return nil, errors.New("x and y have 32 bytes each")
		}
		point = append(point, b...)
	}
	return ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point) // which is on the curve
}

// find returns the key for a token's signature: the one that it names, or all for its algorithm when it names none.
func (s keySet) find(t *jwt.Token) (any, error) {
	id, named := t.Header["kid"]
	var fit []jwt.VerificationKey
	for _, k := range s {
		if k.algorithm == t.Method.Alg() && (!named || k.id == id) {
			fit = append(fit, k.key)
		}
	}
	if len(fit) == 0 {
		return nil, errNoKey
	}
	return jwt.VerificationKeySet{Keys: fit}, nil
}
