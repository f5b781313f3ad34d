package backend

// Tensor is a dense tensor in row-major order: Data is []float32, []int64 or []uint8.
type Tensor struct {
	Shape []int
	Data  any
}

// Float32 is the data of a tensor of float32; nil of any other.
func (t Tensor) Float32() []float32 {
	f, _ := t.Data.([]float32)
	return f
}
