package media

import (
	"fmt"
	"image"
	_ "image/gif"  // pictures come in these formats
	_ "image/jpeg" // likewise
	_ "image/png"  // likewise
	"os"

	_ "golang.org/x/image/bmp"  // likewise
	_ "golang.org/x/image/tiff" // likewise
	_ "golang.org/x/image/webp" // likewise

	"github.com/videogem/videogem/engine/imaging"
)

// PictureExtensions are the names' ends of the pictures that ReadPicture reads, in lower case.
func PictureExtensions() []string {
	return []string{".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp"}
}

// ReadPicture reads a picture as RGB. Errors wrap ErrInput; that of a file that is not there wraps fs.ErrNotExist, too.
func ReadPicture(path string) (imaging.RGB, error) {
	f, err := os.Open(path)
	if err != nil {
		return imaging.RGB{}, fmt.Errorf("%w: %w", ErrInput, err)
	}
	defer func() { _ = f.Close() }()
	img, _, err := image.Decode(f)
	if err != nil {
		return imaging.RGB{}, fmt.Errorf("%w %s: %w", ErrInput, path, err)
	}
	b := img.Bounds()
	p := imaging.RGB{W: b.Dx(), H: b.Dy(), Pix: make([]byte, 0, b.Dx()*b.Dy()*3)}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r, g, bl, _ := img.At(x, y).RGBA()
			p.Pix = append(p.Pix, byte(r>>8), byte(g>>8), byte(bl>>8))
		}
	}
	return p, nil
}

// ToImage is a picture as Go's image packages have it.
func ToImage(p imaging.RGB) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, p.W, p.H))
	for i := range p.W * p.H {
		copy(img.Pix[4*i:], p.Pix[3*i:3*i+3])
		img.Pix[4*i+3] = 255
	}
	return img
}
