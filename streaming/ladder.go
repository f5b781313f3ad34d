package streaming

import "time"

const (
	// A viewer's estimate is below what his rung takes for this long: he goes down.
	ladderDown = 2 * time.Second
	// It is well above that for this long: he tries the better one. Each try that fails doubles the wait.
	ladderUp      = 10 * time.Second
	ladderUpMost  = 2 * time.Minute
	ladderFailed  = 20 * time.Second // a try that ends so soon has failed
	ladderTooLow  = 0.85
	ladderWellUp  = 1.2 // of the better rung's rate
	ladderRoom    = 1.3 // of the own rate: estimates do not grow far beyond what is sent
	medianChange  = 0.05
	medianShare   = 0.9 // of the estimate is for the picture; the rest for retransmissions and headers
	medianPause   = time.Second
	fallenShare   = 0.8 // an estimate below this share of what is made cannot wait for medianPause: the network is full until less is made
	fallenPause   = 200 * time.Millisecond
	defaultBudget = 2_000_000 // estimate to begin with where the variant says nothing, bits a second
)

// ladder decides by a viewer's own estimate which rung he watches. It is not safe for concurrent use.
type ladder struct {
	poor, good time.Time     // since when; zero: not
	wait       time.Duration // before the next try; 0: ladderUp
	tried      time.Time     // the newest try
}

// step returns the rung to go to, given the one that is watched, the one that is waited for (the same where none is) and the bitrates of
// all rungs. Who waits is called back when the reason is gone.
func (l *ladder) step(now time.Time, rung, bound, estimate int, rates []int) int {
	below := rung+1 < len(rates) && float64(estimate) < ladderTooLow*float64(rates[rung])
	above := rung > 0 && float64(estimate) >= min(ladderWellUp*float64(rates[rung-1]), ladderRoom*float64(rates[rung]))
	if bound != rung {
		if bound > rung && below || bound < rung && above {
			return bound
		}
		return rung
	}
	l.poor, l.good = since(l.poor, below, now), since(l.good, above, now)
	if l.wait == 0 {
		l.wait = ladderUp
	}
	switch {
	case below && now.Sub(l.poor) >= ladderDown:
		if !l.tried.IsZero() && now.Sub(l.tried) < ladderFailed {
			l.wait = min(2*l.wait, ladderUpMost)
		}
		l.poor = time.Time{}
		return rung + 1
	case above && now.Sub(l.good) >= l.wait:
		l.tried, l.good = now, time.Time{}
		return rung - 1
	}
	return rung
}

// since keeps the time at which a condition began to hold.
func since(began time.Time, holds bool, now time.Time) time.Time {
	switch {
	case !holds:
		return time.Time{}
	case began.IsZero():
		return now
	}
	return began
}
