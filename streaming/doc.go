// Package streaming shows live video in browsers: a WHEP server (draft-ietf-wish-whep) whose streams are encoded once for
// all their viewers, a small HTTP API with server-sent events, and the embedded page. It knows nothing of models or of
// GStreamer: a stream is fed with encoded frames and asks its Control for everything else.
package streaming
