package streaming_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming/heat"
)

// heatScript feeds messages, given in the order in which they arrive, to the page's own module, and reads pixels of what it draws.
const heatScript = `
	const {HeatLayer} = await import('./js/heatlayer.js'), {HeatStyle} = await import('./js/heatstyle.js'), {decode} = await import('./js/heatmessage.js');
	const [now, late, later] = %s.map((text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
	const style = Object.assign(new HeatStyle(), {opacity: 1, floor: .5, map: 'prompt', hidden: new Set(['hidden'])});
	const layer = new HeatLayer(style);
	const pixel = (x, y) => [...layer.element.getContext('2d').getImageData(x, y, 1, 1).data];
	const shown = (rtpTimestamp) => { layer.frame({rtpTimestamp}, 160, 80); return layer.shown?.timestamp ?? null; };
	layer.take(now);
	const before = shown(0xffffff00);
	shown(100); // after the wrap
	const drawn = {before, hot: pixel(150, 70), cold: pixel(10, 10), cut: decode(now.slice(0, -1)), first: {...decode(now).prompts[0], heat: undefined}};
	style.setColor('a person waving – ä', '#0000ff');
	layer.draw();
	drawn.blue = pixel(150, 70);
	style.setColor('a person waving – ä', null);
	let sized = 0;
	for (const side of ['width', 'height']) { // which clears a canvas and makes it anew
		const {get, set} = Object.getOwnPropertyDescriptor(HTMLCanvasElement.prototype, side);
		Object.defineProperty(layer.element, side, {get, set(value) { sized++; set.call(this, value); }});
	}
	layer.take(later);
	layer.take(late); // overtaken on the way
	drawn.order = [shown(119), shown(120), shown(140), shown(150)];
	layer.take(late);
	drawn.order.push(shown(151));
	drawn.sized = sized;
	drawn.old = [shown(150 + 10 * 90000), shown(151 + 10 * 90000)];
	layer.take(later);
	drawn.back = [shown(200), shown(100)]; // the clock was set back
	const at = (timestamp) => { // a message of another time
		const copy = now.slice(0);
		new DataView(copy).setUint32(4, timestamp);
		layer.take(copy);
		return layer.shown?.timestamp ?? null;
	};
	layer.clear();
	drawn.late = [shown(1000), at(900), at(950), at(920), shown(1010)]; // after their frame: the newest is drawn at once
	drawn.late.push(pixel(150, 70)[3] > 200 ? 1 : 0);
	const s = 90000; // a second
	drawn.jumps = [at(11 * s), shown(1 * s), shown(11 * s), // forward, the message first
		at(12 * s), shown(12 * s), at(2 * s), shown(12 * s + 1), shown(2 * s), at(2 * s + 9), shown(2 * s + 9), // back, the message first
		shown(20 * s), at(20 * s), shown(10 * s), at(10 * s), shown(10 * s + 9)]; // the frame first
	return drawn;`

// heatLayerModule: heat is drawn over the frame that it belongs to, whatever way it came.
func heatLayerModule(t *testing.T, ctx context.Context) { //nolint:revive // t first
	t.Helper()
	var texts []string
	for _, at := range []uint32{50, 120, 150} {
		m := heat.Message{GridW: 2, GridH: 2, Timestamp: at, Age: 120 * time.Millisecond, Inference: 24 * time.Millisecond, Prompts: []heat.Prompt{
			{Text: "a person waving – ä", R: 255, G: 90, B: 54, Score: .25, Found: true, Seen: true, Judged: true, X: 1, Box: [4]float64{0, 0, 1, 1}, Heat: []byte{0, 0, 0, 255}},
			{Text: "hidden", B: 255, Heat: []byte{255, 255, 255, 255}},
		}}
		b, err := m.Append(nil)
		require.NoError(t, err)
		texts = append(texts, base64.StdEncoding.EncodeToString(b))
	}
	list, err := json.Marshal(texts)
	require.NoError(t, err)
	drawn := module[struct {
		Before           *int
		Hot, Cold, Blue  []float64
		Cut              any
		First            json.RawMessage
		Order, Old, Back []*float64
		Late, Jumps      []*float64
		Sized            int
	}](t, ctx, fmt.Sprintf(heatScript, list))
	require.Nil(t, drawn.Before, "heat is not drawn before its frame is on screen")
	require.InDeltaSlice(t, []float64{255, 90, 54, 255}, drawn.Hot, 8, "smoothing and premultiplied alpha cost a few steps")
	require.InDeltaSlice(t, []float64{0, 0, 255, 255}, drawn.Blue, 8, "the viewer's own color")
	require.Equal(t, []float64{0, 0, 0, 0}, drawn.Cold)
	require.Nil(t, drawn.Cut)
	require.JSONEq(t, `{"text":"a person waving – ä","color":"#ff5a36","score":0.25,"point":[1,0],"box":[0,0,1,1],"seen":true,"own":false}`, string(drawn.First))
	stamps := func(all []*float64) (values []float64) {
		for _, at := range all {
			if at == nil {
				values = append(values, -1)
			} else {
				values = append(values, *at)
			}
		}
		return values
	}
	require.Equal(t, []float64{50, 120, 120, 150, 150}, stamps(drawn.Order), "in the order of the frames, and never back")
	require.Zero(t, drawn.Sized)
	require.Equal(t, []float64{150, -1}, stamps(drawn.Old), "heat that is ten seconds old is taken away")
	require.Equal(t, []float64{150, -1}, stamps(drawn.Back))
	require.Equal(t, []float64{-1, 900, 950, 950, 950, 1}, stamps(drawn.Late))
	const second = 90_000
	require.Equal(t, []float64{
		950, 950, 11 * second, 11 * second, 12 * second, 12 * second, 12 * second, 2 * second, 2 * second, 2*second + 9,
		-1, 20 * second, -1, 10 * second, 10 * second,
	}, stamps(drawn.Jumps))
}
