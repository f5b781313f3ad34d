package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/videogem/videogem/pipeline"
	"github.com/videogem/videogem/pipeline/democam"
	"github.com/videogem/videogem/pipeline/eval/dataset"
	"github.com/videogem/videogem/pipeline/eval/manifest"
)

// errNoSamples: a manifest would be empty.
var errNoSamples = errors.New("no samples")

// evalPrepareCommand makes manifests, one command a data set.
type evalPrepareCommand struct {
	VHICO            prepareVHICOCommand            `cmd:"" name:"vhico" help:"V-HICO: people and objects of Moments in Time."`
	DALY             prepareDALYCommand             `cmd:"" name:"daly" help:"DALY: ten daily actions."`
	YouCook          prepareYouCookCommand          `cmd:"" name:"youcook" help:"YouCook-Interactions: captions of cooking videos."`
	GroundingYouTube prepareGroundingYouTubeCommand `cmd:"" name:"groundingyoutube" help:"GroundingYouTube: steps of cooking videos."`
	HICODET          prepareHICODETCommand          `cmd:"" name:"hicodet" help:"HICO-DET: verb-object pairs in still pictures."`
	VCOCO            prepareVCOCOCommand            `cmd:"" name:"vcoco" help:"V-COCO: verbs with roles in still pictures."`
	Demo             prepareDemoCommand             `cmd:"" name:"demo" help:"Clips of the demo camera, whose boxes are exact; needs no files."`
}

// prepareOut is where the manifest goes.
type prepareOut struct {
	Out string `default:"manifest.jsonl" help:"The manifest to write." placeholder:"FILE"`
}

// finish writes the manifest and says what is in it.
func (o prepareOut) finish(env *environment, m *manifest.Manifest, err error) error {
	switch {
	case errors.Is(err, dataset.ErrOptions):
		return fmt.Errorf("%w: %w", pipeline.ErrOptions, err)
	case err != nil:
		return err
	case len(m.Samples) == 0:
		return fmt.Errorf("%w: nothing can be evaluated (%s); does --media name the right folder?", errNoSamples, counts(m.Header.Skipped))
	}
	if err := manifest.Save(env.ctx, o.Out, m); err != nil {
		return err
	}
	summarize(env.stdout, o.Out, m)
	return nil
}

func summarize(w io.Writer, file string, m *manifest.Manifest) {
	_, _ = fmt.Fprintf(w, "%s: %d samples of %s\n", file, len(m.Samples), m.Header.Dataset)
	if len(m.Header.Skipped) > 0 {
		_, _ = fmt.Fprintf(w, "left out: %s\n", counts(m.Header.Skipped))
	}
	if len(m.Header.Incomplete) > 0 {
		_, _ = fmt.Fprintf(w, "incomplete, the data set's rule is to %s them: %s\n", m.Samples[0].Missing, counts(m.Header.Incomplete))
	}
}

func counts(byReason map[string]int) string {
	var parts []string
	for _, reason := range slices.Sorted(maps.Keys(byReason)) {
		parts = append(parts, fmt.Sprintf("%d %s", byReason[reason], reason))
	}
	if parts == nil {
		return "it holds no annotations"
	}
	return strings.Join(parts, ", ")
}

// prepareMedia is where the frames are.
type prepareMedia struct {
	Media      string `help:"Folder of the frames or videos. Without one, the manifest serves for baselines alone." placeholder:"DIR"`
	Neighbours string `help:"Folder of the frames beside the key frames. Default: the same." placeholder:"DIR"`
	From       string `default:"images" enum:"images,videos" help:"What --media holds: ${enum}."`
}

func (m prepareMedia) options() dataset.Media {
	return dataset.Media{Folder: m.Media, Neighbours: m.Neighbours, Videos: m.From == "videos"}
}

