package streaming

import (
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming/auth"
	"github.com/videogem/videogem/streaming/heat"
)

// asked is a Control that looks for viewers' prompts.
type asked struct {
	control
	mu  sync.Mutex
	all [][]string
}

func (a *asked) SetViewerPrompts(prompts []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all = append(a.all, prompts)
}

func (a *asked) newest() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.all[len(a.all)-1]
}

func TestOwnPrompts(t *testing.T) {
	c := &asked{}
	s, err := New(Config{})
	require.NoError(t, err)
	st, err := s.AddStream(StreamOptions{Name: "a", Control: c, Variants: []Variant{{Overlay: OverlayNone}}})
	require.NoError(t, err)
	var all []*watching
	join := func() *watching {
		w, err := newWatching(st.outputs[0], OverlayClient, auth.Everyone(), slog.New(slog.DiscardHandler))
		require.NoError(t, err)
		st.outputs[0].attach(w.viewer)
		all = append(all, w)
		return w
	}
	say := func(w *watching, text string) error { return w.viewer.heat.ask([]byte(text)) }
	a, b := join(), join()
	require.NoError(t, say(a, `{"prompts": [" x ", "y"]}`))
	require.NoError(t, say(b, `{"prompts": ["y"]}`))
	require.Equal(t, []string{"x", "y"}, c.newest())
	before := len(c.all)
	require.NoError(t, say(a, `{"prompts": ["x", "y"]}`))
	require.Len(t, c.all, before, "nothing has changed")

	cells := []byte{1}
	require.NoError(t, st.WriteHeat(0, heat.Message{GridW: 1, GridH: 1, Prompts: []heat.Prompt{
		{Text: "the stream's", Heat: cells}, {Text: "x", Own: true, Heat: cells}, {Text: "y", Own: true, Heat: cells},
	}}))
	c3 := join()
	require.NoError(t, st.WriteHeat(0, heat.Message{GridW: 1, GridH: 1, Prompts: []heat.Prompt{{Text: "the stream's", Heat: cells}, {Text: "x", Own: true, Heat: cells}}}))
	texts := func(w *watching) (all []string) {
		m, err := heat.Parse(w.viewer.popHeat())
		require.NoError(t, err)
		for _, p := range m.Prompts {
			all = append(all, p.Text)
		}
		return all
	}
	require.Equal(t, []string{"the stream's", "x"}, texts(a), "the newest message only")
	require.Equal(t, []string{"the stream's"}, texts(b))
	require.Equal(t, []string{"the stream's"}, texts(c3))

	for range 4 { // 16 more: who has not touched his for longest loses them
		w := join()
		n := len(all)
		letter := func(i int) string { return strings.Repeat(string(rune('a'+i)), n) }
		require.NoError(t, say(w, `{"prompts": ["`+letter(0)+`","`+letter(1)+`","`+letter(2)+`","`+letter(3)+`"]}`))
	}
	require.Len(t, c.newest(), 16)
	require.NotContains(t, c.newest(), "x")
	require.NotContains(t, c.newest(), "y")
	for _, w := range all {
		w.left()
	}
	require.Empty(t, c.newest(), "they leave with their viewers")
	require.ErrorIs(t, say(a, `{"prompts": ["x"]}`), ErrBadRequest)
	st.outputs[0].keys.close()
}

func TestWhoMayHaveOwnPrompts(t *testing.T) {
	s, err := New(Config{})
	require.NoError(t, err)
	viewer := &auth.Principal{Grants: []auth.Grant{{Stream: "a", Rights: []auth.Right{auth.View}}, {Stream: "b", Rights: []auth.Right{auth.Prompt}}}}
	for name, c := range map[string]Control{"a": &asked{}, "b": &asked{}, "c": &control{}} {
		st, err := s.AddStream(StreamOptions{Name: name, Control: c})
		require.NoError(t, err)
		w, err := newWatching(st.outputs[0], OverlayClient, viewer, st.log)
		require.NoError(t, err)
		st.outputs[0].attach(w.viewer)
		err = w.viewer.heat.ask([]byte(`{"prompts": ["x"]}`))
		require.Equal(t, name == "b", err == nil, name)
		w.left()
		st.outputs[0].keys.close()
	}
	require.Equal(t, `{}`, ownReply(nil))
	require.JSONEq(t, `{"error":"not accepted"}`, ownReply(ErrBadRequest))
}

func FuzzOwnPrompts(f *testing.F) {
	f.Fuzz(func(t *testing.T, message []byte) {
		prompts, err := parseOwn(message)
		if err != nil {
			require.ErrorIs(t, err, ErrBadRequest)
			return
		}
		require.LessOrEqual(t, len(prompts), ownMost)
		for _, p := range prompts {
			require.NotEmpty(t, p)
			require.LessOrEqual(t, len(p), ownLength)
		}
	})
}
