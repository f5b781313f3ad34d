// Package metric is the pointing game of VideoGEM's evaluation and what is said about its outcome: boxes in the model's pixels, hits,
// overlap, confidence intervals and the test that tells two runs apart.
//
// Source: the evaluation of "VideoGEM: Training-free Action Grounding in Videos" (CVPR 2025, arXiv 2503.20348) as its published code
// does it, border cases included: what is compared are pixels of the model's input, corners are rounded half to even, edges count as
// inside, nothing is cut at the frame.
package metric
