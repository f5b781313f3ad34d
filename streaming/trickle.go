package streaming

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// init is the candidate as pion has it.
func (c candidate) init() webrtc.ICECandidateInit {
	return webrtc.ICECandidateInit{Candidate: c.line, SDPMid: &c.mid}
}

// renewedBy tells whether a fragment has other credentials than the session's; session.mu is held.
func (s *session) renewedBy(f fragment) bool {
	return f.ufrag != "" && f.pwd != "" && f.ufrag != s.offer.ufrag
}

// trickle adds late candidates; session.mu is held. Those that cannot be used are passed over, RFC 9725 section 4.3.2: the peer will come from
// an address that we then learn. So are those beyond maxCandidates, since each has us knock at an address of the peer's choice.
func (s *session) trickle(f fragment) error {
	if f.ufrag != "" && f.ufrag != s.offer.ufrag {
		return fmt.Errorf("%w: ice-ufrag is not that of the session; to restart ICE send a new ice-pwd, too", errFragment)
	}
	for _, c := range f.candidates {
		if s.trickled >= maxCandidates {
			break
		}
		s.trickled++
		if err := s.link.pc.AddICECandidate(c.init()); err != nil {
			s.log.Debug("candidate passed over", "candidate", c.line, "error", err)
		}
	}
	return nil
}

// restart starts ICE anew with the peer's new credentials and returns ours, with all candidates, as a fragment; to is this machine's address
// that the peer asks. session.mu is held.
func (s *session) restart(ctx context.Context, f fragment, to netip.Addr) (string, error) {
	o := s.offer
	o.text, o.ufrag, o.to = renewed(o.text, f), f.ufrag, to
	answer, err := s.answer(ctx, o)
	if err != nil {
		return "", err
	}
	s.offer = o
	s.version++
	s.trickled = 0
	if err := s.trickle(f); err != nil {
		return "", err
	}
	return localFragment(answer)
}

// renewed is an offer with other credentials and without candidates.
func renewed(text string, f fragment) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line = strings.Trim(line, "\r\n"); line == "" { // the parser skips what it finds of those
			continue
		}
		key, _, _ := strings.Cut(line, ":")
		switch key {
		case "a=ice-ufrag":
			line = key + ":" + f.ufrag
		case "a=ice-pwd":
			line = key + ":" + f.pwd
		case "a=candidate", "a=end-of-candidates":
			continue
		}
		b.WriteString(line + "\r\n")
	}
	return b.String()
}

// localFragment is what a description of ours says about ICE.
func localFragment(description string) (string, error) {
	var d sdp.SessionDescription
	if err := d.UnmarshalString(description); err != nil {
		return "", fmt.Errorf("own description: %w", err)
	}
	var b strings.Builder
	write := func(attributes []sdp.Attribute, keys ...string) {
		for _, a := range attributes {
			if slices.Contains(keys, a.Key) {
				b.WriteString("a=" + a.String() + "\r\n")
			}
		}
	}
	write(d.Attributes, "ice-options", "group") // the same as in the offer or answer, RFC 9725 section 4.3.3
	for _, m := range d.MediaDescriptions {
		if m.MediaName.Port.Value == 0 {
			continue
		}
		b.WriteString("m=" + m.MediaName.String() + "\r\n")
		write(m.Attributes, "mid", "ice-ufrag", "ice-pwd", "rtcp-mux", "rtcp-mux-only", "candidate")
		b.WriteString("a=end-of-candidates\r\n")
		break // all sections are bundled with the first
	}
	return b.String(), nil
}
