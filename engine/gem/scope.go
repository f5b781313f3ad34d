package gem

import (
	"errors"
	"fmt"
)

// ErrScope means that an attention scope has no such name.
var ErrScope = errors.New("unknown scope")

// Scope says among which tokens the self-self attention runs. It matters for clips of several frames only.
type Scope string

// The scopes. The official ones are what the authors' code does with its img_attn_only option 1 to 4, for comparison with its
// numbers: it cuts the position-major token sequence into as many equal runs as there are frames, so that its "image" is a
// horizontal band over all frames.
const (
	Joint     Scope = "joint"      // all tokens of the clip and CLS: plain GEM over the clip
	Frame     Scope = "frame"      // the tokens of the same frame
	Official1 Scope = "official-1" // within the run
	Official2 Scope = "official-2" // the mean of v over the tokens outside the run
	Official3 Scope = "official-3" // (1+2)/2
	Official4 Scope = "official-4" // (1 + 3*2)/4
)

// ParseScope checks a scope's name. The error wraps ErrScope.
func ParseScope(s string) (Scope, error) {
	switch scope := Scope(s); scope {
	case Joint, Frame, Official1, Official2, Official3, Official4:
		return scope, nil
	default:
		return "", fmt.Errorf("%w %q: use joint, frame, or official-1 to official-4", ErrScope, s)
	}
}
