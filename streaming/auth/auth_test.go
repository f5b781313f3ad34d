package auth_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/videogem/videogem/streaming/auth"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var secret = []byte("0123456789abcdef0123456789abcdef")

func mint(t testing.TB, method jwt.SigningMethod, key any, kid string, change func(jwt.MapClaims)) string {
	t.Helper()
	c := jwt.MapClaims{
		"sub": "anna", "iss": "idp", "aud": "videogem", "exp": time.Now().Add(time.Hour).Unix(),
		"videogem": []any{map[string]any{"stream": "gate", "rights": []string{"view"}}},
	}
	if change != nil {
		change(c)
	}
	token := jwt.NewWithClaims(method, c)
	if kid != "" {
		token.Header["kid"] = kid
	}
	text, err := token.SignedString(key)
	require.NoError(t, err)
	return text
}

func verifier(t testing.TB, c auth.Config) *auth.Verifier {
	t.Helper()
	c.Logger = slog.New(slog.DiscardHandler)
	v, err := auth.New(t.Context(), c)
	require.NoError(t, err)
	return v
}

func TestRights(t *testing.T) {
	p := &auth.Principal{Grants: []auth.Grant{
		{Stream: "a", Rights: []auth.Right{auth.View}},
		{Stream: "b", Rights: []auth.Right{auth.Prompt}},
		{Stream: "c", Rights: []auth.Right{auth.Publish}},
		{Stream: "d", Rights: []auth.Right{auth.Admin}},
	}}
	for stream, want := range map[string][4]bool{
		"a": {true}, "b": {true, true}, "c": {false, false, true}, "d": {true, true, true, true}, "e": {}, auth.AllStreams: {}, "": {},
	} {
		got := [4]bool{p.May(auth.View, stream), p.May(auth.Prompt, stream), p.May(auth.Publish, stream), p.May(auth.Admin, stream)}
		require.Equal(t, want, got, stream)
	}
	require.True(t, auth.Everyone().May(auth.Publish, "x"))
	all := &auth.Principal{Grants: []auth.Grant{{Stream: auth.AllStreams, Rights: []auth.Right{auth.View}}}}
	require.True(t, all.May(auth.View, "x"))
	require.False(t, all.May(auth.Prompt, "x"))
}

func TestStaticTokens(t *testing.T) {
	grants := []auth.Grant{{Stream: "gate", Rights: []auth.Right{auth.View}}}
	v := verifier(t, auth.Config{Tokens: []auth.Token{
		{Name: "anna", Hash: auth.Hash("first-token"), Grants: grants}, {Name: "bob", Hash: auth.Hash("second-token"), Grants: grants},
	}})
	for token, id := range map[string]string{"first-token": "token:anna", "second-token": "token:bob"} {
		p, err := v.Verify(token)
		require.NoError(t, err)
		require.Equal(t, id, p.ID)
		require.True(t, p.Expires.IsZero())
		require.True(t, p.May(auth.View, "gate"))
	}
	for _, token := range []string{"", "third", auth.Hash("first-token"), "first-token ", "a.b.c", strings.Repeat("x", 1<<14)} {
		_, err := v.Verify(token)
		require.ErrorIs(t, err, auth.ErrToken, token)
	}
}

