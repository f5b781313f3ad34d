// Package robust holds no code of its own: its tests treat the elements roughly (leaks, state cycles, seeks, changing caps and
// properties, long runs) with every GLib warning fatal, and its benchmarks measure them beside `identity`. They want the machine
// for themselves.
//
//	go test ./element/robust
//	go test ./element/robust -run xxx -bench . -benchtime 1x
package robust
