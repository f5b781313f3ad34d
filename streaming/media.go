package streaming

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v4"
)

const (
	// A peer that says nothing for iceDisconnected is looked after, and given up after iceFailed more.
	iceDisconnected = 5 * time.Second
	iceFailed       = 10 * time.Second
	iceKeepAlive    = 2 * time.Second
	// firstPacket bounds how long a TCP connection may stay silent.
	firstPacket = 10 * time.Second
)

// media holds the sockets that all sessions share, and one WebRTC API a codec.
type media struct {
	udp  ice.UDPMux
	tcp  ice.TCPMux
	apis map[string]*webrtc.API
}

// newMedia opens the media's UDP port beside the page's TCP port, whose listener already tells media connections from HTTP.
func newMedia(config Config, tcp net.Listener) (*media, error) {
	logs := pionLogs{config.Logger}
	addr, ok := tcp.Addr().(*net.TCPAddr)
	if !ok {
		return nil, fmt.Errorf("streaming: listener has address %v, want TCP", tcp.Addr())
	}
	m := &media{apis: map[string]*webrtc.API{}}
	if addr.IP.IsUnspecified() {
		mux, err := ice.NewMultiUDPMuxFromPort(addr.Port, ice.UDPMuxFromPortWithLoopback(),
			ice.UDPMuxFromPortWithIPFilter(usable), ice.UDPMuxFromPortWithLogger(logs.NewLogger("ice-udp")))
		if err != nil {
			return nil, err
		}
		m.udp = mux
	} else {
		conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: addr.IP, Port: addr.Port, Zone: addr.Zone})
		if err != nil {
			return nil, err
		}
		m.udp = ice.NewUDPMuxDefault(ice.UDPMuxParams{Logger: logs.NewLogger("ice-udp"), UDPConn: conn})
	}
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
	settings.DisableActiveTCP(true)
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetIPFilter(usable)
	// Browsers hide their addresses behind .local names. The peer finds us by our addresses, so nothing is to be resolved.
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	settings.SetICETimeouts(iceDisconnected, iceFailed, iceKeepAlive)
	for _, codec := range []string{CodecVP8, CodecH264} {
		api, err := newAPI(codec, settings, logs)
		if err != nil {
			return nil, errors.Join(err, m.close())
		}
		m.apis[codec] = api
	}
	return m, nil
}

// usable leaves out addresses that no candidate may name.
func usable(ip net.IP) bool {
	a, ok := netip.AddrFromSlice(ip)
	return ok && !a.Unmap().IsLinkLocalUnicast()
}

// newAPI makes an API that knows one codec, so that an answer never picks another than the stream has.
func newAPI(codec string, settings webrtc.SettingEngine, logs pionLogs) (*webrtc.API, error) {
	engine := &webrtc.MediaEngine{}
	for _, c := range codecParameters(codec) {
		if err := engine.RegisterCodec(c, webrtc.RTPCodecTypeVideo); err != nil {
			return nil, fmt.Errorf("streaming: register %s: %w", codec, err)
		}
	}
	// Players may offer audio beside video. An answer that refused the first section would carry the candidates there, where no
	// peer looks for them; one that knows the codec keeps the section and sends nothing in it.
	opus := webrtc.RTPCodecParameters{
		PayloadType:        111,
		RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2},
	}
	if err := engine.RegisterCodec(opus, webrtc.RTPCodecTypeAudio); err != nil {
		return nil, fmt.Errorf("streaming: register audio: %w", err)
	}
	err := engine.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: playoutDelayURI}, webrtc.RTPCodecTypeVideo)
	if err != nil {
		return nil, fmt.Errorf("streaming: register playout delay: %w", err)
	}
	registry := &interceptor.Registry{}
	if err := webrtc.RegisterDefaultInterceptorsWithOptions(engine, registry, webrtc.WithInterceptorLoggerFactory(logs)); err != nil {
		return nil, fmt.Errorf("streaming: interceptors: %w", err)
	}
	return webrtc.NewAPI(webrtc.WithSettingEngine(settings), webrtc.WithMediaEngine(engine), webrtc.WithInterceptorRegistry(registry)), nil
}

// trackCodec is what a track says of its codec: the variant to prefer where the peer knows several.
func trackCodec(codec string) webrtc.RTPCodecCapability {
	return codecParameters(codec)[0].RTPCodecCapability
}

// codecParameters are a codec's variants that browsers know, each with its retransmission.
func codecParameters(codec string) []webrtc.RTPCodecParameters {
	variants := []string{""}
	if codec == CodecH264 {
		// Constrained baseline, baseline, main and high: a decoder of one plays the streams of those before it.
		variants = nil
		for _, profile := range []string{"42e01f", "42001f", "4d001f", "64001f"} {
			variants = append(variants, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id="+profile)
		}
	}
	var all []webrtc.RTPCodecParameters
	for i, fmtp := range variants {
		media, again := webrtc.PayloadType(96+2*i), webrtc.PayloadType(97+2*i)
		all = append(all, webrtc.RTPCodecParameters{
			PayloadType: media,
			RTPCodecCapability: webrtc.RTPCodecCapability{
				MimeType: codec, ClockRate: clockRate, SDPFmtpLine: fmtp,
				RTCPFeedback: []webrtc.RTCPFeedback{{Type: "nack"}, {Type: "nack", Parameter: "pli"}, {Type: "ccm", Parameter: "fir"}},
			},
		}, webrtc.RTPCodecParameters{
			PayloadType: again,
			RTPCodecCapability: webrtc.RTPCodecCapability{
				MimeType: webrtc.MimeTypeRTX, ClockRate: clockRate, SDPFmtpLine: fmt.Sprintf("apt=%d", media),
			},
		})
	}
	return all
}

func (m *media) close() error { return errors.Join(m.udp.Close(), m.tcp.Close()) }
