package streaming

import (
	"net/http"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestLimiter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(2, 3)
		a, b := netip.MustParsePrefix("192.0.2.1/32"), netip.MustParsePrefix("192.0.2.2/32")
		for range 3 {
			require.Zero(t, l.blocked(a))
			require.Zero(t, l.take(a))
		}
		require.Equal(t, 500*time.Millisecond, l.take(a))
		require.Equal(t, 500*time.Millisecond, l.blocked(a), "looking does not count")
		require.Zero(t, l.take(b), "another address has its own")
		time.Sleep(500 * time.Millisecond)
		require.Zero(t, l.take(a))
		require.NotZero(t, l.take(a))

		for i := range 3 * limiterAddresses {
			l.take(netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 32))
		}
		require.LessOrEqual(t, len(l.by), limiterAddresses)
	})
}

func TestClientsOfOneHouseholdCountTogether(t *testing.T) {
	for addr, want := range map[string]string{
		"192.0.2.7:1234":          "192.0.2.7/32",
		"[::ffff:192.0.2.7]:1234": "192.0.2.7/32",
		"[2001:db8:1:2:3::4]:5":   "2001:db8:1:2::/64",
		"[fe80::1%lo]:5":          "fe80::/64",
		"@":                       "invalid Prefix",
	} {
		require.Equal(t, want, client(&http.Request{RemoteAddr: addr}).String(), addr)
	}
}
