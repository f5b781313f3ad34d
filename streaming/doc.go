// Package streaming shows live video in browsers, and takes and passes it on: a WHEP server (draft-ietf-wish-whep) whose streams are
// encoded once for all their viewers, WHIP (RFC 9725) in and out, heat beside the picture over a data channel, a small HTTP API with
// server-sent events behind tokens (package auth), and the embedded page. It knows nothing of models or of GStreamer: a stream is fed
// with encoded frames and asks its Control for everything else.
package streaming
