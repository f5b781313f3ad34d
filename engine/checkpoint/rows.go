package checkpoint

import "fmt"

// Rows is a view of rows from to to-1 of the first dimension, for callers that must not hold a large tensor twice.
func (t *Tensor) Rows(from, to int) (*Tensor, error) {
	if len(t.Shape) == 0 || from < 0 || to < from || to > t.Shape[0] {
		return nil, fmt.Errorf("tensor %q of shape %v has no rows %d to %d: %w", t.Name, t.Shape, from, to, ErrMalformed)
	}
	if from == to || t.Len() == 0 {
		return &Tensor{Name: t.Name, DType: t.DType, Shape: append([]int{to - from}, t.Shape[1:]...)}, nil
	}
	rows := *t
	rows.Shape = append([]int{to - from}, t.Shape[1:]...)
	step := t.Len() / t.Shape[0] * t.DType.Size()
	if t.strides == nil {
		rows.raw = t.raw[from*step : to*step]
	} else {
		rows.raw = t.raw[from*t.strides[0]*t.DType.Size():]
	}
	return &rows, nil
}
