// Package auth tells who may do what with which stream: bearer tokens that are either JWTs (HS256 with a shared secret; RS256 and
// ES256 with a JWK Set from a file or an address) or random strings of which only the SHA-256 is kept.
package auth
