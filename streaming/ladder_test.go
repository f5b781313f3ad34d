package streaming

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestLadder(t *testing.T) {
	rates := []int{1_400_000, 500_000}
	now := time.Unix(0, 0)
	var l ladder
	rung := 0
	// run lets time pass at one estimate and returns after how many seconds the rung changed, or -1.
	run := func(estimate, seconds int) int {
		changed := -1
		for i := range seconds {
			if next := l.step(now, rung, rung, estimate, rates); next != rung && changed < 0 {
				rung, changed = next, i
			}
			now = now.Add(time.Second)
		}
		return changed
	}
	require.Equal(t, -1, run(1_400_000, 60))
	require.Equal(t, -1, run(700_000, 2), "a moment is no reason")
	require.Equal(t, -1, run(1_300_000, 1))
	require.Equal(t, 2, run(700_000, 3))
	require.Equal(t, 1, rung)
	require.Equal(t, -1, run(600_000, 60), "not enough for the better one")
	require.Equal(t, 10, run(700_000, 11), "room on the own rung: a try")
	require.Equal(t, 2, run(700_000, 3), "it failed")
	require.Equal(t, 20, run(700_000, 21), "the next try comes later")
	require.Equal(t, 0, rung)
	require.Equal(t, -1, run(2_000_000, 100))
	require.Equal(t, 2, run(100_000, 60), "there is nothing below the lowest")
	require.Equal(t, 1, rung)
	for range 20 {
		run(700_000, 200)
	}
	require.LessOrEqual(t, l.wait, ladderUpMost)
}

// TestLadderCallsBack: who waits for a rung whose key frame does not come stays where he is when the reason is gone.
func TestLadderCallsBack(t *testing.T) {
	rates := []int{1_400_000, 500_000}
	now := time.Unix(0, 0)
	var l ladder
	for _, step := range []struct{ rung, bound, estimate, want int }{
		{0, 1, 700_000, 1},
		{0, 1, 1_300_000, 0},
		{1, 0, 700_000, 0},
		{1, 0, 600_000, 1},
	} {
		require.Equal(t, step.want, l.step(now, step.rung, step.bound, step.estimate, rates), "%+v", step)
	}
}

// TestRungsMeet: where one ends the next begins, so that no viewer's network pulls the others' quality below it.
func TestRungsMeet(t *testing.T) {
	for _, c := range []struct{ rung, rungs, least, most, lowest, highest int }{
		{0, 1, 300, 2500, 300, 2500},
		{0, 2, 300, 2500, 1250, 2500},
		{1, 2, 300, 2500, 300, 1250},
		{0, 2, 2000, 2500, 2000, 2500},
		{1, 2, 2000, 2500, 1250, 1250},
		{0, 2, 0, 2500, 0, 2500},
		{1, 2, 0, 2500, 0, 1250},
	} {
		lowest, highest := RungBitrates(c.rung, c.rungs, c.least, c.most)
		require.Equal(t, [2]int{c.lowest, c.highest}, [2]int{lowest, highest}, "%+v", c)
	}
}

// TestMoverSetsTheRate: the encoder of the rung that a viewer goes to makes what his network takes before it wakes, and one that nobody
// watches is thought to make its least.
func TestMoverSetsTheRate(t *testing.T) {
	s, err := New(Config{})
	require.NoError(t, err)
	var heard []string
	variant := func(rung int) Variant {
		lowest, highest := RungBitrates(rung, 2, 300_000, 2_500_000)
		return Variant{
			Rung: rung, MinBitrate: lowest, MaxBitrate: highest, SetBitrate: func(r int) { heard = append(heard, fmt.Sprint(rung, " makes ", r)) },
			Watched: func(on bool) { heard = append(heard, fmt.Sprint(rung, " watched ", on)) }, RequestKeyFrame: func() { heard = append(heard, fmt.Sprint(rung, " key")) },
		}
	}
	st, err := s.AddStream(StreamOptions{Name: "a", Control: &control{}, Variants: []Variant{variant(0), variant(1)}})
	require.NoError(t, err)
	full, half := st.outputs[0], st.outputs[1]
	defer full.keys.close()
	defer half.keys.close()
	require.Equal(t, []int{1_250_000, 300_000}, []int{full.rate(), half.rate()})
	fast, slow := newViewer(nil, st.log), newViewer(nil, st.log)
	full.attach(fast)
	full.attach(slow)
	require.Equal(t, 2_500_000, full.rate())
	fast.estimate.Store(5_000_000)
	slow.estimate.Store(500_000)
	full.adjust(time.Now())
	heard = nil
	full.move(slow, half)
	require.Equal(t, []string{"1 makes 450000", "1 watched true", "1 key"}, heard, "and the fast one keeps what he has")
	require.Same(t, half, st.bound(slow, full))

	heard = nil
	full.move(slow, full)
	require.Same(t, full, st.bound(slow, full))
	require.Equal(t, []string{"1 watched false"}, heard, "he is called back")
	half.WriteFrame([]byte{0}, 0, true)
	require.Same(t, full, st.watched(slow))
}

