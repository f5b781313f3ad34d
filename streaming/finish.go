package streaming

import (
	"cmp"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// finish makes of a description by pion what goes to the peer. The candidates stand in the first section that is in use, without those of
// the component that rtcp-mux does away with, and in order: some clients take the first one and no other (FFmpeg 8.0). to is this machine's
// address that the peer found, if that is known. Unless the peer knows BUNDLE, no group is named.
//
// pion also leaves out what WHIP and WHEP ask for (RFC 9725 section 4.4.1): rtcp-mux-only, in answers too, although RFC 8858 has it in offers
// only.
func finish(description string, bundled bool, to netip.Addr) string {
	var lines []string
	var candidates []ownCandidate
	at, inUse, complete := -1, false, false
	for line := range strings.SplitSeq(strings.TrimSuffix(description, "\r\n"), "\r\n") {
		candidate, isCandidate := strings.CutPrefix(line, "a=candidate:")
		switch {
		case isCandidate:
			if c := readOwnCandidate(line, candidate); c.component == "1" {
				candidates = append(candidates, c)
			}
			continue
		case line == "a=end-of-candidates":
			complete = true
			continue
		case !bundled && strings.HasPrefix(line, "a=group:BUNDLE"):
			continue
		case strings.HasPrefix(line, "m="):
			if inUse && at < 0 {
				at = len(lines)
			}
			inUse = !strings.HasPrefix(line[strings.IndexByte(line, ' ')+1:], "0 ")
		}
		lines = append(lines, line)
		if line == "a=rtcp-mux" {
			lines = append(lines, "a=rtcp-mux-only")
		}
	}
	if inUse && at < 0 {
		at = len(lines)
	}
	if at >= 0 {
		slices.SortStableFunc(candidates, func(a, b ownCandidate) int { return a.compare(b, to) })
		var more []string
		for _, c := range candidates {
			more = append(more, c.line)
		}
		if complete {
			more = append(more, "a=end-of-candidates")
		}
		lines = slices.Insert(lines, at, more...)
	}
	return strings.Join(lines, "\r\n") + "\r\n"
}

// ownCandidate is a candidate line of ours.
type ownCandidate struct {
	line      string
	component string
	priority  uint64
	addr      netip.Addr
}

// readOwnCandidate reads "foundation component transport priority address …", RFC 8839 section 5.1, which pion has written.
func readOwnCandidate(line, value string) ownCandidate {
	c := ownCandidate{line: line}
	if fields := strings.Fields(value); len(fields) > 4 {
		c.component = fields[1]
		c.priority, _ = strconv.ParseUint(fields[3], 10, 32)
		c.addr, _ = netip.ParseAddr(fields[4])
	}
	return c
}

// compare orders candidates: the address that the peer found already, then those that it may find, each by priority, and in the same order
// every time.
func (c ownCandidate) compare(other ownCandidate, to netip.Addr) int {
	rank := func(c ownCandidate) int {
		switch {
		case c.addr == to:
			return 0
		case c.addr.IsLoopback() && !to.IsLoopback(): // of use to nobody but this machine's own peers
			return 2
		}
		return 1
	}
	family := func(c ownCandidate) int {
		if c.addr.Is4() == (to.Is4() || !to.IsValid()) {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(rank(c), rank(other)), cmp.Compare(other.priority, c.priority), cmp.Compare(family(c), family(other)),
		c.addr.Compare(other.addr))
}

// cameTo is this machine's address as the client that sends a request knows it: the one that it names, or the one that the request came to.
// It is zero behind a proxy on this machine, which does not tell.
func cameTo(r *http.Request) netip.Addr {
	host := hostOf(r)
	if a, err := netip.ParseAddr(host); err == nil {
		return a.Unmap().WithZone("")
	}
	local, ok := localAddr(r)
	if !ok || local.IsLoopback() && !strings.EqualFold(host, "localhost") {
		return netip.Addr{}
	}
	return local
}
