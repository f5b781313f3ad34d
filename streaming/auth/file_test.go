package auth_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming/auth"
)

func TestReadFile(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "secret"), []byte("0123456789abcdef0123456789abcdef\n"), 0o600))
	path := filepath.Join(folder, "auth.json")
	require.NoError(t, os.WriteFile(path, []byte(`{
		"tokens": [{"name": "lobby", "hash": "`+auth.Hash("lobby's token")+`", "grants": [{"stream": "gate", "rights": ["view"]}]}],
		"jwt": {"secretFile": "secret", "issuer": "us"}}`), 0o600))
	c, err := auth.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "0123456789abcdef0123456789abcdef", string(c.JWT.Secret))
	require.Equal(t, "us", c.JWT.Issuer)
	v, err := auth.New(t.Context(), c)
	require.NoError(t, err)
	p, err := v.Verify("lobby's token")
	require.NoError(t, err)
	require.True(t, p.May(auth.View, "gate"))
	require.False(t, p.May(auth.View, "yard"))
}

func TestReadFileRefuses(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"empty":             {``, "EOF"},
		"no way in":         {`{}`, "nobody could watch"},
		"a misspelt key":    {`{"token": []}`, `unknown field "token"`},
		"two of them":       {`{"jwt": {"jwks": "keys.json"}} {}`, "something follows"},
		"no secret's file":  {`{"jwt": {"secretFile": "nowhere"}}`, "secretFile"},
		"another structure": {`[]`, "cannot unmarshal"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "auth.json")
			require.NoError(t, os.WriteFile(path, []byte(tc.text), 0o600))
			_, err := auth.ReadFile(path)
			require.ErrorIs(t, err, auth.ErrConfig)
			require.ErrorContains(t, err, tc.want)
		})
	}
	_, err := auth.ReadFile(filepath.Join(t.TempDir(), "none.json"))
	require.ErrorIs(t, err, auth.ErrConfig)
}
