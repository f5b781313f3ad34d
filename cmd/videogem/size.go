package main

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/videogem/videogem/pipeline"
)

// parseSize reads HEIGHTxWIDTH. The error wraps pipeline.ErrOptions.
func parseSize(s string) (height, width int, err error) {
	m := regexp.MustCompile(`^(\d{1,5})x(\d{1,5})$`).FindStringSubmatch(s)
	if m == nil {
		return 0, 0, fmt.Errorf("%w: size %q: write HEIGHTxWIDTH, such as 224x224", pipeline.ErrOptions, s)
	}
	height, _ = strconv.Atoi(m[1]) // digits only
	width, _ = strconv.Atoi(m[2])  // likewise
	if height == 0 || width == 0 {
		return 0, 0, fmt.Errorf("%w: size %q: no side may be 0", pipeline.ErrOptions, s)
	}
	return height, width, nil
}
