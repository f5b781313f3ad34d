package main

import (
	"errors"
	"fmt"

	"github.com/videogem/videogem/pipeline"
)

// errUnhealthy means that doctor found something missing.
var errUnhealthy = errors.New("something is missing; the lines above say what mends it")

// doctorCommand checks the machine.
type doctorCommand struct {
	Model string `default:"demo" help:"A model to open as well: name, folder or checkpoint file. What its files do not say is told."`
}

// Run prints one line a check.
func (c *doctorCommand) Run(env *environment) error {
	healthy := true
	for _, check := range pipeline.Diagnose(env.ctx, c.Model) {
		mark := "ok     "
		switch {
		case check.OK:
		case check.Unfit:
			mark, healthy = "UNFIT  ", healthy && check.Optional
		case check.Optional:
			mark = "absent "
		default:
			mark, healthy = "MISSING", false
		}
		_, _ = fmt.Fprintf(env.stdout, "%s  %-22s %s\n", mark, check.Name, check.Detail)
		if !check.OK && check.Mend != "" {
			_, _ = fmt.Fprintf(env.stdout, "         %-22s %s\n", "", check.Mend)
		}
	}
	if !healthy {
		return errUnhealthy
	}
	return nil
}
