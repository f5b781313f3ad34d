package mat5

// Value is a *Struct, *Cell, *Numbers or Text.
type Value any

// Struct is an array of structs, column after column.
type Struct struct {
	Dims   []int
	Fields []string
	Values [][]Value // [element][field]
}

// Get gives a field of an element.
func (s *Struct) Get(element int, field string) (Value, bool) {
	for i, name := range s.Fields {
		if name == field && element < len(s.Values) {
			return s.Values[element][i], true
		}
	}
	return nil, false
}

// Cell is an array of values of any kind, column after column.
type Cell struct {
	Dims   []int
	Values []Value
}

// Numbers is an array of real numbers, column after column. Logical values are 0 and 1.
type Numbers struct {
	Dims []int
	Data []float64
}

// Text is an array of characters.
type Text string