// prepareVHICOCommand prepares V-HICO.
type prepareVHICOCommand struct {
	Annotations string `required:"" help:"gt_bbox_test.json, a pickle despite its name." placeholder:"FILE"`
	prepareMedia
	FrameStep  int `default:"4" help:"Frames from one frame of a clip to the next." placeholder:"N"`
	FirstFrame int `default:"1" help:"Number of a video's first frame in the frames' names; counts with --from videos." placeholder:"N"`
	prepareOut
}

// Run writes the manifest.
func (c *prepareVHICOCommand) Run(env *environment) error {
	m, err := dataset.VHICO(env.ctx, dataset.VHICOOptions{Annotations: c.Annotations, Media: c.options(), FrameStep: c.FrameStep, FirstFrame: c.FirstFrame})
	return c.finish(env, m, err)
}

// prepareDALYCommand prepares DALY.
type prepareDALYCommand struct {
	Annotations string `required:"" help:"daly1.1.0.pkl." placeholder:"FILE"`
	prepareMedia
	Split     string `default:"test" enum:"test,train,all" help:"Which videos: ${enum}."`
	FrameStep int    `default:"32" help:"Frames from one frame of a clip to the next." placeholder:"N"`
	prepareOut
}

// Run writes the manifest.
func (c *prepareDALYCommand) Run(env *environment) error {
	m, err := dataset.DALY(env.ctx, dataset.DALYOptions{Annotations: c.Annotations, Media: c.options(), Split: c.Split, FrameStep: c.FrameStep})
	return c.finish(env, m, err)
}

// prepareYouCookCommand prepares YouCook-Interactions.
type prepareYouCookCommand struct {
	Annotations string `required:"" help:"final_dataset_annotations.pkl." placeholder:"FILE"`
	Segments    string `required:"" help:"final_dataset_segments.pkl." placeholder:"FILE"`
	Captions    string `required:"" help:"youcookii_annotations_trainval.json." placeholder:"FILE"`
	prepareMedia
	Decomposition string `help:"JSON file {caption: {verbs: [], objects: []}}, or rule for videogem's own. Default: a built-in table of the paper's tagger." placeholder:"FILE"`
	Filtered      bool   `help:"Leave seven videos out and take the boxes of seven as native pixels, as the paper's code can."`
	prepareOut
}

// Run writes the manifest.
func (c *prepareYouCookCommand) Run(env *environment) error {
	m, err := dataset.YouCook(env.ctx, dataset.YouCookOptions{
		Annotations: c.Annotations, Segments: c.Segments, Captions: c.Captions, Media: c.options(), Decomposition: c.Decomposition, Filtered: c.Filtered,
	})
	return c.finish(env, m, err)
}

// prepareGroundingYouTubeCommand prepares GroundingYouTube.
type prepareGroundingYouTubeCommand struct {
	Annotations string `required:"" help:"box_anno.json." placeholder:"FILE"`
	prepareMedia
	KeyOffset      *int `help:"Seconds from an annotation to its key frame. Default: -1 with images, as the paper's code names them; 0 with videos." placeholder:"S"`
	ExcludeClipped bool `help:"Leave out boxes that the annotation tool cut off at x=480."`
	prepareOut
}

// Run writes the manifest.
func (c *prepareGroundingYouTubeCommand) Run(env *environment) error {
	m, err := dataset.GroundingYouTube(env.ctx, dataset.GroundingYouTubeOptions{
		Annotations: c.Annotations, Media: c.options(), KeyOffset: c.KeyOffset, ExcludeClipped: c.ExcludeClipped,
	})
	return c.finish(env, m, err)
}

// prepareHICODETCommand prepares HICO-DET.
type prepareHICODETCommand struct {
	Annotations string `required:"" help:"anno_bbox.mat." placeholder:"FILE"`
	Media       string `help:"Folder of the split's pictures." placeholder:"DIR"`
	Split       string `default:"test" enum:"test,train" help:"Which pictures: ${enum}."`
	prepareOut
}

// Run writes the manifest.
func (c *prepareHICODETCommand) Run(env *environment) error {
	m, err := dataset.HICODET(env.ctx, dataset.HICODETOptions{Annotations: c.Annotations, Media: dataset.Media{Folder: c.Media}, Split: c.Split})
	return c.finish(env, m, err)
}

