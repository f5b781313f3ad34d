package streaming_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

const colorsScript = `
	const {contrast, hex, legible, rgb} = await import('./js/colors.js');
	const [light, dark] = [{ground: rgb('#f0f1f5'), text: rgb('#171a21')}, {ground: rgb('#1b202b'), text: rgb('#eef0f5')}];
	const least = Math.min(...['#ff5a36', '#1ec8ff', '#ffc81e', '#e6e6e6', '#ffffff', '#000000', '#3c78ff', '#1b202b'].flatMap((c) => [light, dark].map(
		({ground, text}) => contrast(legible(rgb(c), ground, text), ground))));
	return [contrast(rgb('#000000'), rgb('#ffffff')), contrast(rgb('#777777'), rgb('#ffffff')), least, hex(rgb('#01abff')) === '#01abff' ? 1 : 0];`

// colorsModule: every color can be told from the ground of the graph.
func colorsModule(t *testing.T, ctx context.Context) { //nolint:revive // t first
	t.Helper()
	values := module[[]float64](t, ctx, colorsScript)
	require.InDelta(t, 21, values[0], .01)
	require.InDelta(t, 4.48, values[1], .01, "as others count it")
	require.GreaterOrEqual(t, values[2], 3.0)
	require.InDelta(t, 1, values[3], 0)
}
