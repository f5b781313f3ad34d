// Command videogem shows where actions named in plain words happen in live video.
package main

import "os"

func main() {
	os.Exit(process(os.Args[1:]))
}