func TestEncoderFollowsTheMedian(t *testing.T) {
	var set []int
	s, err := New(Config{})
	require.NoError(t, err)
	st, err := s.AddStream(StreamOptions{Name: "demo", Control: &control{}, Variants: []Variant{
		{MinBitrate: 200_000, MaxBitrate: 1_000_000, SetBitrate: func(r int) { set = append(set, r) }},
	}})
	require.NoError(t, err)
	o := st.outputs[0]
	now := time.Unix(1000, 0)
	o.follow(now, medianPause)
	require.Empty(t, set, "nobody watches")
	var viewers []*viewer
	for range 3 {
		v := newViewer(nil, st.log)
		o.attach(v)
		viewers = append(viewers, v)
	}
	for _, step := range []struct {
		estimates [3]int64
		want      int // 0: no change
	}{
		{[3]int64{5e6, 5e6, 1e5}, 0},         // the encoder is at its most
		{[3]int64{5e6, 5e5, 1e5}, 450_000},   // the one in the middle, less a tenth
		{[3]int64{5e6, 51e4, 1e5}, 0},        // about the same
		{[3]int64{5e6, 1e5, 1e5}, 200_000},   // not below the least
		{[3]int64{5e6, 9e6, 0}, 1_000_000},   // who is not known yet does not count
		{[3]int64{5e6, 5e6, 1e5}, 0},         // still
		{[3]int64{105e4, 105e4, 1}, 945_000}, // a change of more than a twentieth
	} {
		for i, v := range viewers {
			v.estimate.Store(step.estimates[i])
		}
		before := len(set)
		now = now.Add(2 * time.Second)
		o.follow(now, medianPause)
		o.follow(now.Add(time.Millisecond), medianPause) // too soon
		if step.want == 0 {
			require.Len(t, set, before, "%v", step)
			continue
		}
		require.Len(t, set, before+1, "%v", step)
		require.Equal(t, step.want, set[before])
	}
	o.keys.close()
}

// TestAFallIsActedOnAtOnce: a network that has become narrow is full until the encoder makes less. What is no fall waits for its turn.
func TestAFallIsActedOnAtOnce(t *testing.T) {
	var set []int
	s, err := New(Config{})
	require.NoError(t, err)
	st, err := s.AddStream(StreamOptions{Name: "demo", Control: &control{}, Variants: []Variant{
		{MinBitrate: 200_000, MaxBitrate: 1_000_000, SetBitrate: func(r int) { set = append(set, r) }},
	}})
	require.NoError(t, err)
	defer st.outputs[0].keys.close()
	w := &watching{stream: st, viewer: newViewer(nil, st.log), log: st.log}
	now := time.Unix(1000, 0)
	st.estimated(w, 1, now)
	require.Empty(t, set, "he does not watch yet")
	st.outputs[0].attach(w.viewer)
	st.adapt(w, 1_200_000, now)
	for _, step := range []struct {
		after    time.Duration
		estimate int
		want     int // 0: no change
	}{
		{300 * time.Millisecond, 900_000, 0},
		{50 * time.Millisecond, 700_000, 630_000},
		{50 * time.Millisecond, 400_000, 0}, // too soon
		{200 * time.Millisecond, 400_000, 360_000},
		{200 * time.Millisecond, 1_000_000, 0}, // up it goes by and by
	} {
		before := len(set)
		now = now.Add(step.after)
		st.estimated(w, step.estimate, now)
		if step.want == 0 {
			require.Len(t, set, before, "%v", step)
			continue
		}
		require.Equal(t, []int{step.want}, set[before:], "%v", step)
	}
}

