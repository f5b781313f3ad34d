package engine

// Clip is one clip of frames, of the model's size: bytes in Pix, or with Options.Float normalised pixels in Float. The engine does
// not touch its memory after the call that it was given to.
type Clip struct {
	Frames, H, W int
	Pix          []byte    // RGB [Frames,H,W,3]
	Float        []float32 // [Frames,3,H,W], (x/255-mean)/std already done
}

// pixels is how many numbers the clip holds in the form that the engine takes.
func (c Clip) pixels(float bool) int {
	if float {
		return len(c.Float)
	}
	return len(c.Pix)
}
