package streaming

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/pion/sdp/v3"
)

// maxSections bounds an offer's media sections, and offerCandidates its candidates: each costs work.
const (
	maxSections     = 32
	offerCandidates = 128
)

// direction is which way video goes in a session.
type direction int

const (
	toPeer   direction = iota // WHEP
	fromPeer                  // WHIP
)

// offer is a client's SDP offer, read as far as is needed.
type offer struct {
	text      string // as narrow makes it: with the one video that is taken
	ufrag     string // of the section that has the transport's lines
	bundled   bool   // the client knows BUNDLE: so does the answer
	direction direction
	to        netip.Addr // this machine's address that it came to; zero: not known
	from      netip.Prefix
}

// parseOffer reads an offer and checks that it has a place for a video of one of the codecs. Errors wrap errOffer or errCodec.
func parseOffer(text string, way direction, wanted ...string) (offer, error) {
	o := offer{text: text, direction: way}
	var d sdp.SessionDescription
	if err := d.UnmarshalString(text); err != nil {
		return o, fmt.Errorf("%w: not SDP: %w", errOffer, err)
	}
	if len(d.MediaDescriptions) > maxSections || candidates(&d) > offerCandidates {
		return o, fmt.Errorf("%w: more than %d media sections or %d candidates", errOffer, maxSections, offerCandidates)
	}
	var offered []string
	videos, taken := 0, -1
	for i, m := range d.MediaDescriptions {
		if m.MediaName.Media != "video" || !goes(&d, m, way) {
			continue
		}
		videos++
		names, fits := offeredCodecs(m, wanted)
		for _, name := range names {
			if !slices.Contains(offered, name) {
				offered = append(offered, name)
			}
		}
		if fits && taken < 0 {
			taken = i
		}
	}
	switch {
	case len(d.MediaDescriptions) == 0:
		return o, fmt.Errorf("%w: it has no media section; add a video transceiver with direction %s", errOffer, way)
	case way == fromPeer && videos > 1: // RFC 9725 section 4.4.2
		return o, fmt.Errorf("%w: it has %d video sections; send one video", errCodec, videos)
	case taken < 0 && len(offered) == 0:
		return o, fmt.Errorf("%w: it has no video section of that direction; add a video transceiver with direction %s", errCodec, way)
	case taken < 0:
		return o, fmt.Errorf("%w: the stream is %s, the offer has %s", errCodec, strings.Join(wanted, " or "), strings.Join(offered, ", "))
	}
	return o, o.narrow(&d, taken, wanted)
}

// offeredCodecs are the video codecs of a section, and whether one of those wanted is among them.
func offeredCodecs(m *sdp.MediaDescription, wanted []string) (names []string, fits bool) {
	for _, a := range m.Attributes {
		payload, name, ok := codecName(a)
		if !ok {
			continue
		}
		if strings.EqualFold(name, "H264") && !strings.Contains(parameters(m, payload), "packetization-mode=1") {
			name += " in single packets" // too small for live video, RFC 6184 section 6.2
		}
		names = append(names, name)
		fits = fits || slices.ContainsFunc(wanted, func(codec string) bool { return strings.EqualFold("video/"+name, codec) })
	}
	return names, fits
}

// String is the peer's direction in SDP.
func (way direction) String() string {
	if way == toPeer {
		return "recvonly"
	}
	return "sendonly"
}

// answered is our own direction in SDP.
func (way direction) answered() string {
	if way == toPeer {
		return "sendonly"
	}
	return "recvonly"
}

// candidates is how many a description has, wherever they stand. They are counted as the parser finds them, for it knows more ends of a line
// than RFC 8866 does.
func candidates(d *sdp.SessionDescription) int {
	n := 0
	count := func(all []sdp.Attribute) {
		for _, a := range all {
			if a.Key == "candidate" {
				n++
			}
		}
	}
	count(d.Attributes)
	for _, m := range d.MediaDescriptions {
		count(m.Attributes)
	}
	return n
}

// codecName reads "96 VP8/90000".
func codecName(a sdp.Attribute) (payload, name string, ok bool) {
	if a.Key != "rtpmap" {
		return "", "", false
	}
	payload, codec, _ := strings.Cut(a.Value, " ")
	name, _, ok = strings.Cut(codec, "/")
	return payload, name, ok && name != "rtx" && name != "red" && name != "ulpfec" && name != "flexfec-03"
}

// parameters are the format parameters of a payload type.
func parameters(m *sdp.MediaDescription, payload string) string {
	for _, a := range m.Attributes {
		if value, ok := strings.CutPrefix(a.Value, payload+" "); ok && a.Key == "fmtp" {
			return value
		}
	}
	return ""
}

// checkAnswer finds out whether video goes that way by the answer: the peer may know the codec, but none of its variants.
func checkAnswer(text string, way direction) error {
	var d sdp.SessionDescription
	if err := d.UnmarshalString(text); err != nil {
		return fmt.Errorf("own answer: %w", err)
	}
	for _, m := range d.MediaDescriptions {
		_, one := m.Attribute(way.answered())
		_, both := m.Attribute("sendrecv")
		if m.MediaName.Media == "video" && m.MediaName.Port.Value != 0 && (one || both) {
			return nil
		}
	}
	return fmt.Errorf("%w: no variant of the codec suits both sides", errCodec)
}
