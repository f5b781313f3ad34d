// Package gem is VideoGEM's method beside the tower, in plain Go: the weighting of the layers, heat maps and their
// post-processing, peaks, boxes, and the merging of a decomposed prompt's groundings.
//
// Source: "VideoGEM: Training-free Action Grounding in Videos" (CVPR 2025, arXiv 2503.20348), built on GEM ("Grounding
// Everything", CVPR 2024).
package gem
