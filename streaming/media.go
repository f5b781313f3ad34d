package streaming

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor/pkg/cc"
	"github.com/pion/webrtc/v4"

	"github.com/videogem/videogem/streaming/internal/burst"
)

const (
	// A peer that says nothing for iceDisconnected is looked after, and given up after iceFailed more.
	iceDisconnected = 5 * time.Second
	iceFailed       = 10 * time.Second
	iceKeepAlive    = 2 * time.Second
	// maxHeard bounds what waits of a peer's data channels, in bytes.
	maxHeard = 128 << 10
	// firstPacket bounds how long a TCP connection may stay silent.
	firstPacket = 10 * time.Second
)

// media holds the sockets that all sessions share, and the WebRTC APIs: for viewers of each codec, for those whose network is watched,
// and for publishers.
type media struct {
	udp      ice.UDPMux
	hosts    *hostSockets // the same; nil in tests without real sockets
	bursts   *burst.Set   // of udp's sockets; nil: they take packets one by one
	tcp      ice.TCPMux
	plain    map[string]*webrtc.API
	adaptive map[string]*webrtc.API
	publish  *webrtc.API

	mu    sync.Mutex // held while an adaptive connection is made
	start int        // estimate that it begins with
	made  cc.BandwidthEstimator
}

// newMedia opens the media's UDP port beside the page's TCP port, whose listener already tells media connections from HTTP.
func newMedia(config Config, tcp net.Listener) (*media, error) {
	logs := pionLogs{config.Logger}
	addr, ok := tcp.Addr().(*net.TCPAddr)
	if !ok {
		return nil, fmt.Errorf("streaming: listener has address %v, want TCP", tcp.Addr())
	}
	m := &media{bursts: &burst.Set{}}
	hosts, err := newHostSockets(config, addr.AddrPort(), m.bursts)
	if err != nil {
		return nil, err
	}
	m.udp, m.hosts = hosts, hosts
	m.tcp = ice.NewTCPMuxDefault(ice.TCPMuxParams{
		Listener: tcp, Logger: logs.NewLogger("ice-tcp"), ReadBufferSize: 16,
		FirstStunBindTimeout: firstPacket, AliveDurationForConnFromStun: firstPacket,
	})
	settings := webrtc.SettingEngine{LoggerFactory: logs}
	settings.SetICEUDPMux(m.udp)
	settings.SetICETCPMux(m.tcp)
	settings.SetNetworkTypes([]webrtc.NetworkType{
		webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6, webrtc.NetworkTypeTCP4, webrtc.NetworkTypeTCP6,
	})
	settings.SetInterfaceFilter(config.wants)
	if len(config.Advertise) > 0 {
		if err := settings.SetICEAddressRewriteRules(webrtc.ICEAddressRewriteRule{
			External: config.Advertise, AsCandidateType: webrtc.ICECandidateTypeHost, Mode: webrtc.ICEAddressRewriteReplace,
		}); err != nil {
			return nil, errors.Join(fmt.Errorf("%w: advertise: %w", ErrConfig, err), m.close())
		}
	}
	if err := m.makeAPIs(settings, logs); err != nil {
		return nil, errors.Join(err, m.close())
	}
	return m, nil
}

// makeAPIs completes settings that say which sockets and addresses to use.
func (m *media) makeAPIs(settings webrtc.SettingEngine, logs pionLogs) (err error) {
	settings.DisableActiveTCP(true)
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetIPFilter(usable)
	// Browsers hide their addresses behind .local names. The peer finds us by our addresses, so nothing is to be resolved.
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	settings.SetSCTPMaxReceiveBufferSize(maxHeard)
	settings.SetICETimeouts(iceDisconnected, iceFailed, iceKeepAlive)
	m.plain, m.adaptive = map[string]*webrtc.API{}, map[string]*webrtc.API{}
	for _, codec := range allCodecs() {
		if m.plain[codec], err = viewerAPI(codec, settings, nil); err != nil {
			return err
		}
		if m.adaptive[codec], err = viewerAPI(codec, settings, m.newEstimator); err != nil {
			return err
		}
	}
	m.publish, err = publisherAPI(settings, logs)
	return err
}

// wants tells whether the addresses of a network interface are for answers.
func (c Config) wants(name string) bool {
	return len(c.Interfaces) == 0 || slices.Contains(c.Interfaces, name)
}

// addresses are the UDP addresses that answers name, and for each the one of this machine that it stands for.
func (m *media) addresses(advertise []string) map[netip.AddrPort]netip.AddrPort {
	all := map[netip.AddrPort]netip.AddrPort{}
	for _, a := range m.udp.GetListenAddresses() {
		local := addrPort(a)
		all[local] = local
		for _, text := range advertise {
			if named, err := netip.ParseAddr(text); err == nil && named.Is4() == local.Addr().Is4() {
				all[netip.AddrPortFrom(named, local.Port())] = local
			}
		}
	}
	return all
}

// usable leaves out addresses that no candidate may name.
func usable(ip net.IP) bool {
	a, ok := netip.AddrFromSlice(ip)
	return ok && !a.Unmap().IsLinkLocalUnicast()
}

func (m *media) close() error {
	var err error
	if m.tcp != nil {
		err = m.tcp.Close()
	}
	return errors.Join(m.udp.Close(), err)
}
