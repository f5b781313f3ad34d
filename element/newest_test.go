package element_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/element"
)

// TestExtraPromptsRideAlong: they are grounded in the same inference as the element's own, or without any; only Newest tells of them.
func TestExtraPromptsRideAlong(t *testing.T) {
	newFake("fake-extra")
	pipe := launch(t, `videotestsrc is-live=true ! video/x-raw,format=I420,width=32,height=32,framerate=30/1 ! videogem name=gem model=fake-extra inference-interval=1 ! fakesink`)
	gem := pipe.GetByName("gem")
	found := make(chan struct{}, 1)
	element.OnFinding(gem, func() {
		select {
		case found <- struct{}{}:
		default:
		}
	})
	defer element.OnFinding(gem, nil)
	// next waits for the newest finding to have those prompts.
	next := func(own, extra []string) element.Finding {
		var seen time.Time
		for deadline := time.After(20 * time.Second); ; {
			select {
			case <-deadline:
				require.Fail(t, "nothing was found", "%v, %v", own, extra)
			case <-found:
			}
			f, ok := element.Newest(gem, seen)
			if !ok {
				continue
			}
			seen = f.Finished
			var is [2][]string
			for _, h := range f.Heats {
				i := 0
				if h.Extra {
					i = 1
				}
				is[i] = append(is[i], h.Prompt)
			}
			if len(is[0]) == len(own) && len(is[1]) == len(extra) {
				require.Equal(t, [2][]string{own, extra}, is)
				return f
			}
		}
	}
	element.SetExtraPrompts(gem, []string{"a person waving"})
	f := next(nil, []string{"a person waving"})
	require.Len(t, f.Heats[0].Pix, 16)
	gem.SetObjectProperty("prompts", "a person running")
	f = next([]string{"a person running"}, []string{"a person waving"})
	require.Equal(t, f.Heats[0].Inference, f.Heats[1].Inference)
	await(t, pipe, func(d element.Detection) bool {
		require.Equal(t, "a person running", d.Prompt, "nobody else is told")
		require.Equal(t, 1, d.Prompts)
		return d.Inferences > 5
	})
	element.SetExtraPrompts(gem, nil)
	next([]string{"a person running"}, nil)
}
