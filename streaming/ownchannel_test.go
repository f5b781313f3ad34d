package streaming_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/heat"
	"github.com/videogem/videogem/streaming/internal/testsource"
	"github.com/videogem/videogem/streaming/streamtest"
)

// asking is a Control that looks for single viewers' prompts, too, and knows their parts.
type asking struct {
	*testsource.Source
	stream *streaming.Stream

	mu  sync.Mutex
	own []string
}

// SetViewerPrompts implements streaming.ViewerPrompts.
func (a *asking) SetViewerPrompts(prompts []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.own = prompts
}

// Decompose implements streaming.Decomposer.
func (*asking) Decompose(prompt string) (verb, object string) {
	words := strings.Fields(prompt)
	return words[len(words)-1], words[0]
}

func (a *asking) prompts() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]string{}, a.own...)
}

// addAsking adds a stream that plays key frames, and heat for its viewers' prompts beside one of its own, which has its name.
func addAsking(t *testing.T, s *streaming.Server, name string) *asking {
	t.Helper()
	clip, err := testsource.Embedded()
	require.NoError(t, err)
	a := &asking{Source: testsource.New(name, clip)}
	a.Edit(running)
	a.stream, err = s.AddStream(streaming.StreamOptions{Name: name, Control: a, Variants: []streaming.Variant{{Overlay: streaming.OverlayNone}}})
	require.NoError(t, err)
	out := a.stream.Output(streaming.OverlayNone, 0)
	out.WriteFrame(clip.Frames[0].Data, 0, true)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 1; ctx.Err() == nil; i++ {
			pts := time.Duration(i) * 20 * time.Millisecond
			out.WriteFrame(clip.Frames[0].Data, pts, true)
			m := heat.Message{GridW: 1, GridH: 1, Prompts: []heat.Prompt{{Text: "of " + name, Heat: []byte{9}}}}
			for _, p := range a.prompts() {
				m.Prompts = append(m.Prompts, heat.Prompt{Text: p, Own: true, Heat: []byte{9}})
			}
			if a.stream.WriteHeat(pts, m) != nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	})
	t.Cleanup(func() { cancel(); wg.Wait() })
	return a
}

// heatViewer is a viewer with a data channel.
type heatViewer struct {
	*peer
	channel *webrtc.DataChannel

	mu      sync.Mutex
	replies []string
	heat    []string // prompts of the newest message
	all     map[string]bool
	closed  bool
}

// heatChannelOf opens a viewer's channel for heat.
func heatChannelOf(t *testing.T, pc *webrtc.PeerConnection) *webrtc.DataChannel {
	t.Helper()
	ordered, again := false, uint16(0)
	d, err := pc.CreateDataChannel("heat", &webrtc.DataChannelInit{Ordered: &ordered, MaxRetransmits: &again})
	require.NoError(t, err)
	return d
}

// watchHeat watches with a token, and waits until heat comes.
func watchHeat(t *testing.T, s *streaming.Server, stream, token string) *heatViewer {
	t.Helper()
	v := &heatViewer{all: map[string]bool{}}
	v.peer = newPeer(t, webrtc.SettingEngine{}, func(pc *webrtc.PeerConnection) {
		v.channel = heatChannelOf(t, pc)
		v.channel.OnMessage(v.hear)
		v.channel.OnClose(func() {
			v.mu.Lock()
			defer v.mu.Unlock()
			v.closed = true
		})
	})
	resp, body := call(t, http.MethodPost, s.URL()+"whep/"+stream+"?overlay=client", v.pc.PendingLocalDescription().SDP, bearer(token, "Content-Type", "application/sdp"))
	require.Equal(t, http.StatusCreated, resp.StatusCode, body)
	v.location = strings.TrimSuffix(s.URL(), "/") + resp.Header.Get("Location")
	require.NoError(t, streamtest.Answer(v.pc, body))
	eventually(t, "heat", func() bool { return v.sees("of " + stream) })
	return v
}

func (v *heatViewer) hear(m webrtc.DataChannelMessage) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if m.IsString {
		v.replies = append(v.replies, string(m.Data))
		return
	}
	message, err := heat.Parse(m.Data)
	if err != nil {
		v.replies = append(v.replies, err.Error())
		return
	}
	v.heat = nil
	for _, p := range message.Prompts {
		v.heat = append(v.heat, p.Text)
		v.all[p.Text] = true
	}
}

// sees tells whether the newest heat is of exactly these prompts.
func (v *heatViewer) sees(prompts ...string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return fmt.Sprint(v.heat) == fmt.Sprint(prompts)
}

