//go:build !race

package engine_test

// underRace tells that the race detector is on: its own memory grows with what a test does.
const underRace = false
