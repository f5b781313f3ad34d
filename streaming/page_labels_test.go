package streaming_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// placeScript lays labels round random points and adds up what overlaps.
const placeScript = `
	const {place, spread, withoutCommonStart} = await import('./js/labels.js');
	let seed = 1;
	const random = () => (seed = seed * 48271 % 2147483647) / 2147483647;
	let last = [], worst = 0, outside = 0, moved = 0;
	for (let round = 0; round < 300; round++) {
		const n = 1 + round % 8, w = 960, d = 540;
		const labels = Array.from({length: n}, () => ({x: random() * w, y: random() * d * (round % 3 ? 1 : .1), width: 60 + random() * 200, height: 22}));
		const places = place(labels, w, d);
		places.forEach(([x, y], i) => {
			if (x < 0 || y < 0 || x + labels[i].width > w || y + labels[i].height > d) outside++;
			for (let k = 0; k < i; k++) {
				const a = Math.min(x + labels[i].width, places[k][0] + labels[k].width) - Math.max(x, places[k][0]);
				const b = Math.min(y + 22, places[k][1] + 22) - Math.max(y, places[k][1]);
				if (a > 0 && b > 0) worst++;
			}
		});
		if (JSON.stringify(place(labels, w, d, places)) !== JSON.stringify(places)) moved++;
	}
	return {worst, outside, moved, spread: [spread([5, 50, 48, 49], 10, 100), spread([95, 99], 10, 100)].map((s) => s.join()),
		words: [['a person waving', 'a person'], ['a person a', 'a person b c'], ['one alone'], []].map((s) => withoutCommonStart(s).join())};`

func labelsModule(t *testing.T, ctx context.Context) { //nolint:revive // t first
	t.Helper()
	require.JSONEq(t, `{"worst":0,"outside":0,"moved":0,"spread":["5,68,48,58","85,95"],"words":["person waving,person","a,b c","one alone",""]}`, string(module[json.RawMessage](t, ctx, placeScript)))
}
