package dataset

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/videogem/videogem/engine/prompt"
	"github.com/videogem/videogem/pipeline/eval/dataset/mat5"
	"github.com/videogem/videogem/pipeline/eval/manifest"
)

// HICODETOptions are what [HICODET] wants.
type HICODETOptions struct {
	Annotations string // anno_bbox.mat
	Media       Media  // the split's pictures; videos mean nothing here
	Split       string // test or train
}

// HICODET reads still pictures and their verb-object pairs (Chao et al., WACV 2018). A sample is a picture and an interaction; each
// of its pairs has the rectangle around person and object, and a hit in any counts. Interactions that cannot be seen and "no
// interaction" are left out. Pixels are counted from 1 in the file, from 0 in the manifest.
func HICODET(ctx context.Context, o HICODETOptions) (*manifest.Manifest, error) {
	if !slices.Contains([]string{"test", "train"}, o.Split) {
		return nil, fmt.Errorf("%w: split %q, want test or train", ErrOptions, o.Split)
	}
	file, err := mat5.Open(o.Annotations)
	if err != nil {
		return nil, fmt.Errorf("annotations: %w", err)
	}
	actions, ok := file["list_action"].(*mat5.Struct)
	pictures, ok2 := file["bbox_"+o.Split].(*mat5.Struct)
	if !ok || !ok2 {
		return nil, fmt.Errorf("%w: %s: it lacks list_action or bbox_%s", ErrAnnotations, o.Annotations, o.Split)
	}
	b, err := newBuilder("hicodet", o.Media, manifest.Skip, map[string]string{"split": o.Split})
	if err != nil {
		return nil, err
	}
	for i := range pictures.Values {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := b.hicoPicture(structRow{pictures, i}, actions); err != nil {
			return nil, fmt.Errorf("%w: %s: bbox_%s(%d): %w", ErrAnnotations, o.Annotations, o.Split, i+1, err)
		}
	}
	return b.out, nil
}

// hicoPicture adds a picture's interactions.
func (b *builder) hicoPicture(picture structRow, actions *mat5.Struct) error {
	name, err := picture.text("filename")
	if err != nil {
		return err
	}
	size, err := picture.structs("size")
	if err != nil {
		return err
	}
	w, err := structRow{size, 0}.number("width")
	if err != nil {
		return err
	}
	h, err := structRow{size, 0}.number("height")
	if err != nil {
		return err
	}
	list, err := picture.structs("hoi")
	if err != nil {
		return err
	}
	for k := range list.Values {
		hoi := structRow{list, k}
		id, err := hoi.number("id")
		if err != nil {
			return err
		}
		parts, err := hicoAction(actions, int(id))
		if err != nil {
			return err
		}
		boxes, why, err := hicoPairs(hoi)
		if err != nil {
			return fmt.Errorf("hoi %d: %w", k+1, err)
		}
		if parts.Verb == "no interaction" {
			why = "no interaction"
		}
		if why != "" {
			b.skip(why)
			continue
		}
		file, found := b.key(name)
		if !found {
			b.skip("picture missing")
			continue
		}
		b.add(manifest.Sample{
			ID: fmt.Sprintf("%s/%d", name, int(id)), Label: parts.Action, Class: parts.Verb, Prompts: texts(parts),
			Media: manifest.Media{Kind: manifest.Images, Paths: []string{file}}, Boxes: boxes, Space: [2]int{int(w), int(h)},
		})
	}
	return nil
}

// hicoAction gives verb and object of an interaction, counted from 1.
func hicoAction(actions *mat5.Struct, id int) (prompt.Parts, error) {
	row := structRow{actions, id - 1}
	verb, err := row.text("vname_ing")
	if err != nil {
		verb, err = row.text("vname")
	}
	if err != nil {
		return prompt.Parts{}, fmt.Errorf("interaction %d: %w", id, err)
	}
	if plain, err := row.text("vname"); err == nil && plain == "no_interaction" {
		verb = plain
	}
	object, err := row.text("nname")
	if err != nil {
		return prompt.Parts{}, fmt.Errorf("interaction %d: %w", id, err)
	}
	verb, object = strings.ReplaceAll(verb, "_", " "), strings.ReplaceAll(object, "_", " ")
	return prompt.Parts{Verb: verb, Object: object, Action: verb + " " + object}, nil
}

