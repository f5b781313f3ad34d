package element

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMailboxKeepsTheNewest(t *testing.T) {
	m := newMailbox()
	for i := range 3 {
		w := m.blank(1)
		w.pix[0] = byte(i)
		m.send(w)
	}
	w := m.take()
	require.Equal(t, byte(2), w.pix[0])
	require.Nil(t, m.take())
	put, dropped := m.counts()
	require.Equal(t, uint64(3), put)
	require.Equal(t, uint64(2), dropped)
	<-m.wake
	select {
	case <-m.wake:
		t.Fatal("one token is enough for any number of windows")
	default:
	}
}

func TestMailboxReusesWindows(t *testing.T) {
	m := newMailbox()
	a := m.blank(4)
	m.send(a)
	m.send(m.blank(4)) // replaces a
	require.Same(t, a, m.blank(4))
	require.Len(t, m.blank(8).pix, 8)
	m.release(nil)
}

func TestSplitAndJoinPrompts(t *testing.T) {
	for text, want := range map[string][]string{
		"":                                nil,
		" ; ;":                            nil,
		"a person waving":                 {"a person waving"},
		"a person waving; a dog ;; a cat": {"a person waving", "a dog", "a cat"},
	} {
		require.Equal(t, want, SplitPrompts(text), text)
		require.Equal(t, want, SplitPrompts(JoinPrompts(want)))
	}
}
