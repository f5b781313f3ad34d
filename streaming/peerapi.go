package streaming

import (
	"fmt"

	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/cc"
	"github.com/pion/interceptor/pkg/gcc"
	"github.com/pion/interceptor/pkg/nack"
	"github.com/pion/interceptor/pkg/report"
	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// leastEstimate is the lowest estimate of a network, bits a second.
const leastEstimate = 50_000

// newViewer makes the connection of a viewer. With a start bitrate his network is watched, and the estimator says what it takes.
func (m *media) newViewer(codec string, start int) (*webrtc.PeerConnection, cc.BandwidthEstimator, error) {
	if start == 0 {
		pc, err := m.plain[codec].NewPeerConnection(webrtc.Configuration{})
		return pc, nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.start, m.made = start, nil
	pc, err := m.adaptive[codec].NewPeerConnection(webrtc.Configuration{})
	return pc, m.made, err
}

// newPublisher makes the connection of a publisher.
func (m *media) newPublisher() (*webrtc.PeerConnection, error) {
	return m.publish.NewPeerConnection(webrtc.Configuration{})
}

// newEstimator makes the estimator of the connection that newViewer is making: Google congestion control over the peer's transport-wide
// feedback (draft-ietf-rmcat-gcc). Frames are not held back for it: they are due.
func (m *media) newEstimator() (cc.BandwidthEstimator, error) {
	e, err := gcc.NewSendSideBWE(gcc.SendSideBWEInitialBitrate(m.start), gcc.SendSideBWEMinBitrate(leastEstimate),
		gcc.SendSideBWEMaxBitrate(4*m.start), gcc.SendSideBWEPacer(&passPacer{attributes: interceptor.Attributes{}}))
	m.made = e
	return e, err
}

// passPacer sends packets as they come, one at a time. Unlike gcc.NoOpPacer it knows that retransmissions go the way of their stream, and
// the estimator need not make attributes for each packet.
type passPacer struct {
	interceptor.RTPWriter
	attributes interceptor.Attributes
}

// AddStream implements gcc.Pacer.
func (p *passPacer) AddStream(_ uint32, w interceptor.RTPWriter) { p.RTPWriter = w }

// SetTargetBitrate implements gcc.Pacer.
func (p *passPacer) SetTargetBitrate(int) {}

// Close implements gcc.Pacer.
func (p *passPacer) Close() error { return nil }

// Write implements interceptor.RTPWriter.
func (p *passPacer) Write(h *rtp.Header, payload []byte, _ interceptor.Attributes) (int, error) {
	return p.RTPWriter.Write(h, payload, p.attributes)
}

// viewerAPI makes an API that knows one codec, so that an answer never picks another than the stream has. It has no interceptors but
// those of an estimator: track numbers, repeats and reports itself.
func viewerAPI(codec string, settings webrtc.SettingEngine, estimator cc.BandwidthEstimatorFactory) (*webrtc.API, error) {
	engine := &webrtc.MediaEngine{}
	if err := register(engine, codecParameters(codec)); err != nil {
		return nil, err
	}
	err := engine.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: playoutDelayURI}, webrtc.RTPCodecTypeVideo)
	if err != nil {
		return nil, fmt.Errorf("streaming: register playout delay: %w", err)
	}
	registry := &interceptor.Registry{}
	if estimator != nil {
		engine.RegisterFeedback(webrtc.RTCPFeedback{Type: webrtc.TypeRTCPFBTransportCC}, webrtc.RTPCodecTypeVideo)
		control, err := cc.NewInterceptor(estimator)
		if err != nil {
			return nil, fmt.Errorf("streaming: congestion control: %w", err)
		}
		registry.Add(control) // before what numbers the packets: the last one added sees them first
		if err := webrtc.ConfigureTWCCHeaderExtensionSender(engine, registry); err != nil {
			return nil, fmt.Errorf("streaming: congestion control: %w", err)
		}
	}
	return webrtc.NewAPI(webrtc.WithSettingEngine(settings), webrtc.WithMediaEngine(engine), webrtc.WithInterceptorRegistry(registry)), nil
}

