package auth

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"
)

// authority stands for the server with the keys: it answers without a network.
type authority struct {
	answer func(*http.Request) (*http.Response, error)
	asked  int
}

func (a *authority) RoundTrip(r *http.Request) (*http.Response, error) {
	a.asked++
	return a.answer(r)
}

func (a *authority) says(status int, body string) {
	a.answer = func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Status: http.StatusText(status), Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	}
}

func (a *authority) unreachable() {
	a.answer = func(*http.Request) (*http.Response, error) { return nil, errors.New("no route to host") }
}

// newAuthority makes a key address behind which the authority is, without having read anything yet.
func newAuthority(t *testing.T) (*authority, *keyAddress, *strings.Builder) {
	t.Helper()
	var log strings.Builder
	a := &authority{}
	k, err := unread(t.Context(), "https://login.example/keys", slog.New(slog.NewTextHandler(&log, nil)))
	require.NoError(t, err)
	k.client.Transport = a
	return a, k, &log
}

func ecSet(t *testing.T, keys map[string]*ecdsa.PrivateKey) string {
	t.Helper()
	all := []map[string]string{}
	for id, k := range keys {
		b, err := k.PublicKey.Bytes()
		require.NoError(t, err)
		b64 := base64.RawURLEncoding.EncodeToString
		all = append(all, map[string]string{"kty": "EC", "crv": "P-256", "kid": id, "x": b64(b[1:33]), "y": b64(b[33:])})
	}
	text, err := json.Marshal(map[string]any{"keys": all})
	require.NoError(t, err)
	return string(text)
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return k
}

// signer names a key.
func signer(id string) *jwt.Token {
	t := jwt.New(jwt.SigningMethodES256)
	t.Header["kid"] = id
	return t
}

// TestKeysRotate: a new key counts as soon as a token names it, and an old one is gone with the next reading.
func TestKeysRotate(t *testing.T) {
	old, next := newKey(t), newKey(t)
	synctest.Test(t, func(t *testing.T) {
		server, keys, _ := newAuthority(t)
		server.says(http.StatusOK, ecSet(t, map[string]*ecdsa.PrivateKey{"old": old}))
		require.NoError(t, keys.begin())
		_, err := keys.find(signer("old"))
		require.NoError(t, err)

		server.says(http.StatusOK, ecSet(t, map[string]*ecdsa.PrivateKey{"next": next}))
		_, err = keys.find(signer("next"))
		require.ErrorIs(t, err, errNoKey, "just read: not again so soon")
		require.Equal(t, 1, server.asked)
		time.Sleep(keysPause)
		_, err = keys.find(signer("next"))
		require.NoError(t, err)
		_, err = keys.find(signer("old"))
		require.ErrorIs(t, err, errNoKey)
		require.Equal(t, 2, server.asked)

		for range 1000 {
			_, err = keys.find(signer("made up"))
			require.ErrorIs(t, err, errNoKey)
		}
		require.Equal(t, 2, server.asked, "tokens that name unknown keys do not make us ask again and again")

		// A key that is withdrawn is gone when the set has become old, though nobody asks for another.
		server.says(http.StatusOK, ecSet(t, map[string]*ecdsa.PrivateKey{"old": old}))
		time.Sleep(keysRefresh)
		_, err = keys.find(signer("next"))
		require.NoError(t, err)
		time.Sleep(time.Second)
		_, err = keys.find(signer("next"))
		require.ErrorIs(t, err, errNoKey)
	})
}

