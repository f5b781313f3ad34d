// Command fetchort puts the ONNX Runtime library that videogem is built for into the user's cache folder, its licences beside it.
//
// It takes the library out of its Python wheel, the one form in which it is published as a plain file with a stable name and a
// known hash. The index to ask comes from the caller (scripts/setup.sh reads it from the machine's own pip configuration).
package main

import (
	"context"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
