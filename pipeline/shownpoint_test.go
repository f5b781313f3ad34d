package pipeline

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/videogem/videogem/streaming"
)

// TestPointsLieInWhatIsShown: the status of a phone's video that lies on its side, and of one with pixels of 2:1, points at the one who waves
// in the picture as viewers see it: the same place that ground finds.
func TestPointsLieInWhatIsShown(t *testing.T) {
	shared := os.Getenv("VIDEOGEM_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "shared")
	}
	for file, want := range map[string][2]float64{"05-phone-rotation-90/phone.mp4": {276. / 640, 204. / 360}, "14-anamorphic/anam.mp4": {276. / 640, 204. / 360}} {
		t.Run(filepath.Base(file), func(t *testing.T) {
			path := filepath.Join(shared, "cases", file)
			if _, err := os.Stat(path); err != nil {
				t.Skip(err)
			}
			o := options(path)
			o.Stream.Prompts = []string{"a person waving"}
			s := start(t, o)
			eventually(t, s.started[0], "a point at the one who waves", func(r streaming.Status) bool {
				if len(r.Prompts) == 0 || r.Prompts[0].Point == nil {
					return false
				}
				t.Logf("%.2f", *r.Prompts[0].Point)
				p := *r.Prompts[0].Point
				return [2]int{640, 360} == [2]int{r.Width, r.Height} && max(p[0]-want[0], want[0]-p[0], p[1]-want[1], want[1]-p[1]) < .06
			})
		})
	}
}
