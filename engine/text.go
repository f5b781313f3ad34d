package engine

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/videogem/videogem/engine/backend/ort"
	"github.com/videogem/videogem/engine/model"
	"github.com/videogem/videogem/engine/tokenizer"
)

// maxCachedTexts bounds the cache: prompts come from strangers.
const maxCachedTexts = 4096

// textTower embeds prompts and remembers them.
type textTower struct {
	tokenizer *tokenizer.Tokenizer
	session   *ort.Session
	context   int
	embed     int
	runs      atomic.Uint64

	mu    sync.Mutex // guards known; a leaf, not held while the tower runs
	known map[string]embedded
}

// embedded is a prompt's embedding.
type embedded struct {
	vector    []float32 // [D], L2-normalised; never changed
	truncated bool
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
	s, err := load.text(m.Manifest.Text())
	if err != nil {
		return nil, err
	}
	return &textTower{tokenizer: t, session: s, context: sizes.Text, embed: sizes.Embed, known: map[string]embedded{}}, nil
}

// lookUp gives the embeddings of all prompts, running the tower for those it has not seen.
func (t *textTower) lookUp(ctx context.Context, prompts []string) ([]embedded, error) {
	out := make([]embedded, len(prompts))
	var missing []string
	seen := map[string]bool{}
	t.mu.Lock()
	for i, p := range prompts {
		var ok bool
		if out[i], ok = t.known[p]; !ok && !seen[p] {
			missing = append(missing, p)
			seen[p] = true
		}
	}
	t.mu.Unlock()
	if missing == nil {
		return out, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	fresh, err := t.run(missing)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	if len(t.known)+len(fresh) > maxCachedTexts {
		clear(t.known)
	}
	for p, e := range fresh {
		t.known[p] = e
	}
	t.mu.Unlock()
	for i, p := range prompts {
		if e, ok := fresh[p]; ok {
			out[i] = e
		}
	}
	return out, nil
}

// run puts texts through the tower.
func (t *textTower) run(texts []string) (map[string]embedded, error) {
	ids := make([]int64, 0, len(texts)*t.context)
	cut := make([]bool, len(texts))
	for i, text := range texts {
		var tokens []int32
		tokens, cut[i] = t.tokenizer.Tokenize(text, t.context)
		for _, id := range tokens {
			ids = append(ids, int64(id))
		}
	}
	out, err := t.session.Run(ort.Tensor{Shape: []int{len(texts), t.context}, Data: ids})
	if err != nil {
		return nil, fmt.Errorf("text tower: %w", err)
	}
	t.runs.Add(uint64(len(texts)))
	all := out[0].Float32()
	fresh := make(map[string]embedded, len(texts))
	for i, text := range texts {
		fresh[text] = embedded{vector: all[i*t.embed : (i+1)*t.embed : (i+1)*t.embed], truncated: cut[i]}
	}
	return fresh, nil
}

func (t *textTower) close() error { return t.session.Close() }

// checkPrompts refuses prompts without text.
func checkPrompts(prompts []string) error {
	for i, p := range prompts {
		if strings.TrimSpace(p) == "" {
			return fmt.Errorf("%w (number %d): say what to look for, such as \"a person waving\"", ErrEmptyPrompt, i+1)
		}
	}
	return nil
}

// Embed gives the L2-normalised embeddings [D] of prompts, word for word. Each text goes through the text tower once; callers must
// not change the slices. Errors wrap ErrEmptyPrompt or ErrClosed.
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
