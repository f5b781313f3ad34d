package main

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"time"
)

const (
	fps       = 30
	keyEvery  = 10 * fps
	keySize   = 45_000
	frameSize = 5_700
	bitrate   = 1_400_000 // what that makes
)

// play makes frames as of VP8 that tell when they were made: a byte with the key bit, then the time in nanoseconds.
func play(ctx context.Context, keys <-chan struct{}, write func(data []byte, key bool)) {
	tick := time.NewTicker(time.Second / fps)
	defer tick.Stop()
	noise := make([]byte, keySize)
	for i := range noise {
		noise[i] = byte(rand.Uint32()) //nolint:gosec // a load, not a secret
	}
	for i := 0; ; i++ {
		key := i%keyEvery == 0
		select {
		case <-ctx.Done():
			return
		case <-keys:
			key = true
		default:
		}
		data := noise[:frameSize]
		data[0] = 1
		if key {
			data = noise
			copy(data, []byte{0x10, 0, 0, 0x9d, 0x01, 0x2a, 0, 5, 0xd0, 2})      // 1280x720, RFC 6386 section 9.1
			binary.BigEndian.PutUint64(data[10:], uint64(time.Now().UnixNano())) //nolint:gosec // after 1970
		} else {
			binary.BigEndian.PutUint64(data[1:], uint64(time.Now().UnixNano())) //nolint:gosec // after 1970
		}
		write(data, key)
		<-tick.C
	}
}
