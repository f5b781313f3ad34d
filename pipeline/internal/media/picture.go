package media

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	_ "image/gif"  // pictures come in these formats
	_ "image/jpeg" // likewise
	_ "image/png"  // likewise
	"os"
	"path/filepath"
	"slices"
	"strings"

	_ "golang.org/x/image/bmp"  // likewise
	_ "golang.org/x/image/tiff" // likewise
	_ "golang.org/x/image/webp" // likewise

	"github.com/videogem/videogem/engine/imaging"
	"github.com/videogem/videogem/pipeline/internal/webp"
)

// DefaultMaxPixels is how large a picture may be, unless somebody says otherwise: 100 megapixels, which take 300 MB.
const DefaultMaxPixels = 100_000_000

// PictureExtensions are the names' ends of the pictures that ReadPicture reads, in lower case.
func PictureExtensions() []string {
	return []string{".png", ".apng", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp"}
}

// IsPictureName tells whether a file is named like a picture.
func IsPictureName(path string) bool {
	return slices.Contains(PictureExtensions(), strings.ToLower(filepath.Ext(path)))
}

// ReadPicture reads a picture as RGB, upright as its EXIF says. One whose header claims more than maxPixels is refused before anything
// is decoded. Errors wrap ErrInput; that of a file that is not there wraps fs.ErrNotExist, too.
func ReadPicture(path string, maxPixels int) (imaging.RGB, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return imaging.RGB{}, fmt.Errorf("%w: %w", ErrInput, err)
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err == nil {
		err = checkSize(config.Width, config.Height, maxPixels)
	}
	if err == nil && format == "webp" {
		err = checkWebP(data, config)
	}
	if err != nil {
		return imaging.RGB{}, fmt.Errorf("%w %s: %w", ErrInput, path, err)
	}
	var canvas *image.RGBA
	if format == "webp" {
		canvas, err = webp.Decode(data)
	} else {
		var img image.Image
		if img, _, err = image.Decode(bytes.NewReader(data)); err == nil {
			canvas = image.NewRGBA(img.Bounds())
			draw.Draw(canvas, canvas.Rect, img, canvas.Rect.Min, draw.Src)
		}
	}
	if err != nil {
		return imaging.RGB{}, fmt.Errorf("%w %s: %w", ErrInput, path, err)
	}
	return orientationOf(data).turned(imaging.FromImage(canvas)), nil
}

// PictureSize is the width and height of a picture as ReadPicture gives it. Errors wrap ErrInput.
func PictureSize(path string) (w, h int, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, 0, fmt.Errorf("%w: %w", ErrInput, err)
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return 0, 0, fmt.Errorf("%w %s: %w", ErrInput, path, err)
	}
	if orientationOf(data).sideways() {
		return c.Height, c.Width, nil
	}
	return c.Width, c.Height, nil
}

// checkSize refuses pictures that would fill the memory.
func checkSize(w, h, maxPixels int) error {
	if w < 1 || h < 1 {
		return fmt.Errorf("a picture of %dx%d", w, h)
	}
	if w > maxPixels/h {
		return fmt.Errorf("its header says %dx%d, more than the %g megapixels that are taken; --max-pixels takes more", w, h, float64(maxPixels)/1e6)
	}
	return nil
}

// checkWebP refuses a picture that is larger than its container claims.
func checkWebP(data []byte, claimed image.Config) error {
	for kind, body := range webp.Chunks(data[12:]) {
		if size := webp.Size(kind, body); size != (image.Point{}) && size != image.Pt(claimed.Width, claimed.Height) {
			return fmt.Errorf("a picture of %v in a canvas of %dx%d", size, claimed.Width, claimed.Height)
		}
	}
	return nil
}
