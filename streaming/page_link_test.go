package streaming_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// linkModule: all that RFC 8288 lets servers and proxies write is read, and nothing that is not meant.
func linkModule(t *testing.T, ctx context.Context) { //nolint:revive // t first
	t.Helper()
	for _, ca := range []struct{ header, want string }{
		{`<stun:a:3478>; rel="ice-server"`, `[{"urls":"stun:a:3478"}]`},
		{
			`<stun:a>; rel="ice-server", <turn:b?transport=udp>; rel="ice-server"; username="1:x"; credential="p+/="; credential-type="password"`,
			`[{"urls":"stun:a"},{"urls":"turn:b?transport=udp","username":"1:x","credential":"p+/="}]`,
		},
		{`<turn:b>;rel=ice-server;username="an\"na, \\; <x>";credential=p`, `[{"urls":"turn:b","username":"an\"na, \\; <x>","credential":"p"}]`},
		{`</style.css>; rel=preload, <turn:b> ; REL = "ice-server" ; username = u; credential = ""`, `[{"urls":"turn:b","username":"u","credential":""}]`},
		{``, `[]`},
		{`nonsense; rel="ice-server"`, `[]`},
	} {
		header, err := json.Marshal(ca.header)
		require.NoError(t, err)
		got := module[json.RawMessage](t, ctx, fmt.Sprintf(`return (await import('./js/iceservers.js')).iceServers(%s || null);`, header))
		require.JSONEq(t, ca.want, string(got), ca.header)
	}
}