func (v *heatViewer) answers() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.replies)
}

// say sends a text message and returns the answer.
func (v *heatViewer) say(t *testing.T, text string) string {
	t.Helper()
	before := v.answers()
	require.NoError(t, v.channel.SendText(text))
	eventually(t, "an answer", func() bool { return v.answers() > before })
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.replies[before]
}

func wish(t *testing.T, prompts ...string) string {
	t.Helper()
	b, err := json.Marshal(map[string]any{"prompts": append([]string{}, prompts...)})
	require.NoError(t, err)
	return string(b)
}

// TestOwnPromptsOverTheChannel: each viewer sees the stream's heat and that of his own prompts, which end with him.
func TestOwnPromptsOverTheChannel(t *testing.T) {
	s := newServer(t, streaming.Config{})
	a := addAsking(t, s, "a")
	one, two := watchHeat(t, s, "a", ""), watchHeat(t, s, "a", "")
	require.Equal(t, "{}", one.say(t, wish(t, "x", " y ")))
	require.Equal(t, "{}", two.say(t, wish(t, "y", "z")))
	eventually(t, "each his own", func() bool { return one.sees("of a", "x", "y") && two.sees("of a", "y", "z") })
	require.Equal(t, []string{"x", "y", "z"}, a.prompts(), "y is looked for once")
	require.Equal(t, "{}", one.say(t, wish(t)))
	eventually(t, "one has none", func() bool { return one.sees("of a") && two.sees("of a", "y", "z") })

	resp, _ := call(t, http.MethodDelete, two.location, "", nil)
	require.Equal(t, http.StatusOK, resp.StatusCode)
	eventually(t, "they leave with their viewer", func() bool { return len(a.prompts()) == 0 })
	one.mu.Lock()
	require.False(t, one.all["z"], "nobody sees the others' prompts")
	one.mu.Unlock()
}

// TestOwnPromptsAreBounded: four a viewer and sixteen a stream; who has not touched his for longest loses them.
func TestOwnPromptsAreBounded(t *testing.T) {
	s := newServer(t, streaming.Config{})
	a := addAsking(t, s, "a")
	var viewers []*heatViewer
	for i := range 5 {
		v := watchHeat(t, s, "a", "")
		require.Equal(t, "{}", v.say(t, wish(t, fmt.Sprint("a", i), fmt.Sprint("b", i), fmt.Sprint("c", i), fmt.Sprint("d", i))))
		viewers = append(viewers, v)
		if i == 3 { // the first comes back to his: the second is then the idle one
			require.Equal(t, "{}", viewers[0].say(t, wish(t, "a0", "b0", "c0", "e0")))
		}
	}
	require.Len(t, a.prompts(), 16)
	require.NotContains(t, a.prompts(), "a1")
	eventually(t, "the idle one has the stream's heat only", func() bool {
		return viewers[1].sees("of a") && viewers[0].sees("of a", "a0", "b0", "c0", "e0") && viewers[4].sees("of a", "a4", "b4", "c4", "d4")
	})
	require.Contains(t, viewers[2].say(t, wish(t, "1", "2", "3", "4", "5")), "at most 4")
	require.Len(t, a.prompts(), 16, "what is refused changes nothing")
}

// TestOwnPromptsNeedTheRight: viewers without it get heat, and an answer that says so; those of one stream do not touch another.
func TestOwnPromptsNeedTheRight(t *testing.T) {
	s := newServer(t, streaming.Config{Auth: newVerifier(t)})
	a, b := addAsking(t, s, "a"), addAsking(t, s, "b")
	require.Contains(t, watchHeat(t, s, "a", "a-view").say(t, wish(t, "x")), "does not allow")
	require.Empty(t, a.prompts())
	v := watchHeat(t, s, "a", "a-prompt")
	require.Equal(t, "{}", v.say(t, wish(t, "x")))
	other := watchHeat(t, s, "b", "root")
	require.Equal(t, "{}", other.say(t, wish(t, "y")))
	eventually(t, "each his own", func() bool { return v.sees("of a", "x") && other.sees("of b", "y") })
	require.Equal(t, []string{"x"}, a.prompts())
	require.Equal(t, []string{"y"}, b.prompts())
	v.mu.Lock()
	require.False(t, v.all["y"] || v.all["of b"], "nothing of the other stream was ever sent")
	v.mu.Unlock()
}

