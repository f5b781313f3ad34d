package report

import (
	_ "embed" // the page
	"fmt"
	"html/template"
	"io"
)

//go:embed page.html
var pageHTML string

// bar is a share drawn as a bar.
type bar struct {
	Name, Value, Detail string
	Width               float64 // percent
	Low, Span           float64 // of the interval, percent; no interval when Span is 0
	Own                 bool    // this run's, not a baseline's
}

// page is what the template shows.
type page struct {
	*Report
	Lead                               *Result // the result that the head shows; nil in an ablation
	Accuracy, ClassMean, IoU, Interval string  // of Lead
	Lowest, AnyBox                     string  // likewise; AnyBox is "" where no picture has two samples
	Bars                               []bar   // this run and the baselines
	Classes                            []bar
	Tables                             []table
	Gallery                            []Shown
	Decomposed                         bool // the gallery has points of verb, object and action
}

// HTML writes the report as one page that needs no other file.
func (r *Report) HTML(w io.Writer, paper *Paper, gallery []Shown) error {
	t, err := template.New("page").Parse(pageHTML)
	if err != nil {
		return fmt.Errorf("report page: %w", err)
	}
	p := page{Report: r, Gallery: gallery, Bars: r.bars()}
	for _, v := range r.tables(paper) {
		if v.Title != "By class" { // shown as bars
			p.Tables = append(p.Tables, v)
		}
	}
	if len(r.Results) == 1 {
		p.Lead = &r.Results[0]
		p.Accuracy, p.ClassMean, p.IoU = short(p.Lead.Accuracy), short(p.Lead.ClassMean), short(p.Lead.IoUShare)
		p.Interval = interval(p.Lead.Interval)
		if worst := p.Lead.Weakest(); len(worst) > 0 {
			p.Lowest = fmt.Sprintf("%s, %s %%", worst[0].Name, short(worst[0].Accuracy))
		}
		if p.Lead.AnyBox != nil {
			p.AnyBox = short(*p.Lead.AnyBox)
		}
		p.Decomposed = p.Lead.Fuse != ""
		for _, c := range p.Lead.Weakest() {
			p.Classes = append(p.Classes, bar{
				Name: c.Name, Value: short(c.Accuracy), Detail: fmt.Sprintf("%d of %d", c.Hits, c.N),
				Width: 100 * c.Accuracy, Low: 100 * c.Interval[0], Span: 100 * (c.Interval[1] - c.Interval[0]), Own: true,
			})
		}
	}
	return t.Execute(w, p)
}

// bars are the results and what they must beat.
func (r *Report) bars() []bar {
	var all []bar
	add := func(name string, v float64) {
		all = append(all, bar{Name: name, Value: short(v), Width: 100 * v})
	}
	for _, v := range r.Results {
		name := r.Model.Name
		if len(r.Results) > 1 {
			name = v.String()
		}
		all = append(all, bar{
			Name: name, Value: short(v.Accuracy), Width: 100 * v.Accuracy,
			Low: 100 * v.Interval[0], Span: 100 * (v.Interval[1] - v.Interval[0]), Own: true,
		})
	}
	b := r.Baselines
	add("best constant point", b.Constant)
	add("centre of the frame", b.Centre)
	if b.Neighbour != nil {
		add("a random box of the picture", *b.Neighbour)
	}
	add("a random pixel", b.Random)
	return all
}

// short writes a share in percent with one digit.
func short(v float64) string { return fmt.Sprintf("%.1f", 100*v) }
