package auth

import (
	"slices"
	"time"
)

// Principal is who a token stands for.
type Principal struct {
	// ID is the same for all tokens of the same holder: a session belongs to it.
	ID string
	// Expires is when the token ends; zero: never.
	Expires time.Time
	// Grants are what the token allows.
	Grants []Grant
}

// Everyone is who asks when no tokens are in use: all is allowed.
func Everyone() *Principal {
	return &Principal{Grants: []Grant{{Stream: AllStreams, Rights: []Right{Admin}}}}
}

// May tells whether the principal has a right on a stream. AllStreams as the stream asks for the right on all of them.
func (p *Principal) May(r Right, stream string) bool {
	for _, g := range p.Grants {
		if g.Stream != stream && g.Stream != AllStreams {
			continue
		}
		if slices.Contains(g.Rights, r) || slices.Contains(g.Rights, Admin) || r == View && slices.Contains(g.Rights, Prompt) {
			return true
		}
	}
	return false
}
