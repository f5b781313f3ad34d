// Command render writes the clips that train.py and evaluate.py read from its standard output: see
// democam.WriteClips for the format.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"github.com/videogem/videogem/pipeline/democam"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil && !errors.Is(err, syscall.EPIPE) && !errors.Is(err, context.Canceled) { // the reader may stop when it likes
		fmt.Fprintln(os.Stderr, "render:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	s := democam.ClipStream{Clip: democam.DefaultClipConfig()}
	c := &s.Clip
	flag.Uint64Var(&s.First, "seed", 0, "seed of the first `clip`")
	flag.IntVar(&s.Count, "n", 0, "`clips`; 0 goes on until the reader stops")
	flag.IntVar(&s.Workers, "workers", 1, "clips rendered at `once`")
	flag.Float64Var(&c.Aspect, "aspect", 0, "width by height; 0 draws one in 1..1.78")
	flag.IntVar(&c.Props, "props", 0, "up to so many `objects` that nobody uses")
	flag.Float64Var(&c.Twins, "twins", 0, "`probability` of two actors told apart by motion only")
	flag.Float64Var(&c.Change, "change", 0, "`probability` that an actor changes its action")
	flag.Float64Var(&c.Night, "night", 0, "`probability` of a clip at night")
	flag.Float64Var(&c.Wild, "wild", 0, "`probability` of a clip with people and places in all colors")
	flag.Float64Var(&c.Scramble, "scramble", 0, "`probability` that an actor whose action is told by its course does it out of order")
	flag.Float64Var(&c.Span, "span", c.Span, "`seconds` a clip")
	flag.BoolVar(&s.Joints, "joints", false, "tell the actors' joints")
	flag.BoolVar(&c.HeldOut, "heldout", false, "people and places that no training clip shows")
	flag.Func("mix", "numbers of `actors` and their weights, such as 2:.3,3:.7", func(text string) (err error) {
		c.Actors, err = democam.ParseMix(text)
		return err
	})
	flag.Func("ease", "0 (clutter) to 1 (calm), or a `range` such as .5-1", func(text string) (err error) {
		least, most, err := parseRange(text)
		c.EaseMin, c.Ease = least, most
		if least == most {
			c.EaseMin = 0
		}
		return err
	})
	flag.Func("heights", "`range` of the actors' heights, frame heights, such as .4-.65", func(text string) (err error) {
		c.MinHeight, c.MaxHeight, err = parseRange(text)
		return err
	})
	flag.Parse()
	if flag.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flag.Arg(0))
	}
	return democam.WriteClips(ctx, os.Stdout, s)
}

// parseRange reads "a-b", or "a" for a range of one number.
func parseRange(text string) (least, most float64, err error) {
	first, second, both := strings.Cut(text, "-")
	if !both {
		second = first
	}
	if least, err = strconv.ParseFloat(first, 64); err != nil {
		return 0, 0, err
	}
	most, err = strconv.ParseFloat(second, 64)
	return least, most, err
}
