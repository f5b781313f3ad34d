package streaming

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// quiet is a Control that nothing is asked of.
type quiet struct{ Control }

func (quiet) RequestKeyFrame() {}

// TestFixedVariantsTakeNoOrders: a group of pictures with holes, or an encoder that cannot follow, would show only much later.
func TestFixedVariantsTakeNoOrders(t *testing.T) {
	for name, tc := range map[string]struct {
		variant Variant
		bad     bool
	}{
		"as it is":  {Variant{Fixed: true}, false},
		"resting":   {Variant{Fixed: true, Watched: func(bool) {}}, true},
		"following": {Variant{Fixed: true, MinBitrate: 1, MaxBitrate: 2, SetBitrate: func(int) {}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := checkVariants(StreamOptions{Name: "demo", Control: quiet{}, Variants: []Variant{tc.variant}})
			if tc.bad {
				require.ErrorIs(t, err, ErrConfig)
				require.ErrorContains(t, err, "fixed")
			} else {
				require.NoError(t, err)
			}
		})
	}
}
