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
	say := func(w *watching, text string) error {
		_, err := w.viewer.heat.ask([]byte(text))
		return err
	}
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
	before = len(c.all)
	require.ErrorIs(t, say(a, `{"prompts": ["x"]}`), errGoneViewer)
	require.Len(t, c.all, before, "nothing is looked for that nobody would see")
	st.outputs[0].keys.close()
}

// TestOwnPromptsBeforeThePicture: a channel may open before the viewer takes part; what he asks for then counts as well.
func TestOwnPromptsBeforeThePicture(t *testing.T) {
	c := &asked{}
	s, err := New(Config{})
	require.NoError(t, err)
	st, err := s.AddStream(StreamOptions{Name: "a", Control: c})
	require.NoError(t, err)
	defer st.outputs[0].keys.close()
	w, err := newWatching(st.outputs[0], OverlayClient, auth.Everyone(), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	_, err = w.viewer.heat.ask([]byte(`{"prompts": ["x"]}`))
	require.NoError(t, err)
	require.Equal(t, []string{"x"}, c.newest())
	st.outputs[0].attach(w.viewer)
	require.NoError(t, st.WriteHeat(0, heat.Message{GridW: 1, GridH: 1, Prompts: []heat.Prompt{{Text: "x", Own: true, Heat: []byte{1}}}}))
	m, err := heat.Parse(w.viewer.popHeat())
	require.NoError(t, err)
	require.Len(t, m.Prompts, 1)
	w.left()
	require.Empty(t, c.newest())
}

// TestOwnPromptsThatNobodyAsksFor go first, one by one, and the others keep their places.
func TestOwnPromptsThatNobodyAsksFor(t *testing.T) {
	o := newOwnPrompts(4)
	a, b, c := &viewer{}, &viewer{}, &viewer{}
	for i, step := range []struct {
		who     *viewer
		asks    []string
		changes bool
		all     []string
	}{
		{a, []string{"1", "2"}, true, []string{"1", "2"}},
		{b, []string{"3", "2"}, true, []string{"1", "2", "3"}},
		{a, []string{"1", "2"}, false, []string{"1", "2", "3"}},          // he still wants them
		{c, []string{"4", "5"}, true, []string{"1", "2", "4", "5"}},      // so it is 3 that goes
		{b, []string{"2"}, false, []string{"1", "2", "4", "5"}},          // which he has lost, and not 2
		{b, []string{"2", "6"}, true, []string{"2", "4", "5", "6"}},      // 1 was last asked for before 2
		{a, nil, false, []string{"2", "4", "5", "6"}},                    // b wants 2, too
		{c, []string{"5", "4"}, false, []string{"2", "4", "5", "6"}},     // in whatever order
		{c, []string{"7", "8", "4"}, true, []string{"2", "4", "7", "8"}}, // b's last goes before his first
		{b, nil, true, []string{"4", "7", "8"}},
		{c, nil, true, []string{}},
	} {
		require.Equal(t, step.changes, o.set(step.who, step.asks), i)
		require.Equal(t, step.all, o.texts(), i)
	}
	require.Empty(t, o.by)
	o.set(a, []string{"1", "2"})
	o.set(b, []string{"3", "4", "5"})
	require.Equal(t, []string{"1"}, o.of(a), "not his whole set")
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
		_, err = w.viewer.heat.ask([]byte(`{"prompts": ["x"]}`))
		require.Equal(t, name == "b", err == nil, name)
		w.left()
		st.outputs[0].keys.close()
	}
	require.Equal(t, `{}`, ownReply(nil, nil))
	require.JSONEq(t, `{"error":"not accepted"}`, ownReply(nil, ErrBadRequest))
	st := &Stream{options: StreamOptions{Control: doubting{}}}
	require.JSONEq(t, `{"warnings":{"a person wibbling":"the model does not know: wibbling"}}`,
		ownReply(st.doubts([]string{"a person waving", "a person wibbling"}), nil))
}

// doubting knows one word less.
type doubting struct{ Control }

func (doubting) Doubt(prompt string) string {
	if strings.Contains(prompt, "wibbling") {
		return "the model does not know: wibbling"
	}
	return ""
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
