package streaming_test

import (
	"net"
	"regexp"
	"testing"

	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
)

// TestListenOnAllInterfaces: answers name every address of this machine that viewers may reach it at, over UDP and TCP, or those of the
// interfaces that were chosen.
func TestListenOnAllInterfaces(t *testing.T) {
	interfaces, err := net.Interfaces()
	require.NoError(t, err)
	for _, listen := range []string{"0.0.0.0:0", ":0"} {
		for _, only := range append([]net.Interface{{}}, interfaces...) {
			want, others := addressesOf(t, interfaces, only.Name)
			if len(want) == 0 {
				continue
			}
			t.Run(listen+" "+only.Name, func(t *testing.T) {
				c := streaming.Config{Listen: listen, Insecure: true}
				if only.Name != "" {
					c.Interfaces = []string{only.Name}
				}
				s := newServer(t, c)
				require.Contains(t, s.URL(), "http://127.0.0.1:")
				addStream(t, s, "demo", true)
				p := newPeer(t, webrtc.SettingEngine{}, nil)
				p.watch(t, s, "demo")
				_, port, err := net.SplitHostPort(address(t, s))
				require.NoError(t, err)
				for _, ip := range want {
					for _, network := range []string{"udp", "tcp"} {
						require.Regexp(t, `a=candidate:\d+ 1 `+network+` \d+ `+regexp.QuoteMeta(ip)+" "+port+" typ host", p.answer)
					}
				}
				for _, ip := range others {
					require.NotContains(t, p.answer, " "+ip+" ")
				}
				eventually(t, "packets", func() bool { return p.count() > 20 })
			})
		}
	}
}

// addressesOf are the IPv4 addresses of an interface, or of all, that candidates may name, and those of the others.
func addressesOf(t *testing.T, interfaces []net.Interface, name string) (of, others []string) {
	t.Helper()
	for _, i := range interfaces {
		addresses, err := i.Addrs()
		require.NoError(t, err)
		for _, a := range addresses {
			ip, _, err := net.ParseCIDR(a.String())
			require.NoError(t, err)
			switch {
			case ip.To4() == nil || ip.IsLinkLocalUnicast() || i.Flags&net.FlagUp == 0:
			case name == "" || name == i.Name:
				of = append(of, ip.String())
			default:
				others = append(others, ip.String())
			}
		}
	}
	return of, others
}
