package engine

import (
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"github.com/videogem/videogem/engine/backend"
	"github.com/videogem/videogem/engine/gem"
)

// pass runs the image tower once for a batch and finishes its asks. When it fails for several at once, each gets a pass of its own: a
// clip that the tower cannot take, or a device whose memory does not hold that many, fails nobody else.
func (e *Engine) pass(batch []*ask) {
	began := time.Now()
	in := e.inputs(batch)
	for _, a := range batch {
		close(a.read)
		a.queued, a.batch = began.Sub(a.arrived), len(batch)
		e.counts.queued.Add(int64(a.queued))
	}
	out, err := e.run(in)
	if err != nil && len(batch) > 1 {
		e.log.Warn("a batch failed; its clips go one by one", "clips", len(batch), "error", err)
		for i, a := range batch {
			a.batch = 1
			a.out, a.err = e.run(parts(in, i))
			e.finish(a, began)
		}
		return
	}
	for i, a := range batch {
		if a.err = err; err == nil {
			a.out = parts(out, i)
		}
		e.finish(a, began)
	}
}

// finish hands an ask back to its caller.
func (e *Engine) finish(a *ask, began time.Time) {
	a.took = time.Since(began)
	if a.err == nil {
		e.counts.grounds.Add(1)
		if a.batch > 1 {
			e.counts.batched.Add(1)
		}
	}
	close(a.done)
}

// run runs the tower. A panic in it is an error: it belongs to one pass, not to all who share the engine.
func (e *Engine) run(in []backend.Tensor) (out []backend.Tensor, err error) {
	defer func() {
		if r := recover(); r != nil {
			e.log.Error("the image tower panicked", "panic", r, "stack", string(debug.Stack()))
			err = fmt.Errorf("image tower: panic: %v", r)
		}
	}()
	e.counts.runs.Add(1)
	if out, err = e.image.Run(in...); err != nil {
		return nil, fmt.Errorf("image tower: %w", err)
	}
	return out, nil
}

// inputs are the image tower's, in the order of its session. Nothing in them is a caller's memory. Asks with fewer rows than others
// have theirs filled up with zeros, which give numbers that nobody reads.
func (e *Engine) inputs(batch []*ask) []backend.Tensor {
	s, n := e.spec, len(batch)
	rows := 0
	for _, a := range batch {
		rows = max(rows, a.rows())
	}
	frames := len(batch[0].frames)
	text, base, alpha := make([]float32, n*rows*s.Embed), make([]float32, n*rows*gem.Layers), make([]float32, n*rows)
	wanted := make([]int64, 0, n*frames)
	for i, a := range batch {
		row := i * rows
		for _, w := range a.weightings {
			for _, t := range a.texts {
				copy(text[row*s.Embed:], t.vector)
				copy(base[row*gem.Layers:], w.Base[:])
				alpha[row] = w.Alpha
				row++
			}
		}
		for _, f := range a.frames {
			wanted = append(wanted, int64(f))
		}
	}
	return []backend.Tensor{
		e.clips(batch),
		{Shape: []int{n, rows, s.Embed}, Data: text},
		{Shape: []int{n, rows, gem.Layers}, Data: base},
		{Shape: []int{n, rows}, Data: alpha},
		{Shape: []int{n, frames}, Data: wanted},
	}
}

// clips are the pixels of a batch.
func (e *Engine) clips(batch []*ask) backend.Tensor {
	s, n := e.spec, len(batch)
	size := s.Frames * s.Height * s.Width * 3
	if e.float {
		data := make([]float32, 0, n*size)
		for _, a := range batch {
			data = append(data, a.clip.Float...)
		}
		return backend.Tensor{Shape: []int{n, s.Frames, 3, s.Height, s.Width}, Data: data}
	}
	data := make([]byte, 0, n*size)
	for _, a := range batch {
		data = append(data, a.clip.Pix...)
	}
	return backend.Tensor{Shape: []int{n, s.Frames, s.Height, s.Width, 3}, Data: data}
}

// parts gives one clip's part of tensors whose first dimension is the clip.
func parts(tensors []backend.Tensor, clip int) []backend.Tensor {
	out := make([]backend.Tensor, len(tensors))
	for i, t := range tensors {
		out[i].Shape = slices.Clone(t.Shape)
		out[i].Shape[0] = 1
		switch data := t.Data.(type) {
		case []float32:
			out[i].Data = part(data, t.Shape[0], clip)
		case []int64:
			out[i].Data = part(data, t.Shape[0], clip)
		case []uint8:
			out[i].Data = part(data, t.Shape[0], clip)
		}
	}
	return out
}

// part is part i of n equal ones.
func part[T any](data []T, n, i int) []T {
	size := len(data) / n
	return data[i*size : (i+1)*size : (i+1)*size]
}
