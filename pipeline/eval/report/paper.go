package report

import (
	_ "embed" // the paper's numbers
	"encoding/json"
	"fmt"
	"slices"
)

//go:embed paper.json
var paperJSON []byte

// Paper is what is known of the paper's numbers, in percent. Whoever has the paper adds rows to paper.json.
type Paper struct {
	Paper      string            `json:"paper"`
	Labels     map[string]string `json:"labels"` // where numbers come from
	Unknown    string            `json:"unknown"`
	Columns    []PaperColumn     `json:"columns"`
	Methods    []PaperRow        `json:"methods"`
	Weightings []PaperRow        `json:"weightings"`
	Anchors    []Anchor          `json:"anchors"`
}

// PaperColumn is a data set of the paper's tables.
type PaperColumn struct {
	Dataset string `json:"dataset"` // as manifests call it
	Title   string `json:"title"`
}

// PaperRow is a row of the paper's tables.
type PaperRow struct {
	Name    string             `json:"name"`
	Weights string             `json:"weights,omitempty"` // of a row of the weighting ablation
	Trained bool               `json:"trained,omitempty"` // the method was trained for grounding
	Label   string             `json:"label"`             // of its values, an entry of Labels
	Values  map[string]float64 `json:"values"`            // accuracy by data set; a data set that is not there is unknown
	Derived []string           `json:"derived,omitempty"` // data sets whose value has the label "derived" instead
}

// Anchor is what the baselines are known to score on a whole data set.
type Anchor struct {
	Dataset  string   `json:"dataset"`
	Centre   *float64 `json:"centre,omitempty"`
	Random   *float64 `json:"random,omitempty"`
	Constant *float64 `json:"constant,omitempty"`
	Label    string   `json:"label"`
}

// LoadPaper reads the paper's numbers.
func LoadPaper() (*Paper, error) {
	var p Paper
	if err := json.Unmarshal(paperJSON, &p); err != nil {
		return nil, fmt.Errorf("the paper's numbers: %w", err)
	}
	return &p, nil
}

// label is where a row's value on a data set comes from.
func (r PaperRow) label(dataset string) string {
	if slices.Contains(r.Derived, dataset) {
		return "derived"
	}
	return r.Label
}

// weighting is the ablation's row of a weighting.
func (p *Paper) weighting(weights string) (PaperRow, bool) {
	for _, r := range p.Weightings {
		if r.Weights == weights {
			return r, true
		}
	}
	return PaperRow{}, false
}

// anchor is what is known of a data set's baselines.
func (p *Paper) anchor(dataset string) (Anchor, bool) {
	for _, a := range p.Anchors {
		if a.Dataset == dataset {
			return a, true
		}
	}
	return Anchor{}, false
}

// has says whether the paper evaluates a data set.
func (p *Paper) has(dataset string) bool {
	return slices.ContainsFunc(p.Columns, func(c PaperColumn) bool { return c.Dataset == dataset })
}