// hicoPairs gives the rectangles around the pairs, or why there are none.
func hicoPairs(hoi structRow) (boxes [][4]float64, why string, err error) {
	if invisible, err := hoi.number("invis"); err != nil || invisible != 0 {
		return nil, "interaction not visible", err
	}
	people, err := hoi.boxes("bboxhuman")
	if err != nil {
		return nil, "", err
	}
	objects, err := hoi.boxes("bboxobject")
	if err != nil {
		return nil, "", err
	}
	pairs, err := hoi.numbers("connection")
	if err != nil {
		return nil, "", err
	}
	n := len(pairs) / 2 // columns: person, object
	for i := range n {
		p, o := int(pairs[i])-1, int(pairs[n+i])-1
		if p < 0 || p >= len(people) || o < 0 || o >= len(objects) {
			return nil, "", fmt.Errorf("connection of person %d with object %d", p+1, o+1)
		}
		boxes = append(boxes, around(people[p], objects[o]))
	}
	if len(boxes) == 0 {
		return nil, noBox, nil
	}
	return boxes, "", nil
}

// around is the least rectangle around two.
func around(a, b [4]float64) [4]float64 {
	return [4]float64{min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])}
}

// structRow is one element of an array of structs.
type structRow struct {
	array *mat5.Struct
	at    int
}

func (r structRow) get(field string) (mat5.Value, error) {
	if r.at < 0 {
		return nil, fmt.Errorf("element %d of %d", r.at+1, len(r.array.Values))
	}
	v, ok := r.array.Get(r.at, field)
	if !ok {
		return nil, fmt.Errorf("element %d of %d has no field %s", r.at+1, len(r.array.Values), field)
	}
	return v, nil
}

func (r structRow) text(field string) (string, error) {
	v, err := r.get(field)
	if err != nil {
		return "", err
	}
	text, ok := v.(mat5.Text)
	if !ok || text == "" {
		return "", fmt.Errorf("%s is a %T, want a text", field, v)
	}
	return string(text), nil
}

func (r structRow) structs(field string) (*mat5.Struct, error) {
	v, err := r.get(field)
	if err != nil {
		return nil, err
	}
	if empty, ok := v.(*mat5.Numbers); ok && len(empty.Data) == 0 {
		return &mat5.Struct{}, nil
	}
	s, ok := v.(*mat5.Struct)
	if !ok {
		return nil, fmt.Errorf("%s is a %T, want structs", field, v)
	}
	return s, nil
}

func (r structRow) numbers(field string) ([]float64, error) {
	v, err := r.get(field)
	if err != nil {
		return nil, err
	}
	n, ok := v.(*mat5.Numbers)
	if !ok {
		return nil, fmt.Errorf("%s is a %T, want numbers", field, v)
	}
	return n.Data, nil
}

func (r structRow) number(field string) (float64, error) {
	n, err := r.numbers(field)
	if err == nil && len(n) != 1 {
		err = fmt.Errorf("%s is %d numbers, want one", field, len(n))
	}
	if err != nil {
		return 0, err
	}
	return n[0], nil
}

// boxes reads structs x1, x2, y1, y2 in pixels counted from 1.
func (r structRow) boxes(field string) ([][4]float64, error) {
	s, err := r.structs(field)
	if err != nil {
		return nil, err
	}
	out := make([][4]float64, len(s.Values))
	for i := range s.Values {
		for k, name := range []string{"x1", "y1", "x2", "y2"} {
			v, err := structRow{s, i}.number(name)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", field, err)
			}
			out[i][k] = v - 1
		}
	}
	return out, nil
}
