package auth

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// file is a settings file: the tokens, and whose JSON Web Tokens to believe.
type file struct {
	Tokens []Token `json:"tokens"`
	JWT    *struct {
		SecretFile string `json:"secretFile"` // holds the secret of HS256, 32 bytes or more
		JWKS       string `json:"jwks"`
		Issuer     string `json:"issuer"`
		Audience   string `json:"audience"`
	} `json:"jwt"`
}

// ReadFile reads settings such as
//
//	{"tokens": [{"name": "lobby", "hash": "sha256:…", "grants": [{"stream": "gate", "rights": ["view", "prompt"]}]}],
//	 "jwt": {"jwks": "https://login.example/keys", "issuer": "https://login.example/", "audience": "videogem"}}
//
// The secret of HS256 stands in a file of its own (jwt.secretFile); relative paths start at the settings' folder. An error wraps ErrConfig.
func ReadFile(path string) (Config, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return Config{}, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	var f file
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return Config{}, fmt.Errorf("%w: %s: %w", ErrConfig, path, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Config{}, fmt.Errorf("%w: %s: something follows the settings", ErrConfig, path)
	}
	if len(f.Tokens) == 0 && f.JWT == nil {
		return Config{}, fmt.Errorf("%w: %s: neither tokens nor jwt: nobody could watch", ErrConfig, path)
	}
	c := Config{Tokens: f.Tokens}
	if f.JWT == nil {
		return c, nil
	}
	c.JWT = &JWT{JWKS: f.JWT.JWKS, Issuer: f.JWT.Issuer, Audience: f.JWT.Audience}
	if f.JWT.SecretFile != "" {
		if c.JWT.Secret, err = os.ReadFile(beside(path, f.JWT.SecretFile)); err != nil {
			return Config{}, fmt.Errorf("%w: %s: jwt.secretFile: %w", ErrConfig, path, err)
		}
		c.JWT.Secret = bytes.TrimRight(c.JWT.Secret, "\r\n")
	}
	return c, nil
}

func beside(settings, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(settings), path)
}
