package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/gem"
)

// FuzzQueue does at random what callers and the batcher do: come, go away, take. Whoever came is taken or goes away, once; the oldest
// is always first; a batch is never too large nor of asks that do not fit.
func FuzzQueue(f *testing.F) {
	f.Add([]byte{0, 1, 2, 0x80}, uint8(2))
	f.Fuzz(func(t *testing.T, steps []byte, size uint8) {
		q, most := newQueue(), int(size%8)+1
		var waiting []*ask // what must be in the queue
		for _, s := range steps {
			switch {
			case s < 0x80: // someone comes, with 1 to 2 frames and 1 to 128 rows
				a := newAsk(Request{Frames: make([]int, 1+s%2)}, make([]*embedded, 1), make([]gem.Weights, 1<<(s/2%8)))
				require.NoError(t, q.add(a))
				waiting = append(waiting, a)
			case s < 0xc0 && len(waiting) > 0: // someone goes away
				i := int(s) % len(waiting)
				require.True(t, q.remove(waiting[i]))
				require.False(t, q.remove(waiting[i]), "gone already")
				waiting = append(waiting[:i:i], waiting[i+1:]...)
			default:
				batch, wait, more := q.take(most, 0)
				require.True(t, more)
				require.Zero(t, wait)
				require.LessOrEqual(t, len(batch), most)
				require.Equal(t, len(waiting) > 0, len(batch) > 0, "whoever waits, is served")
				waiting = without(t, waiting, batch)
			}
		}
		q.close()
		for _, a := range waiting {
			<-a.read
			<-a.done
			require.ErrorIs(t, a.err, ErrClosed)
		}
		require.ErrorIs(t, q.add(newAsk(Request{}, nil, nil)), ErrClosed)
	})
}

// TestFits: what goes through the tower together is of one size, or nearly so.
func TestFits(t *testing.T) {
	ask := func(frames, rows int) *ask {
		return newAsk(Request{Frames: make([]int, frames)}, make([]*embedded, rows), make([]gem.Weights, 1))
	}
	for _, c := range []struct {
		name           string
		frames, others int
		rows, more     int
		want           bool
	}{
		{"alike", 1, 1, 5, 5, true},
		{"another number of frames", 1, 2, 5, 5, false},
		{"few, however unlike", 8, 8, 1, 32, true},
		{"many, and one of a few", 8, 8, 1, 33, false},
		{"twice as many", 8, 8, 17, 34, true},
		{"one more than that", 8, 8, 17, 35, false},
		{"many, twice as many", 8, 8, 100, 200, true},
		{"many, one more than that", 8, 8, 100, 201, false},
		{"many, four times as many", 8, 8, 100, 400, false},
	} {
		a, b := ask(c.frames, c.rows), ask(c.others, c.more)
		require.Equal(t, c.want, a.fits(b), c.name)
		require.Equal(t, c.want, b.fits(a), c.name+", the other way round")
	}
}

// without checks a batch against those who waited, and takes it out.
func without(t *testing.T, waiting, batch []*ask) []*ask {
	t.Helper()
	if len(batch) == 0 {
		return waiting
	}
	require.Same(t, waiting[0], batch[0], "the oldest goes first")
	var left []*ask
	for _, a := range waiting {
		if len(batch) == 0 || a != batch[0] {
			left = append(left, a)
			continue
		}
		for _, b := range batch {
			require.True(t, a.fits(b) && b.fits(a))
		}
		batch = batch[1:]
	}
	require.Empty(t, batch, "a batch holds asks that wait, in their order")
	return left
}
