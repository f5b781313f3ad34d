package democam

// MotionPairs lists the pairs of actions that only their motion tells apart, the moving one first: those that [Variety.Twins] puts beside
// each other.
func MotionPairs() [][2]string {
	table := actionTable()
	var pairs [][2]string
	for _, p := range twins() {
		pairs = append(pairs, [2]string{table[p[0]].name, table[p[1]].name})
	}
	return pairs
}
