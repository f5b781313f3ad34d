package dataset

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"

	"github.com/videogem/videogem/engine/prompt"
	"github.com/videogem/videogem/pipeline/eval/manifest"
)

// GroundingYouTubeOptions are what [GroundingYouTube] wants.
type GroundingYouTubeOptions struct {
	Annotations string // box_anno.json
	Media       Media

	// KeyOffset is added to an annotation's second to get the key frame: the name of its picture file, or its time in a video. The
	// paper's code reads the file second-1 between neighbours around second, and how its files were cut is not published: nil is -1
	// for pictures, as there, and 0 for videos.
	KeyOffset *int
	// ExcludeClipped leaves out boxes with x2 = 480, where the annotation tool cut boxes off with width and height mixed up.
	ExcludeClipped bool
}

// portrait is GroundingYouTube's one video that is higher than wide.
const portrait = "7mabCfrc90Y"

// clippedAt is where GroundingYouTube's boxes are cut off.
const clippedAt = 480

// youtubeBox is one of GroundingYouTube's annotations.
type youtubeBox struct {
	video  string
	Second int        `json:"second"`
	Box    [4]float64 `json:"box"`
	Step   string     `json:"step_name"`
}

// GroundingYouTube reads {video: [{"second", "box": [x1, y1, x2, y2], "step_name"}]} (Chen et al., CVPR 2024). Boxes lie in a frame
// stretched to 640x480, one video's in 480x640. Some have x2 < x1 and stay: a target that cannot be hit. Frames beside the key frame
// are a quarter of a second apart; pictures are <video>/<second>.jpg, with seconds as Python prints them (75.25, 75.0).
func GroundingYouTube(_ context.Context, o GroundingYouTubeOptions) (*manifest.Manifest, error) {
	boxes, err := readYouTubeBoxes(o.Annotations)
	if err != nil {
		return nil, err
	}
	offset := -1
	if o.Media.Videos {
		offset = 0
	}
	if o.KeyOffset != nil {
		offset = *o.KeyOffset
	}
	b, err := newBuilder("groundingyoutube", o.Media, manifest.Skip, map[string]string{
		"key-offset": strconv.Itoa(offset), "exclude-clipped": strconv.FormatBool(o.ExcludeClipped),
	})
	if err != nil {
		return nil, err
	}
	for _, a := range boxes {
		if o.ExcludeClipped && a.Box[2] == clippedAt {
			b.skip("clipped at x2=480")
			continue
		}
		key := a.Second + offset
		if key < 0 {
			b.skip(noKeyFrame)
			continue
		}
		media, ok := b.frames(shot{
			key:       fmt.Sprintf("%s/%d.jpg", a.video, key),
			neighbour: func(i int) string { return a.video + "/" + pythonFloat(quarters(a.Second, i)) + ".jpg" },
			video:     a.video,
			time: func(i int) float64 {
				if i == 0 {
					return float64(key)
				}
				return quarters(a.Second, i)
			},
			outside: func(i int) bool { return quarters(a.Second, i) < 0 },
		})
		if !ok {
			continue
		}
		parts := prompt.FirstWord(a.Step)
		space := [2]int{640, 480}
		if a.video == portrait {
			space = [2]int{480, 640}
		}
		b.add(manifest.Sample{
			ID: fmt.Sprintf("%s/%d", a.video, a.Second), Label: a.Step, Class: parts.Verb, Prompts: texts(parts), Media: media, Key: clipKey,
			Boxes: [][4]float64{a.Box}, Space: space,
		})
	}
	return b.out, nil
}

// quarters is i quarters of a second from a second on.
func quarters(second, i int) float64 { return float64(second) + .25*float64(i) }

// pythonFloat writes a number as Python's str does: 75.0, 75.25.
func pythonFloat(v float64) string {
	text := strconv.FormatFloat(v, 'f', -1, 64)
	if v == float64(int64(v)) {
		text += ".0"
	}
	return text
}

// readYouTubeBoxes keeps the file's order.
func readYouTubeBoxes(file string) ([]youtubeBox, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("annotations: %w", err)
	}
	defer func() { _ = f.Close() }()
	var boxes []youtubeBox
	d := json.NewDecoder(f)
	err = eachMember(d, func(video string) error {
		var list []youtubeBox
		if err := d.Decode(&list); err != nil {
			return err
		}
		for i, a := range list {
			if a.Step == "" {
				return fmt.Errorf("box %d has no step_name", i)
			}
			a.video = video
			boxes = append(boxes, a)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrAnnotations, file, err)
	}
	return boxes, nil
}
