package streaming

// repairBurst is how many bytes a viewer may be sent again at once: a large key frame, twice.
const repairBurst = 256 << 10

// allowance bounds a viewer's retransmissions by what he is sent anyway: whoever asks for everything again and again, or has forged reports
// ask in his name, costs twice the video and no more. It is in bytes, and not safe for concurrent use.
type allowance struct{ left, most int }

// earn is called with what is sent for the first time.
func (a *allowance) earn(n int) { a.left = min(a.left+n, a.most) }

// spend tells whether so much may be sent again.
func (a *allowance) spend(n int) bool {
	if n > a.left {
		return false
	}
	a.left -= n
	return true
}