func TestSecret(t *testing.T) {
	v := verifier(t, auth.Config{JWT: &auth.JWT{Secret: secret, Issuer: "idp", Audience: "videogem"}})
	p, err := v.Verify(mint(t, jwt.SigningMethodHS256, secret, "", nil))
	require.NoError(t, err)
	require.Equal(t, `sub:"idp" "anna"`, p.ID)
	require.True(t, p.May(auth.View, "gate"))
	require.False(t, p.May(auth.View, "yard"))
	require.WithinDuration(t, time.Now().Add(time.Hour), p.Expires, 2*time.Minute)

	again, err := v.Verify(mint(t, jwt.SigningMethodHS256, secret, "", func(c jwt.MapClaims) { c["jti"] = "2" }))
	require.NoError(t, err)
	require.Equal(t, p.ID, again.ID, "a renewed token is the same holder's")
	nameless := func(jti string) string {
		p, err := v.Verify(mint(t, jwt.SigningMethodHS256, secret, "", func(c jwt.MapClaims) { delete(c, "sub"); c["jti"] = jti }))
		require.NoError(t, err)
		return p.ID
	}
	require.NotEqual(t, nameless("1"), nameless("2"))

	bad := map[string]string{
		"expired":   mint(t, jwt.SigningMethodHS256, secret, "", func(c jwt.MapClaims) { c["exp"] = time.Now().Add(-time.Minute).Unix() }),
		"no expiry": mint(t, jwt.SigningMethodHS256, secret, "", func(c jwt.MapClaims) { delete(c, "exp") }),
		"too early": mint(t, jwt.SigningMethodHS256, secret, "", func(c jwt.MapClaims) { c["nbf"] = time.Now().Add(time.Hour).Unix() }),
		"issuer":    mint(t, jwt.SigningMethodHS256, secret, "", func(c jwt.MapClaims) { c["iss"] = "other" }),
		"audience":  mint(t, jwt.SigningMethodHS256, secret, "", func(c jwt.MapClaims) { c["aud"] = "other" }),
		"no grants": mint(t, jwt.SigningMethodHS256, secret, "", func(c jwt.MapClaims) { delete(c, "videogem") }),
		"bad right": mint(t, jwt.SigningMethodHS256, secret, "", func(c jwt.MapClaims) {
			c["videogem"] = []any{map[string]any{"stream": "gate", "rights": []string{"root"}}}
		}),
		"no stream":  mint(t, jwt.SigningMethodHS256, secret, "", func(c jwt.MapClaims) { c["videogem"] = []any{map[string]any{"rights": []string{"view"}}} }),
		"other key":  mint(t, jwt.SigningMethodHS256, []byte("another secret of the same length"), "", nil),
		"HS512":      mint(t, jwt.SigningMethodHS512, secret, "", nil),
		"unsigned":   mint(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, "", nil),
		"not a JWT":  "a.b.c",
		"plain text": "anna",
	}
	for name, token := range bad {
		_, err := v.Verify(token)
		require.ErrorIs(t, err, auth.ErrToken, name)
	}
}

