package main

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// result is what one run gave.
type result struct {
	server      string
	viewers     int
	cores       float64 // that the server took
	clientCores float64
	idle        float64 // cores of the machine that nobody took
	delay50     time.Duration
	delay95     time.Duration // of the packets, from their frame's making
	lost        float64       // share of the packets
	answer95    time.Duration // from the offer
	first95     time.Duration // from the offer to the first packet
}

func (r result) perCore() float64 { return float64(r.viewers) / r.cores }

// table is the results of all runs.
type table struct{ results []result }

func (*table) head(w io.Writer) {
	fmt.Fprintf(w, "%-10s %8s %10s %13s %11s %11s %7s %11s %11s %13s %6s\n", "server", "viewers", "CPU cores", "viewers/core", "delay p50", "delay p95",
		"lost", "answer p95", "packet p95", "client cores", "idle")
}

func (t *table) add(w io.Writer, r result) {
	t.results = append(t.results, r)
	t.print(w, r)
}

func (*table) print(w io.Writer, r result) {
	short := func(d time.Duration) time.Duration { return d.Round(10 * time.Microsecond) }
	fmt.Fprintf(w, "%-10s %8d %10.3f %13.0f %11v %11v %6.2f%% %11v %11v %13.2f %6.2f\n", r.server, r.viewers, r.cores, r.perCore(),
		short(r.delay50), short(r.delay95), 100*r.lost, short(r.answer95), short(r.first95), r.clientCores, r.idle)
}

// medians prints the median of each column for each server and number of viewers.
func (t *table) medians(w io.Writer) {
	fmt.Fprintln(w, "\nmedians:")
	t.head(w)
	type group struct {
		server  string
		viewers int
	}
	var groups []group
	for _, r := range t.results {
		if g := (group{r.server, r.viewers}); !slices.Contains(groups, g) {
			groups = append(groups, g)
		}
	}
	for _, g := range groups {
		var all []result
		for _, r := range t.results {
			if r.server == g.server && r.viewers == g.viewers {
				all = append(all, r)
			}
		}
		t.print(w, result{
			server: g.server, viewers: g.viewers,
			cores:       median(all, func(r result) float64 { return r.cores }),
			clientCores: median(all, func(r result) float64 { return r.clientCores }),
			idle:        median(all, func(r result) float64 { return r.idle }),
			delay50:     median(all, func(r result) time.Duration { return r.delay50 }),
			delay95:     median(all, func(r result) time.Duration { return r.delay95 }),
			lost:        median(all, func(r result) float64 { return r.lost }),
			answer95:    median(all, func(r result) time.Duration { return r.answer95 }),
			first95:     median(all, func(r result) time.Duration { return r.first95 }),
		})
	}
}

func median[T float64 | time.Duration](all []result, of func(result) T) T {
	values := make([]T, len(all))
	for i, r := range all {
		values[i] = of(r)
	}
	slices.Sort(values)
	return values[len(values)/2]
}
