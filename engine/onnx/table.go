package onnx

// table adds a checkpoint's large matrix [rows,cols] to gather rows from, as half floats unless the precision is FP32. It is read
// a few rows at a time: a text tower's token table is its largest tensor by far.
func (g *graph) table(r *reader, canonical string, rows, cols int) value {
	const step = 1024
	kind, width := typeHalf, 2
	if g.precision == FP32 {
		kind, width = typeFloat, 4
	}
	return g.initializer(kind, []int{rows, cols}, rows*cols*width, func(write func([]byte)) {
		for from := 0; from < rows; from += step {
			data := r.rows(canonical, from, min(rows, from+step), rows, cols)
			if g.precision == FP32 {
				write(floatBytes(data))
				continue
			}
			raw, err := halfBytes(data)
			if err != nil && g.err == nil {
				g.err = err
			}
			write(raw)
		}
	})
}

// look gathers rows of a table as float32.
func (g *graph) look(table, indices value) value {
	x := g.gather(table, indices, 0)
	if g.precision != FP32 {
		x = g.cast(x, typeFloat)
	}
	return x
}
