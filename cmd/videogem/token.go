package main

import (
	"crypto/rand"
	"encoding/json"
	"fmt"

	"github.com/videogem/videogem/streaming/auth"
)

// tokenCommand makes a token for --auth.
type tokenCommand struct {
	Name   string   `arg:"" help:"Whose token it is, for the log."`
	Stream string   `default:"*" help:"The stream that it is for; * is all."`
	Rights []string `default:"view" enum:"view,prompt,publish,admin" help:"What it allows: ${enum}; several are separated by commas."`
}

// Run prints the token, and what to write into the settings file.
func (c *tokenCommand) Run(env *environment) error {
	token := rand.Text()
	grant := auth.Grant{Stream: c.Stream}
	for _, r := range c.Rights {
		grant.Rights = append(grant.Rights, auth.Right(r))
	}
	entry, err := json.Marshal(auth.Token{Name: c.Name, Hash: auth.Hash(token), Grants: []auth.Grant{grant}})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.stdout, "The token, for %s alone; it is kept nowhere:\n\n  %s\n\n"+
		"Its entry in the list \"tokens\" of the file for --auth:\n\n  %s\n", c.Name, token, entry)
	return err
}
