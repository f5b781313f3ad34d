package democam

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"runtime"
	"sync"
)

// ClipStream describes a stream of clips for a training or evaluation program.
type ClipStream struct {
	First   uint64 // seed of the first clip; each one after it has the next seed
	Count   int    // clips; 0 goes on until the context ends or the writer fails
	Workers int    // clips rendered at once; 0 uses all processors
	Joints  bool   // tell the actors' joints too
	Clip    ClipConfig
}

// WriteClips renders clips and writes them to w in the order of their seeds. A clip is, one after the other: the length
// of its JSON line (uint32, little-endian), that line ([ClipTruth.AppendJSON]), and the frames, uint8 [T, H, W, 3]. It
// returns nil when all clips are written, the writer's error, the context's error, or one that wraps [ErrConfig].
func WriteClips(ctx context.Context, w io.Writer, s ClipStream) error {
	if err := s.Clip.validate(); err != nil {
		return err
	}
	if s.Count < 0 || s.Workers < 0 {
		return fmt.Errorf("%w: %d clips by %d workers: want numbers of 0 and more", ErrConfig, s.Count, s.Workers)
	}
	if s.Workers == 0 {
		s.Workers = runtime.GOMAXPROCS(0)
	}
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()

	// The queue holds the clips' mailboxes in order; jobs holds the same clips for whichever worker is free.
	queue, jobs := make(chan chan []byte, 2*s.Workers), make(chan clipJob)
	wg.Go(func() { s.order(ctx, queue, jobs) })
	for range s.Workers {
		wg.Go(func() {
			for job := range jobs {
				job.done <- s.encode(job.seed)
			}
		})
	}
	out := bufio.NewWriterSize(w, 1<<20)
	for done := range queue {
		select {
		case clip := <-done:
			if _, err := out.Write(clip); err != nil {
				return fmt.Errorf("write clips: %w", err)
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write clips: %w", err)
	}
	return nil
}

// clipJob is a clip to be rendered; done has room for it, so that no worker waits for the writer.
type clipJob struct {
	seed uint64
	done chan []byte
}

// order hands out the clips, and closes both channels when all are handed out or ctx ends.
func (s *ClipStream) order(ctx context.Context, queue chan<- chan []byte, jobs chan<- clipJob) {
	defer close(queue)
	defer close(jobs)
	for i := 0; s.Count == 0 || i < s.Count; i++ {
		job := clipJob{seed: s.First + uint64(i), done: make(chan []byte, 1)}
		select {
		case queue <- job.done:
		case <-ctx.Done():
			return
		}
		select {
		case jobs <- job:
		case <-ctx.Done():
			return
		}
	}
}

// encode renders a clip as it stands in the stream.
func (s *ClipStream) encode(seed uint64) []byte {
	frames, truth := renderClip(seed, &s.Clip)
	b := truth.AppendJSON(make([]byte, 4, 4+4096+len(frames)), s.Joints)
	binary.LittleEndian.PutUint32(b, uint32(len(b)-4))
	return append(b, frames...)
}
