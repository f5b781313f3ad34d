package dataset

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/pipeline/eval/dataset/mat5"
	"github.com/videogem/videogem/pipeline/eval/manifest"
)

func TestHICODET(t *testing.T) {
	o := HICODETOptions{Annotations: "mat5/testdata/hico.mat", Split: "test"}
	m, err := HICODET(t.Context(), o)
	written(t, m, err)
	require.Equal(t, map[string]int{"no interaction": 1, "interaction not visible": 1}, m.Header.Skipped)
	require.Len(t, m.Samples, 2)
	require.Equal(t, manifest.Sample{
		ID: "HICO_test2015_00000001.jpg/1", Label: "riding bicycle", Class: "riding",
		Prompts: manifest.Prompts{
			Action: "A photo of a person riding bicycle.", Verbs: []string{"A photo of a person riding something."}, Objects: []string{"A photo of a person using bicycle."},
		},
		Media: manifest.Media{Kind: manifest.Images, Paths: []string{"HICO_test2015_00000001.jpg"}},
		Boxes: [][4]float64{{90, 50, 199, 349}, {0, 0, 149, 349}}, Space: [2]int{640, 427}, Missing: manifest.Skip,
	}, m.Samples[0], "pixels from 0, one rectangle a pair")
	require.Equal(t, "talking on cell phone", m.Samples[1].Label)

	dir := t.TempDir()
	touch(t, dir, "HICO_test2015_00000002.jpg")
	o.Media = Media{Folder: dir}
	m, err = HICODET(t.Context(), o)
	written(t, m, err)
	require.Equal(t, 1, m.Header.Skipped["picture missing"])
	require.Len(t, m.Samples, 1)

	o.Split = "train" // its only connection names an object that is not there
	_, err = HICODET(t.Context(), o)
	require.ErrorIs(t, err, ErrAnnotations)
	require.ErrorContains(t, err, "person 1 with object 2")
	_, err = HICODET(t.Context(), HICODETOptions{Annotations: "mat5/testdata/values.mat", Split: "test"})
	require.ErrorIs(t, err, ErrAnnotations)
	_, err = HICODET(t.Context(), HICODETOptions{Annotations: "mat5/testdata/make.py", Split: "test"})
	require.ErrorIs(t, err, mat5.ErrMalformed)
	_, err = HICODET(t.Context(), HICODETOptions{Split: "val"})
	require.ErrorIs(t, err, ErrOptions)
}

const (
	instancesJSON = `{"images": [{"id": 7, "file_name": "COCO_val2014_000000000007.jpg", "width": 640, "height": 480}],
 "categories": [{"id": 1, "name": "person"}, {"id": 49, "name": "knife"}, {"id": 61, "name": "cake"}, {"id": 77, "name": "cell phone"}],
 "annotations": [{"id": 100, "category_id": 1, "bbox": [10, 20, 30, 40]}, {"id": 101, "category_id": 1, "bbox": [200, 20, 30, 40]},
  {"id": 102, "category_id": 49, "bbox": [5, 50, 10, 10]}, {"id": 103, "category_id": 61, "bbox": [35, 50, 100, 30]}, {"id": 104, "category_id": 77, "bbox": [15, 25, 5, 5]}]}`
	vcocoJSON = `[
 {"action_name": "cut", "role_name": ["agent", "instr", "obj"], "ann_id": [100, 101], "image_id": [7, 7], "label": [1, 1], "role_object_id": [100, 101, 102, 0, 103, 103]},
 {"action_name": "walk", "role_name": ["agent"], "ann_id": [100, 101], "image_id": [7, 7], "label": [0, 1], "role_object_id": [100, 101]},
 {"action_name": "talk_on_phone", "role_name": ["agent", "instr"], "ann_id": [100, 101], "image_id": [7, 7], "label": [1, 1], "role_object_id": [100, 101, 104, 0]}]`
)

func TestVCOCO(t *testing.T) {
	o := VCOCOOptions{Annotations: file(t, "vcoco_val.json", []byte(vcocoJSON)), Instances: []string{file(t, "instances.json", []byte(instancesJSON))}}
	m, err := VCOCO(t.Context(), o)
	written(t, m, err)
	type row struct {
		id, label, class, verb, object string
		boxes                          [][4]float64
	}
	var rows []row
	for _, s := range m.Samples {
		require.Equal(t, [2]int{640, 480}, s.Space)
		rows = append(rows, row{s.ID, s.Label, s.Class, s.Prompts.Verbs[0], s.Prompts.Objects[0], s.Boxes})
	}
	const at = "COCO_val2014_000000000007.jpg/"
	require.Equal(t, []row{
		{at + "cut_with_knife", "cut with knife", "cut", "A photo of a person cut something.", "A photo of a person using knife.", [][4]float64{{5, 20, 40, 60}}},
		{at + "cut_cake", "cut cake", "cut", "A photo of a person cut something.", "A photo of a person using cake.", [][4]float64{{10, 20, 135, 80}, {35, 20, 230, 80}}},
		{at + "walk", "walk", "walk", "A photo of a person walk something.", "A photo of a person.", [][4]float64{{200, 20, 230, 60}}},
		{at + "talk_on_phone", "talk on phone", "talk_on_phone", "A photo of a person talk something.", "A photo of a person using cell phone.", [][4]float64{{10, 20, 40, 60}}},
	}, rows)
	require.Equal(t, map[string]int{"object not annotated": 1}, m.Header.Skipped)

	o.Media = Media{Folder: t.TempDir()}
	m, err = VCOCO(t.Context(), o)
	require.NoError(t, err)
	require.Empty(t, m.Samples)
	require.Equal(t, 5, m.Header.Skipped["picture missing"])

	for name, change := range map[string][2]string{
		"picture": {`"image_id": [7, 7]`, `"image_id": [8, 8]`}, "person": {`"ann_id": [100, 101]`, `"ann_id": [99, 101]`},
		"object": {"0, 103, 103", "0, 103, 55"}, "lengths": {"0, 103, 103", "0, 103"}, "no list": {"[\n", "{\n"},
	} {
		t.Run(name, func(t *testing.T) {
			o.Annotations = file(t, "v.json", []byte(strings.Replace(vcocoJSON, change[0], change[1], 1)))
			_, err := VCOCO(t.Context(), o)
			require.ErrorIs(t, err, ErrAnnotations)
		})
	}
}