// TestKeysThatCannotBeRead: neither at the start nor later does a silent authority end the server; the keys that are there stay.
func TestKeysThatCannotBeRead(t *testing.T) {
	key := newKey(t)
	synctest.Test(t, func(t *testing.T) {
		server, keys, log := newAuthority(t)
		server.unreachable()
		require.NoError(t, keys.begin())
		require.Contains(t, log.String(), "refused until they can")
		_, err := keys.find(signer("a"))
		require.ErrorIs(t, err, errNoKey)
		server.says(http.StatusOK, ecSet(t, map[string]*ecdsa.PrivateKey{"a": key}))
		time.Sleep(keysPause)
		_, err = keys.find(signer("a"))
		require.NoError(t, err)

		for _, broken := range []func(){
			server.unreachable,
			func() { server.says(http.StatusBadGateway, "") },
			func() { server.says(http.StatusOK, "<html>") },
			func() { server.says(http.StatusOK, `{"keys":[]}`) },
			func() { server.says(http.StatusOK, strings.Repeat(" ", keysBytes+1)) },
			func() { server.says(http.StatusNotFound, "") },
		} {
			broken()
			time.Sleep(2 * keysRefresh)
			before := server.asked
			_, err = keys.find(signer("a"))
			require.NoError(t, err, "the old keys stay")
			require.Equal(t, before+1, server.asked)
		}
	})
}

// TestWrongKeyAddress: what is plainly wrong is told at the start.
func TestWrongKeyAddress(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		says   string
	}{
		"not there":     {http.StatusNotFound, "", "Not Found"},
		"a page":        {http.StatusOK, "<html>", "not a JWK Set"},
		"no keys":       {http.StatusOK, `{"keys":[]}`, "no key for RS256"},
		"far too large": {http.StatusOK, strings.Repeat(" ", keysBytes+1), "more than 1048576 bytes"},
	} {
		server, keys, _ := newAuthority(t)
		server.says(c.status, c.body)
		err := keys.begin()
		require.ErrorIs(t, err, ErrConfig, name)
		require.ErrorContains(t, err, c.says, name)
	}
	for _, at := range []string{"http://login.example/keys", "http://192.0.2.1/", "ftp://127.0.0.1/", "https:///keys", "http://localhost.example/", "://"} {
		_, err := unread(t.Context(), at, slog.New(slog.DiscardHandler))
		require.ErrorIs(t, err, ErrConfig, at)
	}
	for _, at := range []string{"https://login.example/keys", "http://127.0.0.1:80/", "http://[::1]/", "http://localhost/"} {
		_, err := unread(t.Context(), at, slog.New(slog.DiscardHandler))
		require.NoError(t, err, at)
	}
}

// TestKeysAreNotReadWithoutEncryption: an https address that leads to an http one would let anybody on the way put in his own key.
func TestKeysAreNotReadWithoutEncryption(t *testing.T) {
	server, keys, _ := newAuthority(t)
	server.answer = func(r *http.Request) (*http.Response, error) {
		require.Equal(t, "https", r.URL.Scheme)
		h := http.Header{"Location": {"http://login.example/keys"}}
		return &http.Response{StatusCode: http.StatusFound, Header: h, Body: http.NoBody, Request: r}, nil
	}
	require.ErrorIs(t, keys.begin(), ErrConfig)
	require.Equal(t, 1, server.asked)
	server.answer = func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusFound, Header: http.Header{"Location": {r.URL.String()}}, Body: http.NoBody, Request: r}, nil
	}
	require.ErrorIs(t, keys.begin(), ErrConfig, "nor in circles")
}

// TestOneReadsTheKeys: those who ask while the keys are being read are served from the old ones, at once.
func TestOneReadsTheKeys(t *testing.T) {
	key := newKey(t)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		server, keys, _ := newAuthority(t)
		server.says(http.StatusOK, ecSet(t, map[string]*ecdsa.PrivateKey{"a": key}))
		require.NoError(t, keys.begin())
		time.Sleep(2 * keysRefresh)
		server.answer = func(*http.Request) (*http.Response, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		go func() { _, _ = keys.find(signer("a")) }()
		synctest.Wait()
		began := time.Now()
		_, err := keys.find(signer("a"))
		require.NoError(t, err)
		require.Zero(t, time.Since(began))
		require.Equal(t, 2, server.asked)
	})
}
