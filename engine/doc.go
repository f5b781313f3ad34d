// Package engine grounds actions in clips: given a clip of video frames and prompts in plain words, it says for each prompt
// where in the frames it happens (a heat map) and how well it fits the clip (a score). It is VideoGEM on CLIP, OpenCLIP and
// ViCLIP, with no training: "VideoGEM: Training-free Action Grounding in Videos", CVPR 2025, arXiv 2503.20348.
//
// An Engine holds one model. The clip goes through the image tower once, whatever the number of prompts and weightings; a prompt
// goes through the text tower once in the engine's life. Callers that share an engine are served first come first served, and
// with Options.BatchSize several of their clips go through the tower together.
package engine
