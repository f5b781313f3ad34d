package streaming

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPublishersFollowEachOther: whoever took a publisher's place is not mixed with what still comes from him.
func TestPublishersFollowEachOther(t *testing.T) {
	var heard []string
	i := &Ingest{options: IngestOptions{
		OnFrame: func(f IngestFrame) { heard = append(heard, string(f.Data)) },
		OnLive:  func(live bool) { heard = append(heard, fmt.Sprint(live)) },
	}}
	first, second := &publishing{}, &publishing{}
	i.deliver(first, IngestFrame{Data: []byte("a")})
	i.deliver(first, IngestFrame{Data: []byte("b")})
	i.deliver(second, IngestFrame{Data: []byte("c")})
	i.deliver(first, IngestFrame{Data: []byte("late")})
	i.leave(first)
	i.deliver(second, IngestFrame{Data: []byte("d")})
	i.leave(second)
	i.leave(second)
	require.Equal(t, []string{"true", "a", "b", "false", "true", "c", "d", "false"}, heard)
}