// jwk is a public key as a JWK Set has it.
func jwk(kid string, key any) map[string]any {
	b64 := func(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
	switch k := key.(type) {
	case *rsa.PrivateKey:
		return map[string]any{"kty": "RSA", "kid": kid, "alg": "RS256", "n": b64(k.N.Bytes()), "e": b64(big.NewInt(int64(k.E)).Bytes())}
	case *ecdsa.PrivateKey:
		b, err := k.PublicKey.Bytes() // 4, x, y
		if err != nil {
			panic(err)
		}
		return map[string]any{"kty": "EC", "crv": "P-256", "kid": kid, "alg": "ES256", "x": b64(b[1:33]), "y": b64(b[33:])}
	default:
		return map[string]any{"kty": "oct", "kid": kid, "alg": "HS256", "k": b64(secret)}
	}
}

func set(t testing.TB, keys ...map[string]any) []byte {
	t.Helper()
	b, err := json.Marshal(map[string]any{"keys": keys})
	require.NoError(t, err)
	return b
}

func keys(t testing.TB) (*rsa.PrivateKey, *ecdsa.PrivateKey) {
	t.Helper()
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	e, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return r, e
}

func TestKeyFile(t *testing.T) {
	r, e := keys(t)
	path := filepath.Join(t.TempDir(), "jwks.json")
	require.NoError(t, os.WriteFile(path, set(t, jwk("r", r), jwk("e", e), jwk("o", nil)), 0o600))
	v := verifier(t, auth.Config{JWT: &auth.JWT{JWKS: path}})
	for _, good := range []string{mint(t, jwt.SigningMethodRS256, r, "r", nil), mint(t, jwt.SigningMethodES256, e, "e", nil), mint(t, jwt.SigningMethodES256, e, "", nil)} {
		_, err := v.Verify(good)
		require.NoError(t, err)
	}
	_, other := keys(t)
	for name, bad := range map[string]string{
		"secret in the set":  mint(t, jwt.SigningMethodHS256, secret, "o", nil),
		"public key, HS256":  mint(t, jwt.SigningMethodHS256, r.N.Bytes(), "r", nil),
		"key of another":     mint(t, jwt.SigningMethodES256, other, "e", nil),
		"key that is not in": mint(t, jwt.SigningMethodES256, e, "x", nil),
		"RSA-PSS":            mint(t, jwt.SigningMethodPS256, r, "r", nil),
	} {
		_, err := v.Verify(bad)
		require.ErrorIs(t, err, auth.ErrToken, name)
	}

	// New keys count without a restart; what cannot be read changes nothing.
	require.NoError(t, os.WriteFile(path, set(t, jwk("e", other)), 0o600))
	require.NoError(t, os.Chtimes(path, time.Time{}, time.Now().Add(time.Minute)))
	token := mint(t, jwt.SigningMethodES256, other, "e", nil)
	require.Eventually(t, func() bool { _, err := v.Verify(token); return err == nil }, 20*time.Second, 20*time.Millisecond)
	_, err := v.Verify(mint(t, jwt.SigningMethodES256, e, "e", nil))
	require.ErrorIs(t, err, auth.ErrToken)
	require.NoError(t, os.WriteFile(path, []byte("{"), 0o600))
	time.Sleep(1100 * time.Millisecond) // past the time for which a file is not looked at again
	_, err = v.Verify(token)
	require.NoError(t, err)
}

func TestKeysFromAnAddress(t *testing.T) {
	r, e := keys(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(set(t, jwk("r", r), jwk("e", e)))
	}))
	v, err := auth.New(t.Context(), auth.Config{JWT: &auth.JWT{JWKS: server.URL}, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	server.Close()
	_, err = v.Verify(mint(t, jwt.SigningMethodRS256, r, "r", nil))
	require.NoError(t, err, "the keys outlive their server")
	_, err = v.Verify(mint(t, jwt.SigningMethodES256, e, "", nil))
	require.NoError(t, err, "a token need not name its key")
	_, err = v.Verify(mint(t, jwt.SigningMethodES256, e, "unknown", nil))
	require.ErrorIs(t, err, auth.ErrToken)
	v, err = auth.New(t.Context(), auth.Config{JWT: &auth.JWT{JWKS: server.URL}, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err, "the keys may come later")
	_, err = v.Verify(mint(t, jwt.SigningMethodRS256, r, "r", nil))
	require.ErrorIs(t, err, auth.ErrToken)
}

// TestForgedTokens are tokens that somebody makes who knows the public keys, but not the private ones.
func TestForgedTokens(t *testing.T) {
	r, e := keys(t)
	path := filepath.Join(t.TempDir(), "jwks.json")
	require.NoError(t, os.WriteFile(path, set(t, jwk("r", r), jwk("e", e)), 0o600))
	v := verifier(t, auth.Config{JWT: &auth.JWT{JWKS: path, Audience: "videogem", Issuer: "idp"}})
	der, err := x509.MarshalPKIXPublicKey(&r.PublicKey)
	require.NoError(t, err)
	good := mint(t, jwt.SigningMethodRS256, r, "r", nil)
	part := strings.Split(good, ".")
	header := func(h string) string { return base64.RawURLEncoding.EncodeToString([]byte(h)) }
	with := func(change func(*jwt.Token)) string {
		token := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
			"iss": "idp", "aud": "videogem", "exp": time.Now().Add(time.Hour).Unix(), "videogem": []any{map[string]any{"stream": "*", "rights": []string{"admin"}}},
		})
		token.Header["kid"] = "r"
		change(token)
		text, err := token.SignedString(r)
		require.NoError(t, err)
		return text
	}
	for name, token := range map[string]string{
		"HS256 by the public key in PEM": mint(t, jwt.SigningMethodHS256, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), "r", nil),
		"HS256 by the public key in DER": mint(t, jwt.SigningMethodHS256, der, "r", nil),
		"HS256 by an empty secret":       mint(t, jwt.SigningMethodHS256, []byte{}, "r", nil),
		"none":                           mint(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, "r", nil),
		"None":                           header(`{"alg":"None","kid":"r"}`) + "." + part[1] + ".",
		"no algorithm":                   header(`{"kid":"r"}`) + "." + part[1] + "." + part[2],
		"no signature":                   part[0] + "." + part[1] + ".",
		"another's signature":            mint(t, jwt.SigningMethodRS256, r, "r", func(c jwt.MapClaims) { c["sub"] = "eve" })[:len(part[0])] + "." + part[1] + "." + part[2][1:] + "A",
		"claims changed":                 part[0] + "." + header(`{"exp":9999999999,"videogem":[{"stream":"*","rights":["admin"]}]}`) + "." + part[2],
		"RS256 with the EC key's name":   mint(t, jwt.SigningMethodRS256, r, "e", nil),
		"a key of his own in the header": with(func(t *jwt.Token) { t.Header["kid"] = "eve"; t.Header["jwk"] = jwk("eve", r) }),
		"a name that is no text":         with(func(t *jwt.Token) { t.Header["kid"] = []string{"r"} }),
		"critical extensions":            with(func(t *jwt.Token) { t.Header["crit"] = []string{"b64"}; t.Header["b64"] = false }),
		"two audiences, neither us":      mint(t, jwt.SigningMethodRS256, r, "r", func(c jwt.MapClaims) { c["aud"] = []string{"a", "b"} }),
		"no audience":                    mint(t, jwt.SigningMethodRS256, r, "r", func(c jwt.MapClaims) { delete(c, "aud") }),
		"no issuer":                      mint(t, jwt.SigningMethodRS256, r, "r", func(c jwt.MapClaims) { delete(c, "iss") }),
		"expired":                        mint(t, jwt.SigningMethodRS256, r, "r", func(c jwt.MapClaims) { c["exp"] = time.Now().Add(-31 * time.Second).Unix() }),
		"not yet":                        mint(t, jwt.SigningMethodRS256, r, "r", func(c jwt.MapClaims) { c["nbf"] = time.Now().Add(time.Minute).Unix() }),
		"expires in words":               mint(t, jwt.SigningMethodRS256, r, "r", func(c jwt.MapClaims) { c["exp"] = "never" }),
		"too long":                       mint(t, jwt.SigningMethodRS256, r, "r", func(c jwt.MapClaims) { c["jti"] = strings.Repeat("x", 8<<10) }),
		"four parts":                     good + ".x",
		"padded":                         good + "=",
	} {
		_, err := v.Verify(token)
		require.ErrorIs(t, err, auth.ErrToken, name)
		require.NotContains(t, err.Error(), part[2], name)
	}
	for name, token := range map[string]string{
		"as it was":              good,
		"us among the audiences": mint(t, jwt.SigningMethodRS256, r, "r", func(c jwt.MapClaims) { c["aud"] = []string{"other", "videogem"} }),
		"just expired":           mint(t, jwt.SigningMethodRS256, r, "r", func(c jwt.MapClaims) { c["exp"] = time.Now().Add(-20 * time.Second).Unix() }),
		"good soon":              mint(t, jwt.SigningMethodRS256, r, "r", func(c jwt.MapClaims) { c["nbf"] = time.Now().Add(20 * time.Second).Unix() }),
	} {
		_, err := v.Verify(token)
		require.NoError(t, err, name)
	}
}

