package democam_test

import (
	"fmt"

	"github.com/videogem/videogem/pipeline/democam"
)

// Three seconds of two people, and what they do.
func Example() {
	config, err := democam.ParseURI("demo://?seed=1&actors=2&size=160x90&actions=running,playing+guitar")
	if err != nil {
		fmt.Println(err)
		return
	}
	camera, err := democam.New(config)
	if err != nil {
		fmt.Println(err)
		return
	}
	frame := make([]byte, config.Width*config.Height*3) // RGB
	var truth democam.Truth
	for range 90 {
		truth = camera.Frame(frame)
	}
	for i, a := range truth.Actors {
		box := truth.Union(i)
		fmt.Printf("%s, in the left half: %v\n", a.Action, box.X1 < .5)
	}
	// Output:
	// playing guitar, in the left half: true
	// running, in the left half: false
}
