package browsertest

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

const testPage = `<!doctype html><title>page</title><body><input id="words"><button onclick="this.textContent = 'clicked'">click</button>
<div id="drag" style="width: 40px; height: 40px" onpointerup="this.textContent = 'let go'"></div>
<script>localStorage.visits = +(localStorage.visits ?? 0) + 1; document.querySelector('input').addEventListener('change', (e) => { window.changed = e.target.value; })</script>`

// TestTab drives a page of its own in each browser.
func TestTab(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(testPage))
	}))
	t.Cleanup(s.Close)
	for _, kind := range Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			b := Start(t, kind, Camera)
			tab := b.Open(t, Before(`window.early = document.title`), Allow("on purpose", "mistake", "not waited for"))
			tab.Navigate(s.URL)
			require.Empty(t, Read[string](tab, `early`))
			require.Equal(t, 1440, Read[int](tab, `innerWidth`))
			tab.Type("#words", "a person – ä"+kb.Backspace+"x"+kb.Enter)
			tab.WaitFor(`window.changed === 'a person – x'`)
			tab.Click("button")
			require.Equal(t, "clicked", Read[string](tab, `document.querySelector('button').textContent`))
			tab.Drag("#drag", 10, 5)
			tab.WaitFor(`document.getElementById('drag').textContent === 'let go'`)
			require.JSONEq(t, `{"a":[1,null]}`, string(tab.Eval(`({a: [1, undefined]})`)))
			require.JSONEq(t, `null`, string(tab.Eval(`undefined`)))
			require.Equal(t, 7, Read[int](tab, `new Promise((resolve) => setTimeout(() => resolve(7), 20))`))
			require.Equal(t, "video", Read[string](tab, `navigator.mediaDevices.getUserMedia({video: true}).then((s) => s.getTracks()[0].kind)`))
			tab.Reload()
			require.Equal(t, "2", Read[string](tab, `localStorage.visits`))
			tab.Viewport(390, 844, 2)
			require.Equal(t, []float64{390, 844, 2}, Read[[]float64](tab, `[innerWidth, innerHeight, devicePixelRatio]`))
			require.Equal(t, "\x89PNG", string(tab.Screenshot()[:4]))
			tab.Eval(`void setTimeout(() => { console.error('on purpose'); Promise.reject(new Error('not waited for')); mistake(); })`)

			other := b.Open(t)
			other.Navigate(s.URL)
			require.Equal(t, "1", Read[string](other, `localStorage.visits`), "it has a storage of its own")
			require.False(t, Read[bool](other, `document.hidden`))
			require.False(t, Read[bool](tab, `document.hidden`))
		})
	}
}