// TestHoldersAreToldApart: a session belongs to its holder, so no two of them may have the same ID.
func TestHoldersAreToldApart(t *testing.T) {
	v := verifier(t, auth.Config{JWT: &auth.JWT{Secret: secret}})
	id := func(issuer, subject string) string {
		p, err := v.Verify(mint(t, jwt.SigningMethodHS256, secret, "", func(c jwt.MapClaims) { c["iss"], c["sub"] = issuer, subject }))
		require.NoError(t, err)
		return p.ID
	}
	require.NotEqual(t, id("a", "b c"), id("a b", "c"))
	require.NotEqual(t, id("", `a" "b`), id(`" "a`, "b"))
	first := id("a", "b")
	require.Equal(t, first, id("a", "b"))
}

func TestBadSettings(t *testing.T) {
	good := []auth.Grant{{Stream: "*", Rights: []auth.Right{auth.View}}}
	for name, c := range map[string]auth.Config{
		"nothing":       {},
		"no name":       {Tokens: []auth.Token{{Hash: auth.Hash("x"), Grants: good}}},
		"same name":     {Tokens: []auth.Token{{Name: "a", Hash: auth.Hash("x"), Grants: good}, {Name: "a", Hash: auth.Hash("y"), Grants: good}}},
		"plain token":   {Tokens: []auth.Token{{Name: "a", Hash: "secret", Grants: good}}},
		"short hash":    {Tokens: []auth.Token{{Name: "a", Hash: "sha256:00", Grants: good}}},
		"no grants":     {Tokens: []auth.Token{{Name: "a", Hash: auth.Hash("x")}}},
		"empty JWT":     {JWT: &auth.JWT{}},
		"two keys":      {JWT: &auth.JWT{Secret: secret, JWKS: "file"}},
		"short secret":  {JWT: &auth.JWT{Secret: secret[:31]}},
		"no file":       {JWT: &auth.JWT{JWKS: "does-not-exist.json"}},
		"plain address": {JWT: &auth.JWT{JWKS: "http://192.0.2.1/jwks"}},
	} {
		_, err := auth.New(t.Context(), c)
		require.ErrorIs(t, err, auth.ErrConfig, name)
	}
}

