package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming/browsertest"
)

// TestServePlaysInEachBrowser: what serve shows by default plays in each browser on this machine, with heat, and takes prompts. With
// VIDEOGEM_SCREENSHOTS it leaves pictures of the page there.
func TestServePlaysInEachBrowser(t *testing.T) {
	s := serve(t, nil, "demo://?seed=11&actors=3&hold=12-18&actions=carrying+a+box,playing+guitar,climbing+a+ladder")
	for _, kind := range browsertest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			tab := browsertest.Start(t, kind).Open(t, browsertest.Unanswered())
			picture := func(name string) {
				if dir := os.Getenv("VIDEOGEM_SCREENSHOTS"); dir != "" {
					require.NoError(t, os.WriteFile(filepath.Join(dir, "page_"+string(kind)+"_"+name+".png"), tab.Screenshot(), 0o600))
				}
			}
			tab.Navigate(s.URL())
			tab.WaitFor(`window.videogem?.state === 'live' && videogem.decodedFrames > 20`)
			tab.WaitFor(`(() => {
				const heat = document.querySelector('canvas.heat'), g = Object.assign(document.createElement('canvas'), {width: 64, height: 36}).getContext('2d', {willReadFrequently: true});
				if (!(heat?.width > 0)) return false;
				g.drawImage(heat, 0, 0, 64, 36);
				return g.getImageData(0, 0, 64, 36).data.some((x, i) => i % 4 === 3 && x > 100);
			})()`)
			tab.Click("#for-me")
			tab.Type("#add-prompt", "a person climbing a ladder"+kb.Enter)
			tab.WaitFor(`isFinite(parseFloat(document.querySelector('#mine-title + .prompts .prompt .prompt-score')?.textContent))`)
			picture("light")
			tab.Eval(`document.documentElement.dataset.theme = 'dark'`)
			picture("dark")
			tab.Viewport(390, 844, 2)
			tab.WaitFor(`innerWidth === 390 && videogem.state === 'live' && document.documentElement.scrollWidth <= innerWidth`)
			picture("phone")
			tab.Viewport(844, 390, 2)
			tab.WaitFor(`innerWidth === 844 && document.documentElement.scrollWidth <= innerWidth`)
			picture("phone_across")
		})
	}
}
