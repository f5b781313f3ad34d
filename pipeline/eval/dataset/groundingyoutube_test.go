package dataset

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/pipeline/eval/manifest"
)

const youtubeJSON = `{"b": [{"second": 76, "box": [186, 244, 480, 452], "step_name": "crack eggs"}, {"second": 0, "box": [5, 6, 1, 2], "step_name": "pour egg whites"}],
 "7mabCfrc90Y": [{"second": 3, "box": [1, 2, 3, 629], "step_name": "beat mixture"}]}`

func TestGroundingYouTubeImages(t *testing.T) {
	dir := t.TempDir()
	touch(t, dir, "b/75.jpg", "b/75.0.jpg", "b/75.25.jpg", "b/75.5.jpg", "b/75.75.jpg", "b/76.25.jpg", "b/76.5.jpg", "b/76.75.jpg", "7mabCfrc90Y/2.jpg")
	m, err := GroundingYouTube(t.Context(), GroundingYouTubeOptions{Annotations: file(t, "a.json", []byte(youtubeJSON)), Media: Media{Folder: dir}})
	written(t, m, err)
	require.Equal(t, "groundingyoutube", m.Header.Dataset)
	require.Equal(t, map[string]string{"key-offset": "-1", "exclude-clipped": "false", "media": "images"}, m.Header.Options)
	require.Equal(t, map[string]int{noKeyFrame: 1}, m.Header.Skipped, "second 0 has no file before it")
	require.Equal(t, map[string]int{noNeighbour: 1}, m.Header.Incomplete)
	require.Equal(t, []manifest.Sample{
		{
			ID: "b/76", Label: "crack eggs", Class: "crack",
			Prompts: manifest.Prompts{
				Action: "A photo of a person crack eggs.", Verbs: []string{"A photo of a person crack something."}, Objects: []string{"A photo of a person using eggs."},
			},
			Media: manifest.Media{Kind: manifest.Images, Paths: []string{
				"b/75.0.jpg", "b/75.25.jpg", "b/75.5.jpg", "b/75.75.jpg", "b/75.jpg", "b/76.25.jpg", "b/76.5.jpg", "b/76.75.jpg",
			}},
			Key: 4, Boxes: [][4]float64{{186, 244, 480, 452}}, Space: [2]int{640, 480}, Missing: manifest.Skip,
		},
		{
			ID: "7mabCfrc90Y/3", Label: "beat mixture", Class: "beat",
			Prompts: manifest.Prompts{
				Action: "A photo of a person beat mixture.", Verbs: []string{"A photo of a person beat something."}, Objects: []string{"A photo of a person using mixture."},
			},
			Media: manifest.Media{Kind: manifest.Images, Paths: []string{
				"7mabCfrc90Y/2.0.jpg", "7mabCfrc90Y/2.25.jpg", "7mabCfrc90Y/2.5.jpg", "7mabCfrc90Y/2.75.jpg", "7mabCfrc90Y/2.jpg",
				"7mabCfrc90Y/3.25.jpg", "7mabCfrc90Y/3.5.jpg", "7mabCfrc90Y/3.75.jpg",
			}},
			Key: 4, Boxes: [][4]float64{{1, 2, 3, 629}}, Space: [2]int{480, 640}, Missing: manifest.Skip,
		},
	}, m.Samples)
}

func TestGroundingYouTubeVideos(t *testing.T) {
	dir := t.TempDir()
	touch(t, dir, "deep/b.MKV")
	o := GroundingYouTubeOptions{Annotations: file(t, "a.json", []byte(youtubeJSON)), Media: Media{Folder: dir, Videos: true}}
	m, err := GroundingYouTube(t.Context(), o)
	written(t, m, err)
	require.Equal(t, map[string]int{noVideo: 1}, m.Header.Skipped)
	require.Equal(t, map[string]int{noNeighbour: 1}, m.Header.Incomplete, "second 0 has nothing before it")
	require.Len(t, m.Samples, 2)
	require.Equal(t, manifest.Media{Kind: manifest.Video, Path: "deep/b.MKV", Times: []float64{75, 75.25, 75.5, 75.75, 76, 76.25, 76.5, 76.75}}, m.Samples[0].Media)
	require.Equal(t, dir, m.Header.Root)

	offset := -1
	o.KeyOffset, o.ExcludeClipped = &offset, true
	m, err = GroundingYouTube(t.Context(), o)
	require.NoError(t, err)
	require.Empty(t, m.Samples)
	require.Equal(t, map[string]int{noVideo: 1, noKeyFrame: 1, "clipped at x2=480": 1}, m.Header.Skipped)
	o.ExcludeClipped = false
	m, err = GroundingYouTube(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, []float64{75, 75.25, 75.5, 75.75, 75, 76.25, 76.5, 76.75}, m.Samples[0].Media.Times)
}

func TestGroundingYouTubeRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "list": "[]", "cut off": youtubeJSON[:len(youtubeJSON)-1], "box": `{"b":[{"second":1,"box":"x","step_name":"a b"}]}`, "no step": `{"b":[{"second":1,"box":[1,2,3,4]}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := GroundingYouTube(t.Context(), GroundingYouTubeOptions{Annotations: file(t, "a.json", []byte(text))})
			require.ErrorIs(t, err, ErrAnnotations)
		})
	}
	_, err := GroundingYouTube(t.Context(), GroundingYouTubeOptions{Annotations: "none"})
	require.ErrorIs(t, err, os.ErrNotExist)
	good := file(t, "a.json", []byte(youtubeJSON))
	for _, m := range []Media{{Folder: "none"}, {Folder: good}, {Folder: t.TempDir(), Videos: true}, {Folder: t.TempDir(), Neighbours: "none"}} {
		_, err := GroundingYouTube(t.Context(), GroundingYouTubeOptions{Annotations: good, Media: m})
		require.ErrorIs(t, err, ErrMedia)
	}
}

// published finds an annotation file that does not ship with the program: in the folder VIDEOGEM_EVAL_DATA, or beside the
// repository.
func published(t *testing.T, name string) string {
	t.Helper()
	for _, dir := range []string{os.Getenv("VIDEOGEM_EVAL_DATA"), "../../../../shared/data"} {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); dir != "" && err == nil {
			return path
		}
	}
	t.Skipf("%s is not here: put it into a folder and name that in VIDEOGEM_EVAL_DATA (docs/evaluation.md says where it comes from)", name)
	return ""
}

// TestGroundingYouTubeWhole counts the published file; the numbers were found with a program in another language.
func TestGroundingYouTubeWhole(t *testing.T) {
	o := GroundingYouTubeOptions{Annotations: published(t, "box_anno.json"), Media: Media{Videos: true}}
	m, err := GroundingYouTube(t.Context(), o)
	written(t, m, err)
	require.Len(t, m.Samples, 17316)
	require.Empty(t, m.Header.Skipped)
	videos, steps, verbs := map[string]bool{}, map[string]bool{}, map[string]bool{}
	degenerate, clipped, second0, inside := 0, 0, 0, 0
	for _, s := range m.Samples {
		b := s.Boxes[0]
		videos[s.Media.Path], steps[s.Label], verbs[s.Class] = true, true, true
		if b[2] < b[0] || b[3] < b[1] {
			degenerate++
		}
		if b[2] == clippedAt {
			clipped++
		}
		if s.Media.Times[clipKey] == 0 {
			second0++
		}
		if at := centreOf(s.Space); at(b) {
			inside++
		}
		require.Equal(t, s.Media.Path == portrait+".mp4", s.Space == [2]int{480, 640})
	}
	require.Equal(t, []int{250, 660, 100, 18, 5119, 3}, []int{len(videos), len(steps), len(verbs), degenerate, clipped, second0})
	require.Equal(t, 11717, inside, "the centre is in 67.67 %% of the boxes")
	require.InDelta(t, 67.67, 100*float64(inside)/17316, .005)

	o.Media = Media{}
	m, err = GroundingYouTube(t.Context(), o)
	require.NoError(t, err)
	require.Len(t, m.Samples, 17313)
	require.Equal(t, map[string]int{noKeyFrame: 3}, m.Header.Skipped)

	o.ExcludeClipped = true
	m, err = GroundingYouTube(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, 5119, m.Header.Skipped["clipped at x2=480"])
}

// centreOf tells whether the middle of a 224x224 input lies in a box, by the evaluation's rounding.
func centreOf(space [2]int) func([4]float64) bool {
	return func(b [4]float64) bool {
		var scaled [4]float64
		for i, v := range b {
			scaled[i] = math.RoundToEven(v * (224 / float64(space[i%2])))
		}
		return scaled[0] <= 112 && 112 <= scaled[2] && scaled[1] <= 112 && 112 <= scaled[3]
	}
}
