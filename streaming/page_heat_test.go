package streaming_test

import (
	"encoding/base64"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/browsertest"
	"github.com/videogem/videogem/streaming/heat"
)

// drawHeat feeds one message to the page's own module and reads a pixel of what it draws.
const drawHeat = `(async () => {
	const {HeatLayer} = await import('./js/heatlayer.js'), {HeatStyle} = await import('./js/heatstyle.js'), {decode} = await import('./js/heatmessage.js');
	const bytes = Uint8Array.from(atob(%q), (c) => c.charCodeAt(0)).buffer;
	const layer = new HeatLayer(Object.assign(new HeatStyle(), {opacity: 1, floor: .5, map: 'prompt', hidden: new Set(['hidden'])}));
	const pixel = (x, y) => [...layer.element.getContext('2d').getImageData(x, y, 1, 1).data].join();
	layer.take(bytes);
	layer.frame({rtpTimestamp: 0xffffff00}, 160, 80);
	const before = layer.shown === null;
	layer.frame({rtpTimestamp: 100}, 160, 80); // after the wrap
	window.drawn = {before, message: decode(bytes), hot: pixel(150, 70), cold: pixel(10, 10), cut: decode(bytes.slice(0, -1))};
})(); undefined`

func TestPageDrawsHeatOfItsFrame(t *testing.T) {
	m := heat.Message{GridW: 2, GridH: 2, Timestamp: 50, Age: 120 * time.Millisecond, Inference: 24 * time.Millisecond, Prompts: []heat.Prompt{
		{Text: "a person waving – ä", R: 255, G: 90, B: 54, Score: .25, Found: true, Above: true, X: 1, Box: [4]float64{0, 0, 1, 1}, Heat: []byte{0, 0, 0, 255}},
		{Text: "hidden", B: 255, Heat: []byte{255, 255, 255, 255}},
	}}
	b, err := m.Append(nil)
	require.NoError(t, err)
	ctx := browsertest.New(t)
	s := newServer(t, streaming.Config{})
	browse(t, ctx, chromedp.Navigate(s.URL()), chromedp.Evaluate[chromedp.Void](fmt.Sprintf(drawHeat, base64.StdEncoding.EncodeToString(b))))
	holds(t, ctx, `window.drawn !== undefined`)
	require.True(t, read[bool](t, ctx, `drawn.before`), "heat is not drawn before its frame is on screen")
	hot := read[[]float64](t, ctx, `drawn.hot.split(',').map(Number)`)
	require.InDeltaSlice(t, []float64{255, 90, 54, 255}, hot, 8, "smoothing and premultiplied alpha cost a few steps")
	require.Equal(t, "0,0,0,0", read[string](t, ctx, `drawn.cold`))
	require.True(t, read[bool](t, ctx, `drawn.cut === null`))
	require.JSONEq(t, `{"text":"a person waving – ä","color":[255,90,54],"score":0.25,"point":[1,0],"box":[0,0,1,1],"above":true,"own":false}`,
		read[string](t, ctx, `JSON.stringify({...drawn.message.prompts[0], heat: undefined})`))
}
