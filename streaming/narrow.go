package streaming

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pion/sdp/v3"
)

// narrow makes an offer that pion answers as it is meant: the answer takes the video of one section, and promises nothing for the others.
//
// For viewers the other sections become inactive, since nothing is ever sent in them. Those of publishers stay as far as the peer sends
// there: clients that wait until their sound is taken would stop their video, too. A section that asks for both ways gets the one that there
// is.
//
// pion answers each section outside a BUNDLE group by port 0. Where the video is in none it gets one of its own here, which the answer does
// not name (RFC 9143 section 7.3: only groups that were offered), and the sections with transports of their own are refused. A group keeps
// the sections that there are, since FFmpeg 8.0 names one that it has not got, and of those the ones whose codecs are known: pion would take
// the transport of a section that it refuses.
func (o *offer) narrow(d *sdp.SessionDescription, taken int, wanted []string) error {
	mid, _ := d.MediaDescriptions[taken].Attribute("mid")
	if mid == "" {
		return fmt.Errorf("%w: its video section has no a=mid", errOffer)
	}
	mids := bundleOf(d, mid, wanted)
	if o.bundled = mids != nil; !o.bundled {
		mids = []string{mid}
	}
	if o.ufrag = iceUser(d, mids[0]); o.ufrag == "" {
		return fmt.Errorf("%w: it has no ice-ufrag", errOffer)
	}
	d.Attributes = slices.DeleteFunc(d.Attributes, func(a sdp.Attribute) bool { return a.Key == "group" })
	d.WithValueAttribute("group", "BUNDLE "+strings.Join(mids, " "))
	for i, m := range d.MediaDescriptions {
		if m.MediaName.Media != "video" && m.MediaName.Media != "audio" {
			continue
		}
		way := "inactive"
		if i == taken || o.direction == fromPeer && goes(d, m, fromPeer) {
			way = o.direction.String()
		}
		m.Attributes = slices.DeleteFunc(m.Attributes, isDirection)
		m.WithPropertyAttribute(way)
	}
	text, err := d.Marshal()
	if err != nil {
		return fmt.Errorf("%w: %w", errOffer, err)
	}
	o.text = string(text)
	return nil
}

// bundleOf are the sections in use and of known codecs that share a transport with the one of that mid, the one that carries its lines first;
// nil: the offer has no BUNDLE group (RFC 9143) with it.
func bundleOf(d *sdp.SessionDescription, mid string, wanted []string) []string {
	for _, a := range d.Attributes {
		fields := strings.Fields(a.Value)
		if a.Key != "group" || len(fields) == 0 || fields[0] != "BUNDLE" || !slices.Contains(fields[1:], mid) {
			continue
		}
		return slices.DeleteFunc(fields[1:], func(mid string) bool {
			return !slices.ContainsFunc(d.MediaDescriptions, func(m *sdp.MediaDescription) bool {
				id, _ := m.Attribute("mid")
				return id == mid && inUse(m) && isKnown(m, wanted)
			})
		})
	}
	return nil
}

// iceUser is the ICE user of the section with that mid: the one that pion takes.
func iceUser(d *sdp.SessionDescription, mid string) string {
	if user, ok := d.Attribute("ice-ufrag"); ok {
		return user
	}
	for _, m := range d.MediaDescriptions {
		if id, _ := m.Attribute("mid"); id == mid {
			user, _ := m.Attribute("ice-ufrag")
			return user
		}
	}
	return ""
}

// inUse tells whether a section is: one whose port is 0 is not, RFC 9143 section 7.2.1, unless it only has none of its own.
func inUse(m *sdp.MediaDescription) bool {
	_, bundled := m.Attribute("bundle-only")
	return m.MediaName.Port.Value != 0 || bundled
}

// isKnown tells whether a section has a codec that pion has been told of; wanted are those of videos.
func isKnown(m *sdp.MediaDescription, wanted []string) bool {
	switch m.MediaName.Media {
	case "video":
		_, fits := offeredCodecs(m, wanted)
		return fits
	case "audio":
		return slices.ContainsFunc(m.Attributes, func(a sdp.Attribute) bool {
			_, name, _ := codecName(a)
			return strings.EqualFold(name, "opus")
		})
	}
	return true
}

// isDirection tells the attributes of RFC 8866 section 6.7.
func isDirection(a sdp.Attribute) bool {
	return a.Key == "sendrecv" || a.Key == "recvonly" || a.Key == "sendonly" || a.Key == "inactive"
}

// goes tells whether media of a section of the peer's may go that way.
func goes(d *sdp.SessionDescription, m *sdp.MediaDescription, way direction) bool {
	if !inUse(m) {
		return false
	}
	for _, attributes := range [][]sdp.Attribute{m.Attributes, d.Attributes} {
		if i := slices.IndexFunc(attributes, isDirection); i >= 0 {
			return attributes[i].Key == "sendrecv" || attributes[i].Key == way.String()
		}
	}
	return true // RFC 8866 section 6.7: sendrecv when it says nothing
}
