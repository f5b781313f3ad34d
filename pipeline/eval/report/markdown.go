package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Markdown writes the report as tables.
func (r *Report) Markdown(w io.Writer, paper *Paper) error {
	out := bufio.NewWriter(w)
	_, _ = fmt.Fprintf(out, "# Pointing game on %s: %s\n", r.Dataset, r.Model.Name) // Flush gives the error
	for _, t := range r.tables(paper) {
		t.markdown(out)
	}
	return out.Flush()
}

// tables are the report's, in order.
func (r *Report) tables(paper *Paper) []table {
	all := []table{r.resultTable(paper), r.baselineTable(paper)}
	if paper.has(r.Dataset) {
		all = append(all, r.paperTable(paper))
	}
	if len(r.Results) == 1 {
		all = append(all, classTable(r.Results[0]))
	}
	if r.Clips != nil {
		all = append(all, r.Clips.table())
	}
	return append(all, r.facts())
}

func (t table) markdown(out io.Writer) {
	_, _ = fmt.Fprintf(out, "\n## %s\n\n", t.Title)
	if t.Note != "" {
		_, _ = fmt.Fprintf(out, "%s\n\n", t.Note)
	}
	line := func(cells []string, bold bool) {
		for _, c := range cells {
			c = strings.NewReplacer("|", `\|`, "\n", " ").Replace(c)
			if bold && c != "" {
				c = "**" + c + "**"
			}
			_, _ = fmt.Fprintf(out, "| %s ", c)
		}
		_, _ = fmt.Fprintln(out, "|")
	}
	line(t.Header, false)
	_, _ = fmt.Fprintln(out, strings.Repeat("|---", len(t.Header))+"|")
	for i, row := range t.Rows {
		line(row, i == t.Bold)
	}
}
