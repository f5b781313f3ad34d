// Package pipeline takes a stream from its source to its viewers: it builds the GStreamer pipeline, watches it, starts it
// again when a camera comes back, and reports on it.
package pipeline
