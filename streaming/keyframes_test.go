package streaming

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestKeyFrameRequestsMerge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Duration
		began := time.Now()
		k := &keyFrames{ask: func() { at = append(at, time.Since(began)) }}
		defer k.close()
		for range 100 { // a hundred viewers, for one second
			k.request()
			time.Sleep(10 * time.Millisecond)
			synctest.Wait()
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Equal(t, []time.Duration{0, 500 * time.Millisecond, time.Second}, at)
	})
}

func TestKeyFrameServesTheRequestThatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		k := &keyFrames{ask: func() { asked++ }}
		defer k.close()
		k.request()
		time.Sleep(100 * time.Millisecond)
		k.request()
		k.sent()
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Equal(t, 1, asked)
		k.request()
		require.Equal(t, 2, asked)
	})
}

func TestKeyFrameRequestsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		k := &keyFrames{ask: func() { asked++ }}
		k.request()
		k.request()
		k.close()
		k.request()
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Equal(t, 1, asked)
	})
}

// TestSlowViewersWaitLonger: but who asks for another reason brings the key frame forward.
func TestSlowViewersWaitLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Duration
		began := time.Now()
		k := &keyFrames{ask: func() { at = append(at, time.Since(began)) }}
		defer k.close()
		for range 500 { // five seconds
			k.requestSlow()
			time.Sleep(10 * time.Millisecond)
			synctest.Wait()
		}
		require.Equal(t, []time.Duration{0, 2 * time.Second, 4 * time.Second}, at)
		k.request()
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Equal(t, []time.Duration{0, 2 * time.Second, 4 * time.Second, 5 * time.Second}, at)
	})
}
