package engine

import (
	"fmt"
	"image"
	"math"

	"github.com/videogem/videogem/engine/imaging"
	"github.com/videogem/videogem/engine/model"
)

// Placement says where a picture's pixels lie in the frame that the model sees, so that what was found can be told in the picture's own.
type Placement struct {
	Width, Height int // of the picture

	scaleX, scaleY   float64 // pixels of the picture in one of the frame
	offsetX, offsetY float64 // of the frame's edge in the picture
}

// Source gives the pixel of the picture that lies under the middle of the frame's pixel (x, y); one beside the picture is brought to its edge.
func (p Placement) Source(x, y int) (int, int) {
	sx := int(math.Floor((float64(x)+.5)*p.scaleX + p.offsetX))
	sy := int(math.Floor((float64(y)+.5)*p.scaleY + p.offsetY))
	return max(0, min(sx, p.Width-1)), max(0, min(sy, p.Height-1))
}

// Whole is the placement of a picture of w x h that is stretched over the whole frame.
func (s Spec) Whole(w, h int) Placement {
	return Placement{Width: w, Height: h, scaleX: float64(w) / float64(s.Width), scaleY: float64(h) / float64(s.Height)}
}

// Fit makes a clip of pictures: each is brought to the model's size by the model's own rule, Spec.Resize, in the arithmetic of the program
// that the model was trained with; fewer pictures than the model has frames are filled up with the last one. The placements are the
// frames', in order. The error wraps ErrClipShape.
func (s Spec) Fit(pictures ...imaging.RGB) (Clip, []Placement, error) {
	if len(pictures) == 0 || len(pictures) > s.Frames {
		return Clip{}, nil, fmt.Errorf("%w: %d pictures, model %s takes 1 to %d", ErrClipShape, len(pictures), s.Name, s.Frames)
	}
	c := Clip{Frames: s.Frames, H: s.Height, W: s.Width, Pix: make([]byte, 0, s.Frames*s.Height*s.Width*3)}
	places := make([]Placement, 0, s.Frames)
	for i, p := range pictures {
		small, place := s.fit(p)
		if len(small.Pix) != s.Height*s.Width*3 {
			return Clip{}, nil, fmt.Errorf("%w: picture %d is %dx%d with %d bytes", ErrClipShape, i+1, p.W, p.H, len(p.Pix))
		}
		c.Pix, places = append(c.Pix, small.Pix...), append(places, place)
	}
	last := c.Pix[len(c.Pix)-s.Height*s.Width*3:]
	for len(places) < s.Frames {
		c.Pix, places = append(c.Pix, last...), append(places, places[len(places)-1])
	}
	return c, places, nil
}

// FitImages is Fit for pictures of Go's own; what is transparent in them is black.
func (s Spec) FitImages(images ...image.Image) (Clip, []Placement, error) {
	pictures := make([]imaging.RGB, len(images))
	for i, m := range images {
		pictures[i] = imaging.FromImage(m)
	}
	return s.Fit(pictures...)
}

// fit resizes one picture.
func (s Spec) fit(p imaging.RGB) (imaging.RGB, Placement) {
	whole := s.Whole(p.W, p.H)
	switch {
	case p.W == s.Width && p.H == s.Height:
		return p, whole
	case s.Resize == model.BicubicStretch:
		return imaging.ResizeBicubic(p, s.Width, s.Height), whole
	case s.Resize == model.BicubicCrop:
		scale := max(float64(s.Width)/float64(p.W), float64(s.Height)/float64(p.H))
		w, h := max(s.Width, int(float64(p.W)*scale)), max(s.Height, int(float64(p.H)*scale))
		crop := Placement{Width: p.W, Height: p.H, scaleX: float64(p.W) / float64(w), scaleY: float64(p.H) / float64(h)}
		crop.offsetX = float64(imaging.CropStart(w, s.Width)) * crop.scaleX
		crop.offsetY = float64(imaging.CropStart(h, s.Height)) * crop.scaleY
		return imaging.CenterCrop(imaging.ResizeBicubic(p, w, h), s.Width, s.Height), crop
	default:
		return imaging.ResizeBilinear(p, s.Width, s.Height), whole
	}
}
