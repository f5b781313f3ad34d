package engine

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/videogem/videogem/engine/backend"
	"github.com/videogem/videogem/engine/model"
	"github.com/videogem/videogem/engine/prompt"
	"github.com/videogem/videogem/engine/tokenizer"
)

// maxCachedTexts bounds the cache: prompts come from strangers.
const maxCachedTexts = 4096

// textTower embeds prompts and remembers them.
type textTower struct {
	tokenizer *tokenizer.Tokenizer
	session   backend.Session
	context   int
	embed     int
	trained   []bool // by token: the tower knows it; nil: it knows all
	runs      atomic.Uint64
	log       *slog.Logger

	mu    sync.Mutex // guards known; a leaf, not held while the tower runs
	known map[string]*embedded
}

// embedded is a prompt's embedding. Whoever puts it into the cache works it out; all others wait for ready.
type embedded struct {
	ready     chan struct{} // closed when the rest is there
	vector    []float32     // [D], L2-normalised; never changed
	truncated bool
	err       error
}

func openText(m *model.Model, load *loader) (*textTower, error) {
	t, err := newTokenizer(m.Manifest.Family)
	if err != nil {
		return nil, err
	}
	sizes, err := m.Weights.Sizes()
	if err != nil {
		return nil, err
	}
	trained, err := m.Weights.KnownTokens()
	if err != nil {
		return nil, err
	}
	s, err := load.open(load.text(m.Manifest.Text()))
	if err != nil {
		return nil, err
	}
	return &textTower{tokenizer: t, session: s, context: sizes.Text, embed: sizes.Embed, log: load.log, trained: trained, known: map[string]*embedded{}}, nil
}

// lookUp gives the embeddings of all prompts. The tower runs for those that nobody asked for before.
func (t *textTower) lookUp(ctx context.Context, prompts []string) ([]*embedded, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out := make([]*embedded, len(prompts))
	mine := map[string]*embedded{}
	t.mu.Lock()
	if len(t.known)+len(prompts) > maxCachedTexts {
		clear(t.known)
	}
	for i, p := range prompts {
		e, ok := t.known[p]
		if !ok {
			e = &embedded{ready: make(chan struct{})}
			t.known[p], mine[p] = e, e
		}
		out[i] = e
	}
	t.mu.Unlock()
	t.fill(mine)
	for _, e := range out {
		select {
		case <-e.ready:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if e.err != nil {
			return nil, e.err
		}
	}
	return out, nil
}

// fill works embeddings out and hands them to those who wait. Texts that failed are forgotten, so that the next to ask tries again. A text
// whose end the model does not read is logged, once while it is remembered.
func (t *textTower) fill(mine map[string]*embedded) {
	if len(mine) == 0 {
		return
	}
	texts := slices.Sorted(maps.Keys(mine))
	err := t.run(texts, mine)
	if err != nil {
		t.mu.Lock()
		for p, e := range mine {
			e.err = err
			if t.known[p] == e {
				delete(t.known, p)
			}
		}
		t.mu.Unlock()
	}
	for _, text := range texts {
		if mine[text].truncated && err == nil {
			t.log.Warn("a prompt is "+DoubtTooLong, "prompt", text, "tokens read", t.context)
		}
		close(mine[text].ready)
	}
}

// run puts texts through the tower.
func (t *textTower) run(texts []string, into map[string]*embedded) error {
	ids := make([]int64, 0, len(texts)*t.context)
	for _, text := range texts {
		var tokens []int32
		tokens, into[text].truncated = t.tokenizer.Tokenize(text, t.context)
		for _, id := range tokens {
			ids = append(ids, int64(id))
		}
	}
	out, err := t.session.Run(backend.Tensor{Shape: []int{len(texts), t.context}, Data: ids})
	if err != nil {
		return fmt.Errorf("text tower: %w", err)
	}
	t.runs.Add(uint64(len(texts)))
	all := out[0].Float32()
	for i, text := range texts {
		into[text].vector = all[i*t.embed : (i+1)*t.embed : (i+1)*t.embed]
	}
	return nil
}

func (t *textTower) close() error { return t.session.Close() }

// checkPrompts refuses what is no prompt.
func checkPrompts(prompts []string) error {
	for i, p := range prompts {
		if err := prompt.Check(p); err != nil {
			return fmt.Errorf("prompt number %d: %w", i+1, err)
		}
	}
	return nil
}

// Embed gives the L2-normalised embeddings [D] of prompts, word for word. Each text goes through the text tower once; callers must
// not change the slices. Errors wrap ErrEmptyPrompt, ErrLongPrompt or ErrClosed.
func (e *Engine) Embed(ctx context.Context, prompts []string) ([][]float32, error) {
	if err := checkPrompts(prompts); err != nil {
		return nil, err
	}
	if err := e.enter(); err != nil {
		return nil, err
	}
	defer e.leave()
	found, err := e.text.lookUp(ctx, prompts)
	if err != nil {
		return nil, err
	}
	out := make([][]float32, len(found))
	for i, f := range found {
		out[i] = f.vector
	}
	return out, nil
}