func TestVariantsMustFit(t *testing.T) {
	s, err := New(Config{})
	require.NoError(t, err)
	ask := func(int) {}
	for name, v := range map[string][]Variant{
		"overlay":       {{Overlay: "client"}},
		"twice":         {{}, {Overlay: OverlayBurned}},
		"third rung":    {{}, {Rung: 1, MaxBitrate: 1}, {Rung: 2, MaxBitrate: 1}},
		"no first rung": {{Rung: 1, MaxBitrate: 1}},
		"lower first":   {{Rung: 1, MaxBitrate: 1}, {}},
		"no rate":       {{}, {Rung: 1}},
		"no least":      {{SetBitrate: ask, MaxBitrate: 5}},
		"upside down":   {{SetBitrate: ask, MinBitrate: 9, MaxBitrate: 5}},
	} {
		_, err := s.AddStream(StreamOptions{Name: "a", Control: &control{}, Variants: v})
		require.ErrorIs(t, err, ErrConfig, name)
	}
	st, err := s.AddStream(StreamOptions{Name: "a", Control: &control{}, Variants: []Variant{{Overlay: OverlayNone}, {}, {Rung: 1, MaxBitrate: 5}}})
	require.NoError(t, err)
	require.Equal(t, []string{OverlayClient, OverlayNone, OverlayBurned}, st.status().Overlays)
	require.Same(t, st.Output(OverlayNone, 0), st.choose(""))
	require.Same(t, st.Output(OverlayNone, 0), st.choose(OverlayClient))
	require.Same(t, st.Output(OverlayBurned, 0), st.choose(OverlayBurned))
	require.Nil(t, st.choose("rubbish"))
	require.True(t, st.adaptive())
}

// TestMovingBetweenVariants: a viewer goes over with a key frame, and never sees both.
func TestMovingBetweenVariants(t *testing.T) {
	s, err := New(Config{})
	require.NoError(t, err)
	asked := 0
	st, err := s.AddStream(StreamOptions{Name: "a", Control: &control{}, Variants: []Variant{{}, {Rung: 1, MaxBitrate: 5, RequestKeyFrame: func() { asked++ }}}})
	require.NoError(t, err)
	full, half := st.outputs[0], st.outputs[1]
	v := newViewer(nil, st.log)
	ms := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
	full.WriteFrame([]byte{0}, 0, true)
	half.WriteFrame([]byte{0}, 0, true)
	full.attach(v)
	full.move(v, half)
	require.Equal(t, 1, asked)
	full.WriteFrame([]byte{1}, ms(10), false)
	half.WriteFrame([]byte{1}, ms(10), false)
	full.WriteFrame([]byte{1}, ms(20), false)
	half.WriteFrame([]byte{0}, ms(20), true) // the same picture in the other variant: shown twice, once
	full.WriteFrame([]byte{1}, ms(30), false)
	half.WriteFrame([]byte{1}, ms(30), false)
	var got []uint32
	for f := v.pop(); f != nil; f = v.pop() {
		got = append(got, (f.timestamp-st.clock.start)/90)
	}
	require.Equal(t, []uint32{0, 10, 20, 20, 30}, got)
	require.Same(t, half, st.watched(v))
	half.move(v, full)
	st.detach(v)
	full.WriteFrame([]byte{0}, ms(40), true)
	require.Nil(t, st.watched(v), "who has left does not come back")
	full.keys.close()
	half.keys.close()
}

// TestEncodersRestWhileNobodyWatches: Watched hears of the first viewer and of the last, and old pictures are not shown.
func TestEncodersRestWhileNobodyWatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := New(Config{})
		require.NoError(t, err)
		var heard []string
		hear := func(name string) func(bool) {
			return func(on bool) { heard = append(heard, fmt.Sprint(name, on)) }
		}
		c := &control{}
		st, err := s.AddStream(StreamOptions{Name: "a", Control: c, Variants: []Variant{{Watched: hear("full ")}, {Rung: 1, MaxBitrate: 5, Watched: hear("half ")}}})
		require.NoError(t, err)
		full, half := st.outputs[0], st.outputs[1]
		require.False(t, full.ready(StateStarting), "the camera is not there yet")
		require.True(t, full.ready(StateRunning), "there will be a picture")

		v, w := newViewer(nil, st.log), newViewer(nil, st.log)
		full.attach(v)
		full.attach(w)
		st.detach(w)
		full.WriteFrame([]byte{0}, 0, true)
		require.NotNil(t, v.pop())
		full.move(v, half)
		half.WriteFrame([]byte{0}, 0, true)
		require.NotNil(t, v.pop())
		st.detach(v)
		require.Equal(t, []string{"full true", "half true", "full false", "half false"}, heard)

		soon, late := newViewer(nil, st.log), newViewer(nil, st.log)
		time.Sleep(time.Second)
		full.attach(soon)
		require.NotNil(t, soon.pop())
		time.Sleep(2 * time.Second)
		full.attach(late)
		require.Nil(t, late.pop(), "the picture is three seconds old")
		full.WriteFrame([]byte{1}, 4*time.Second, false)
		require.Nil(t, late.pop())
		full.WriteFrame([]byte{0}, 4*time.Second, true)
		require.NotNil(t, late.pop())
		full.keys.close()
		half.keys.close()
	})
}