// publisherAPI makes the API of publishers: it asks for lost packets, and tells what came and when.
func publisherAPI(settings webrtc.SettingEngine, logs pionLogs) (*webrtc.API, error) {
	engine := &webrtc.MediaEngine{}
	all := codecParameters(CodecH264)
	for _, c := range codecParameters(CodecVP8) {
		c.PayloadType += 24 // behind those of H.264
		if c.SDPFmtpLine != "" {
			c.SDPFmtpLine = fmt.Sprintf("apt=%d", c.PayloadType-1)
		}
		all = append(all, c)
	}
	if err := register(engine, all); err != nil {
		return nil, err
	}
	engine.RegisterFeedback(webrtc.RTCPFeedback{Type: webrtc.TypeRTCPFBTransportCC}, webrtc.RTPCodecTypeVideo)
	// The names of encodings and of their retransmissions are for simulcast, RFC 8853.
	for _, uri := range []string{sdp.TransportCCURI, sdp.SDESMidURI, sdp.SDESRTPStreamIDURI, sdp.SDESRepairRTPStreamIDURI} {
		if err := engine.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: uri}, webrtc.RTPCodecTypeVideo); err != nil {
			return nil, fmt.Errorf("streaming: register the header extension %s: %w", uri, err)
		}
	}
	registry := &interceptor.Registry{}
	ask, err := nack.NewGeneratorInterceptor(nack.WithGeneratorLoggerFactory(logs))
	if err != nil {
		return nil, fmt.Errorf("streaming: NACK: %w", err)
	}
	reports, err := report.NewReceiverInterceptor(report.WithReceiverLoggerFactory(logs))
	if err != nil {
		return nil, fmt.Errorf("streaming: reports: %w", err)
	}
	feedback, err := twcc.NewSenderInterceptor(twcc.WithLoggerFactory(logs))
	if err != nil {
		return nil, fmt.Errorf("streaming: transport feedback: %w", err)
	}
	registry.Add(ask)
	registry.Add(reports)
	registry.Add(feedback)
	return webrtc.NewAPI(webrtc.WithSettingEngine(settings), webrtc.WithMediaEngine(engine), webrtc.WithInterceptorRegistry(registry)), nil
}

// register makes the codecs known to an engine, and one for audio. Peers may have audio beside video. An answer that refused the first
// section would carry the candidates there, where no peer looks for them; one that knows the codec keeps the section.
func register(engine *webrtc.MediaEngine, video []webrtc.RTPCodecParameters) error {
	for _, c := range video {
		if err := engine.RegisterCodec(c, webrtc.RTPCodecTypeVideo); err != nil {
			return fmt.Errorf("streaming: register %s: %w", c.MimeType, err)
		}
	}
	opus := webrtc.RTPCodecParameters{
		PayloadType:        111,
		RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2},
	}
	if err := engine.RegisterCodec(opus, webrtc.RTPCodecTypeAudio); err != nil {
		return fmt.Errorf("streaming: register audio: %w", err)
	}
	return nil
}

// trackCodec is what a track says of its codec: the variant to prefer where the peer knows several.
func trackCodec(codec string) webrtc.RTPCodecCapability {
	return codecParameters(codec)[0].RTPCodecCapability
}

// codecParameters are a codec's variants that browsers know, each with its retransmission.
func codecParameters(codec string) []webrtc.RTPCodecParameters {
	variants := []string{""}
	switch codec {
	case CodecVP9:
		variants[0] = "profile-id=0" // 8 bits, 4:2:0; RFC 9628 section 6
	case CodecAV1:
		variants[0] = "level-idx=5;profile=0;tier=0" // up to 1080p; AV1's RTP specification, section 7.2
	case CodecH264:
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
