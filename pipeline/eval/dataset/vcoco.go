package dataset

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/videogem/videogem/engine/prompt"
	"github.com/videogem/videogem/pipeline/eval/manifest"
)

// VCOCOOptions are what [VCOCO] wants.
type VCOCOOptions struct {
	Annotations string   // vcoco_test.json, vcoco_val.json or vcoco_train.json
	Instances   []string // COCO 2014's instances_*.json that the annotations' ids point into
	Media       Media    // the pictures; videos mean nothing here
}

// VCOCO reads still pictures and their verbs with roles (Gupta and Malik, 2015). A sample is a picture, a verb, and the class of what
// fills a role; each pair has the rectangle around person and object, and a hit in any counts. For a verb without roles it is
// the person. People whose object is not annotated are left out.
func VCOCO(ctx context.Context, o VCOCOOptions) (*manifest.Manifest, error) {
	var verbs []vcocoVerb
	if err := readJSON(o.Annotations, &verbs); err != nil {
		return nil, err
	}
	coco, err := readCOCO(o.Instances)
	if err != nil {
		return nil, err
	}
	b, err := newBuilder("vcoco", o.Media, manifest.Skip, map[string]string{})
	if err != nil {
		return nil, err
	}
	for _, v := range verbs {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := b.vcocoVerb(&v, coco); err != nil {
			return nil, fmt.Errorf("%w: %s: %s: %w", ErrAnnotations, o.Annotations, v.Name, err)
		}
	}
	return b.out, nil
}

// vcocoVerb is one verb over all pictures.
type vcocoVerb struct {
	Name    string   `json:"action_name"`
	Roles   []string `json:"role_name"`
	Persons []int    `json:"ann_id"`
	Images  []int    `json:"image_id"`
	Labels  []int    `json:"label"`
	Objects []int    `json:"role_object_id"` // [role][row]
}

// coco is what is needed of COCO's instances.
type coco struct {
	images map[int]cocoImage
	boxes  map[int]cocoBox
	names  map[int]string
}

type cocoImage struct {
	ID     int    `json:"id"`
	File   string `json:"file_name"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

type cocoBox struct {
	ID       int        `json:"id"`
	Category int        `json:"category_id"`
	Box      [4]float64 `json:"bbox"` // x, y, width, height
}

func (b cocoBox) corners() [4]float64 {
	return [4]float64{b.Box[0], b.Box[1], b.Box[0] + b.Box[2], b.Box[1] + b.Box[3]}
}

func readCOCO(files []string) (*coco, error) {
	c := &coco{map[int]cocoImage{}, map[int]cocoBox{}, map[int]string{}}
	for _, file := range files {
		var f struct {
			Images      []cocoImage `json:"images"`
			Annotations []cocoBox   `json:"annotations"`
			Categories  []struct {
				ID   int    `json:"id"`
				Name string `json:"name"`
			} `json:"categories"`
		}
		if err := readJSON(file, &f); err != nil {
			return nil, err
		}
		for _, i := range f.Images {
			c.images[i.ID] = i
		}
		for _, a := range f.Annotations {
			c.boxes[a.ID] = a
		}
		for _, n := range f.Categories {
			c.names[n.ID] = n.Name
		}
	}
	return c, nil
}

// vcocoVerb adds the samples of a verb, in the order of the file.
func (b *builder) vcocoVerb(v *vcocoVerb, c *coco) error {
	n := len(v.Persons)
	if len(v.Images) != n || len(v.Labels) != n || len(v.Objects) != n*len(v.Roles) {
		return fmt.Errorf("%d people, %d pictures, %d labels, %d objects in %d roles", n, len(v.Images), len(v.Labels), len(v.Objects), len(v.Roles))
	}
	at := map[string]int{} // sample by id
	for i := range n {
		if v.Labels[i] != 1 {
			continue
		}
		picture, ok := c.images[v.Images[i]]
		person, ok2 := c.boxes[v.Persons[i]]
		if !ok || !ok2 {
			return fmt.Errorf("picture %d or person %d is in none of the instances files", v.Images[i], v.Persons[i])
		}
		targets, err := v.targets(i, person, c)
		if err != nil {
			return err
		}
		if len(targets) == 0 {
			b.skip("object not annotated")
		}
		for _, t := range targets {
			id := fmt.Sprintf("%s/%s", picture.File, strings.ReplaceAll(t.parts.Action, " ", "_"))
			if k, ok := at[id]; ok {
				b.out.Samples[k].Boxes = append(b.out.Samples[k].Boxes, t.box)
				continue
			}
			file, found := b.key(picture.File)
			if !found {
				b.skip("picture missing")
				continue
			}
			at[id] = len(b.out.Samples)
			b.add(manifest.Sample{
				ID: id, Label: t.parts.Action, Class: v.Name, Prompts: texts(t.parts), Media: manifest.Media{Kind: manifest.Images, Paths: []string{file}},
				Boxes: [][4]float64{t.box}, Space: [2]int{picture.Width, picture.Height},
			})
		}
	}
	return nil
}

// vcocoTarget is what one person does with one thing.
type vcocoTarget struct {
	parts prompt.Parts
	box   [4]float64
}

// targets gives what the i-th person of a verb does.
func (v *vcocoVerb) targets(i int, person cocoBox, c *coco) ([]vcocoTarget, error) {
	phrase := strings.ReplaceAll(v.Name, "_", " ")
	verb, _, isPhrase := strings.Cut(phrase, " ") // "talk on phone" names its object itself
	var out []vcocoTarget
	roles := 0
	for k, role := range v.Roles {
		if role == "agent" {
			continue
		}
		roles++
		id := v.Objects[k*len(v.Persons)+i]
		if id == 0 {
			continue
		}
		object, ok := c.boxes[id]
		if !ok {
			return nil, fmt.Errorf("object %d is in none of the instances files", id)
		}
		name := c.names[object.Category]
		action := phrase
		switch {
		case isPhrase:
		case role == "instr" && slices.Contains(v.Roles, "obj"): // "cut with knife" beside "cut cake"
			action += " with " + name
		default:
			action += " " + name
		}
		out = append(out, vcocoTarget{prompt.Parts{Verb: verb, Object: name, Action: action}, around(person.corners(), object.corners())})
	}
	if roles == 0 {
		out = append(out, vcocoTarget{prompt.Parts{Verb: verb, Action: phrase}, person.corners()})
	}
	return out, nil
}