// TestBadMessages: whatever one viewer sends, the others and the stream go on, and what can be answered is.
func TestBadMessages(t *testing.T) {
	s := newServer(t, streaming.Config{})
	a := addAsking(t, s, "a")
	good, bad := watchHeat(t, s, "a", ""), watchHeat(t, s, "a", "")
	require.Equal(t, "{}", good.say(t, wish(t, "x")))
	for message, says := range map[string]string{
		"": "send", "rubbish": "send", `{"prompts": [7]}`: "send", `{"prompts": ["` + strings.Repeat("y", 600) + `"]}`: "too long",
		`{"prompts": [""]}`: "is empty", `{"prompts": ["y", "y"]}`: "twice", strings.Repeat(" ", 4097): "at most 4096",
	} {
		require.Contains(t, bad.say(t, message), says, message)
	}
	// Binary messages and far too large ones are nobody's wish.
	require.NoError(t, bad.channel.Send([]byte(wish(t, "binary"))))
	require.NoError(t, bad.channel.SendText(strings.Repeat("z", 60_000)))

	// A flood is refused after the first few, who are told that they may try again; the rest costs nobody anything.
	flood := watchHeat(t, s, "a", "")
	for i := range 300 {
		require.NoError(t, flood.channel.SendText(wish(t, fmt.Sprint("flood ", i))))
	}
	eventually(t, "too many is said", func() bool {
		flood.mu.Lock()
		defer flood.mu.Unlock()
		return slices.ContainsFunc(flood.replies, func(r string) bool {
			return strings.Contains(r, "too many messages") && strings.Contains(r, `"retry":true`)
		})
	})
	eventually(t, "the good viewer goes on", func() bool { return good.sees("of a", "x") })
	before := good.count()
	eventually(t, "with his video", func() bool { return good.count() > before+20 })
	require.NotContains(t, a.prompts(), "binary")
	require.LessOrEqual(t, len(a.prompts()), 2)
	require.Equal(t, 3, a.stream.Viewers(), "nobody was thrown out")
}

// TestOtherChannels: channels that are none for heat are closed, and who opens one after the other loses his session; the others do not.
func TestOtherChannels(t *testing.T) {
	s := newServer(t, streaming.Config{})
	a := addAsking(t, s, "a")
	good, bad := watchHeat(t, s, "a", ""), watchHeat(t, s, "a", "")
	closed := make(chan struct{})
	other, err := bad.pc.CreateDataChannel("other", nil)
	require.NoError(t, err)
	other.OnClose(func() { close(closed) })
	select {
	case <-closed:
	case <-time.After(20 * time.Second):
		require.Fail(t, "it stays open")
	}
	second, err := bad.pc.CreateDataChannel("heat", nil)
	require.NoError(t, err)
	second.OnMessage(func(webrtc.DataChannelMessage) { t.Error("one channel for heat is enough") })
	require.Equal(t, "{}", bad.say(t, wish(t, "x")), "the first one goes on")
	for i := range 100 {
		if _, err := bad.pc.CreateDataChannel(fmt.Sprint(i), nil); err != nil {
			break // the server has closed the connection
		}
	}
	eventually(t, "the session is gone", func() bool { return a.stream.Viewers() == 1 && streaming.Sessions(s) == 1 })
	require.Empty(t, a.prompts())
	require.True(t, good.sees("of a"))
}

// TestDecompose: the parts of a prompt, for who may see the stream.
func TestDecompose(t *testing.T) {
	s := newServer(t, streaming.Config{})
	addAsking(t, s, "a")
	clip, err := testsource.Embedded()
	require.NoError(t, err)
	_, err = s.AddStream(streaming.StreamOptions{Name: "plain", Control: struct{ streaming.Control }{testsource.New("plain", clip)}})
	require.NoError(t, err)
	for query, want := range map[string]struct {
		status int
		body   string
	}{
		"a/decompose?prompt=person+waving":                          {200, `{"verb":"waving","object":"person"}`},
		"a/decompose":                                               {400, ""},
		"a/decompose?prompt=":                                       {400, ""},
		"a/decompose?prompt=" + strings.Repeat("x", 501):            {400, ""},
		"a/decompose?prompt=" + strings.Repeat("%F0%9F%98%80", 126): {400, ""},
		"plain/decompose?prompt=x":                                  {400, ""},
		"nobody/decompose?prompt=x":                                 {404, ""},
	} {
		resp, body := call(t, http.MethodGet, s.URL()+"api/streams/"+query, "", nil)
		require.Equal(t, want.status, resp.StatusCode, query)
		if want.body != "" {
			require.JSONEq(t, want.body, body)
		}
	}
}
