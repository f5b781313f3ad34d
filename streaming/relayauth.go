package streaming

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the scheme has it so
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/pion/stun/v4"
	"github.com/pion/turn/v5"
)

// authenticate is the relay's turn.AuthHandler. A user name begins with the time at which it runs out, and its password is a MAC of it
// (draft-uberti-behave-turn-rest-00, section 2.2). What has been allocated in time may be kept up for longer, since players ask for no
// new credentials while they play: only who wants something new is too late.
func (r *relay) authenticate(a *turn.RequestAttributes) (user string, key []byte, ok bool) {
	text, _, _ := strings.Cut(a.Username, ":")
	end, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return "", nil, false
	}
	if r.now().Unix() > end && (a.Method == stun.MethodAllocate || !r.allocations.has(a.Username, a.SrcAddr)) {
		return "", nil, false
	}
	mac := hmac.New(sha1.New, []byte(r.server.Secret))
	mac.Write([]byte(a.Username))
	// With that key pion checks the request's integrity.
	return a.Username, turn.GenerateAuthKey(a.Username, a.Realm, base64.StdEncoding.EncodeToString(mac.Sum(nil))), true
}