// prepareVCOCOCommand prepares V-COCO.
type prepareVCOCOCommand struct {
	Annotations string   `required:"" help:"vcoco_test.json, vcoco_val.json or vcoco_train.json." placeholder:"FILE"`
	Instances   []string `required:"" sep:"none" help:"COCO 2014's instances file of these pictures; may be given again." placeholder:"FILE"`
	Media       string   `help:"Folder of the pictures." placeholder:"DIR"`
	prepareOut
}

// Run writes the manifest.
func (c *prepareVCOCOCommand) Run(env *environment) error {
	m, err := dataset.VCOCO(env.ctx, dataset.VCOCOOptions{Annotations: c.Annotations, Instances: c.Instances, Media: dataset.Media{Folder: c.Media}})
	return c.finish(env, m, err)
}

// prepareDemoCommand prepares clips of the demo camera. Its defaults are those of democam.DefaultClipConfig.
type prepareDemoCommand struct {
	Clips     int     `default:"2000" help:"How many clips." placeholder:"N"`
	Seed      uint64  `default:"900000000" help:"Seed of the first clip; each one after it has the next. The demo model was trained on seeds below 900000000." placeholder:"S"`
	Actors    string  `default:"3" help:"People a clip: a number, or a mix such as 2:.3,3:.5,4:.2." placeholder:"MIX"`
	Size      int     `default:"96" help:"Width and height of the frames, pixels." placeholder:"N"`
	Span      float64 `default:"1.2" help:"Length of a clip, give or take a tenth." placeholder:"SECONDS"`
	Aspect    float64 `default:"0" help:"Width by height of the scene, which is squeezed into the frame; 0 draws one in 1 to 1.78 for every clip." placeholder:"A"`
	Ease      float64 `default:"1" help:"0 is a cluttered world in all colors, 1 a calm one." placeholder:"E"`
	MinHeight float64 `default:"0.4" help:"Least height of a person, in frame heights." placeholder:"H"`
	MaxHeight float64 `default:"0.65" help:"Largest height of a person, in frame heights." placeholder:"H"`
	HeldOut   bool    `name:"heldout" help:"People and places of a look that the demo model was not trained on."`
	Twins     bool    `help:"Two people in every clip do what only motion tells apart, and only these are scored."`
	Shuffle   bool    `help:"All frames but the key frame out of order: what motion tells is gone."`
	Props     int     `help:"Up to so many objects lie about that nobody uses." placeholder:"N"`
	Night     float64 `help:"Share of the clips that play at night, 0 to 1." placeholder:"P"`
	Wild      float64 `help:"Share of the clips with people and places in all colors and shapes, 0 to 1." placeholder:"P"`
	Change    float64 `help:"Share of the people who do something else at the beginning or the end, 0 to 1." placeholder:"P"`
	Phrasing  string  `default:"" enum:",trained,held-out" help:"Ask in all the words of the demo model's training, or in words and sentences that it never joined. Default: plainly."`
	prepareOut
}

// Run writes the manifest.
func (c *prepareDemoCommand) Run(env *environment) error {
	clip := democam.DefaultClipConfig()
	clip.Span = c.Span
	clip.Width, clip.Height, clip.Aspect, clip.Ease, clip.MinHeight, clip.MaxHeight = c.Size, c.Size, c.Aspect, c.Ease, c.MinHeight, c.MaxHeight
	clip.HeldOut, clip.Props, clip.Night, clip.Wild, clip.Change = c.HeldOut, c.Props, c.Night, c.Wild, c.Change
	if c.Twins {
		clip.Twins = 1
	}
	m, err := dataset.Demo(env.ctx, dataset.DemoOptions{
		Clips: c.Clips, Seed: c.Seed, Clip: clip, Mix: c.Actors, Pairs: c.Twins, Shuffle: c.Shuffle, Phrasing: c.Phrasing,
	})
	return c.finish(env, m, err)
}