// FuzzVerify: whatever the token, an answer comes, and one that was not signed with the secret is refused.
func FuzzVerify(f *testing.F) {
	v := verifier(f, auth.Config{JWT: &auth.JWT{Secret: secret}, Tokens: []auth.Token{{Name: "a", Hash: auth.Hash("known"), Grants: []auth.Grant{{Stream: "*"}}}}})
	f.Add(mint(f, jwt.SigningMethodHS256, secret, "", nil))
	f.Fuzz(func(t *testing.T, token string) {
		p, err := v.Verify(token)
		if err != nil {
			require.ErrorIs(t, err, auth.ErrToken)
			return
		}
		require.NotEmpty(t, p.ID)
		require.NotEmpty(t, p.Grants)
		require.True(t, token == "known" || hmacFits(token), "a forged token")
	})
}

// hmacFits tells, without the code under test and its library, whether a token ends with the MAC of what comes before, RFC 7515 section 5.2.
func hmacFits(token string) bool {
	end := strings.LastIndex(token, ".")
	mac, err := base64.RawURLEncoding.Strict().DecodeString(token[end+1:])
	header, _, _ := strings.Cut(token, ".")
	about, headerErr := base64.RawURLEncoding.Strict().DecodeString(header)
	var fields struct {
		Algorithm string `json:"alg"`
	}
	if err != nil || headerErr != nil || json.Unmarshal(about, &fields) != nil {
		return false
	}
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(token[:max(0, end)]))
	return fields.Algorithm == "HS256" && hmac.Equal(mac, h.Sum(nil))
}

func TestHMACFits(t *testing.T) {
	good := mint(t, jwt.SigningMethodHS256, secret, "", nil)
	require.True(t, hmacFits(good))
	for _, bad := range []string{"", "..", good + "A", good[1:], mint(t, jwt.SigningMethodHS256, []byte("another secret of the same length"), "", nil), mint(t, jwt.SigningMethodHS512, secret, "", nil)} {
		require.False(t, hmacFits(bad), bad)
	}
}
