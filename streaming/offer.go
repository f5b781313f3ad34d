package streaming

import (
	"fmt"
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
	text      string
	ufrag     string // of the bundle's first section
	direction direction
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
	videos, fits := 0, false
	for _, m := range d.MediaDescriptions {
		if o.ufrag == "" {
			if o.ufrag, _ = m.Attribute("ice-ufrag"); o.ufrag == "" {
				o.ufrag, _ = d.Attribute("ice-ufrag")
			}
		}
		if m.MediaName.Media != "video" || !goes(&d, m, way) {
			continue
		}
		videos++
		for _, a := range m.Attributes {
			payload, name, ok := codecName(a)
			if !ok {
				continue
			}
			if strings.EqualFold(name, "H264") && !strings.Contains(parameters(m, payload), "packetization-mode=1") {
				name += " in single packets" // too small for live video, RFC 6184 section 6.2
			}
			if !slices.Contains(offered, name) {
				offered = append(offered, name)
			}
			fits = fits || slices.ContainsFunc(wanted, func(codec string) bool { return strings.EqualFold("video/"+name, codec) })
		}
	}
	switch {
	case len(d.MediaDescriptions) == 0:
		return o, fmt.Errorf("%w: it has no media section; add a video transceiver with direction %s", errOffer, way)
	case o.ufrag == "":
		return o, fmt.Errorf("%w: it has no ice-ufrag", errOffer)
	case way == fromPeer && videos > 1: // RFC 9725 section 4.4.2
		return o, fmt.Errorf("%w: it has %d video sections; send one video", errCodec, videos)
	case !fits && len(offered) == 0:
		return o, fmt.Errorf("%w: it has no video section of that direction; add a video transceiver with direction %s", errCodec, way)
	case !fits:
		return o, fmt.Errorf("%w: the stream is %s, the offer has %s", errCodec, strings.Join(wanted, " or "), strings.Join(offered, ", "))
	}
	return o, nil
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

// goes tells whether a section of the peer's is for video that way. One whose port is 0 is no longer in use, RFC 9143 section 7.2.1, unless
// it only has none of its own.
func goes(d *sdp.SessionDescription, m *sdp.MediaDescription, way direction) bool {
	if _, bundled := m.Attribute("bundle-only"); m.MediaName.Port.Value == 0 && !bundled {
		return false
	}
	for _, has := range []func(string) (string, bool){m.Attribute, d.Attribute} {
		for _, direction := range []string{"sendrecv", "recvonly", "sendonly", "inactive"} {
			if _, ok := has(direction); ok {
				return direction == "sendrecv" || direction == way.String()
			}
		}
	}
	return true // RFC 8866 section 6.7: sendrecv when it says nothing
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
