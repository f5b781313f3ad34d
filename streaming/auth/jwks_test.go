package auth

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// modulus is a number of so many bits, which nobody signs with.
func modulus(bits uint) string {
	n := new(big.Int).Lsh(big.NewInt(1), bits-1)
	return base64.RawURLEncoding.EncodeToString(n.SetBit(n, 0, 1).Bytes())
}

func TestParseKeys(t *testing.T) {
	k := newKey(t)
	point, err := k.PublicKey.Bytes()
	require.NoError(t, err)
	b64 := base64.RawURLEncoding.EncodeToString
	ec := func(more map[string]any) map[string]any {
		j := map[string]any{"kty": "EC", "crv": "P-256", "x": b64(point[1:33]), "y": b64(point[33:])}
		maps.Copy(j, more)
		return j
	}
	rsa := func(n, e string) map[string]any { return map[string]any{"kty": "RSA", "n": n, "e": e} }
	for name, c := range map[string]struct {
		key  map[string]any
		want string // algorithm, or what the error says after an exclamation mark
	}{
		"EC":                        {ec(nil), "ES256"},
		"EC for signatures":         {ec(map[string]any{"use": "sig", "alg": "ES256", "key_ops": []string{"verify"}}), "ES256"},
		"RSA":                       {rsa(modulus(2048), "AQAB"), "RS256"},
		"RSA, large":                {rsa(modulus(8192), "Aw"), "RS256"},
		"EC for encryption":         {ec(map[string]any{"use": "enc"}), "!not for signatures"},
		"EC to sign with":           {ec(map[string]any{"key_ops": []string{"sign"}}), "!not for signatures"},
		"EC for something else":     {ec(map[string]any{"alg": "ECDH-ES"}), "!ECDH-ES"},
		"EC of another curve":       {ec(map[string]any{"crv": "P-384"}), "!P-384"},
		"EC not on the curve":       {ec(map[string]any{"x": b64(point[33:])}), "!point"},
		"EC of another length":      {ec(map[string]any{"x": b64(point[2:33])}), "!32 bytes"},
		"EC, padded":                {ec(map[string]any{"x": base64.URLEncoding.EncodeToString(point[1:33])}), "!32 bytes"},
		"RSA, short":                {rsa(modulus(2047), "AQAB"), "!2047 bits"},
		"RSA, too long":             {rsa(modulus(8193), "AQAB"), "!8193 bits"},
		"RSA, exponent of 1":        {rsa(modulus(2048), "AQ"), "!exponent"},
		"RSA, even exponent":        {rsa(modulus(2048), "BA"), "!exponent"},
		"RSA, enormous exponent":    {rsa(modulus(2048), modulus(2048)), "!exponent"},
		"RSA, no exponent":          {rsa(modulus(2048), ""), "!exponent"},
		"RSA, no modulus":           {rsa("", "AQAB"), "!0 bits"},
		"RSA for another signature": {map[string]any{"kty": "RSA", "n": modulus(2048), "e": "AQAB", "alg": "PS256"}, "!PS256"},
		"a secret":                  {map[string]any{"kty": "oct", "k": "c2VjcmV0"}, "!oct"},
		"a number":                  {map[string]any{"kty": 1}, "!not a JWK"},
		"nothing":                   {nil, "!kty"},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := json.Marshal(map[string]any{"keys": []any{c.key}})
			require.NoError(t, err)
			set, err := parseKeys(b)
			if says, bad := strings.CutPrefix(c.want, "!"); bad {
				require.ErrorContains(t, err, says)
				return
			}
			require.NoError(t, err)
			require.Len(t, set, 1)
			require.Equal(t, c.want, set[0].algorithm)
		})
	}
	b, err := json.Marshal(map[string]any{"keys": []any{map[string]any{"kty": "OKP"}, ec(map[string]any{"kid": "good"})}})
	require.NoError(t, err)
	set, err := parseKeys(b)
	require.NoError(t, err, "other kinds of keys are passed over")
	require.Len(t, set, 1)
}

// FuzzKeys: whatever the set, what is taken of it can be used, and only for the signature that it is for.
func FuzzKeys(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		set, err := parseKeys(b)
		if err != nil {
			return
		}
		require.NotEmpty(t, set)
		for _, k := range set {
			require.Contains(t, []string{"RS256", "ES256"}, k.algorithm)
			require.NotNil(t, k.key)
		}
	})
}
