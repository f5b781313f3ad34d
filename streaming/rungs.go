package streaming

// RungBitrates divides a range of bitrates among the qualities of a stream, of which rung is one, in bits a second. Each takes half of what
// the one above it takes at most, and goes down to where the next one begins; the last one goes down to least. A viewer whose network takes
// less than his rung's lowest goes to the next, so that the others' picture need not follow him down. least 0 means that bitrates stay.
func RungBitrates(rung, rungs, least, most int) (lowest, highest int) {
	highest = most >> rung
	if lowest = least; least > 0 && rung+1 < rungs {
		lowest = max(least, highest/2)
	}
	return min(lowest, highest), highest
}
