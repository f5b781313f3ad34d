package onnx

import "slices"

// KnownTokens says which tokens the text tower has learned: those whose row of the token table is not all zeros. A tower that was trained on few
// words has rows of zeros for the others, and reads nothing in them. nil: all tokens, as in published models. The error wraps
// checkpoint.ErrNoTensor.
func (w *Weights) KnownTokens() ([]bool, error) {
	t, err := w.checkpoint.Tensor(w.key(text, "token_embedding.weight"))
	if err != nil {
		return nil, err
	}
	data := t.Bytes()
	if len(t.Shape) != 2 || t.Shape[0] == 0 {
		return nil, nil
	}
	size := len(data) / t.Shape[0]
	known := make([]bool, t.Shape[0])
	for i := range known {
		known[i] = slices.ContainsFunc(data[i*size:(i+1)*size], func(b byte) bool { return b != 0 })
	}
	if !slices.Contains(known, false) {
		return nil, nil
	}
	return known, nil
}
