// Package dataset makes manifests of data sets from their original annotation files: V-HICO, DALY, YouCook-Interactions and
// GroundingYouTube, on which VideoGEM (CVPR 2025) is evaluated; HICO-DET and V-COCO, still pictures; and clips of the demo camera.
// Each function applies the rules of the paper's published code where these are known: prompts, clips, the space of the boxes, what
// to do without neighbours. Where they are not known there is an option; docs/evaluation.md argues its default.
package dataset

import "errors"

var (
	// ErrAnnotations: an annotation file is not what the data set's is.
	ErrAnnotations = errors.New("unexpected annotations")
	// ErrOptions: an option has a value that means nothing here.
	ErrOptions = errors.New("bad option")
	// ErrMedia: the folder of frames, videos or pictures cannot be used.
	ErrMedia = errors.New("bad media folder")
)

// The clip of the paper's code: eight frames, of which the fifth is the annotated one.
const (
	clipFrames = 8
	clipKey    = 4
)

// Reasons that the functions count in a manifest's header.
const (
	noKeyFrame  = "key frame missing"
	noVideo     = "video missing"
	noNeighbour = "neighbour missing"
	noBox       = "no box"
)
