package streaming

import (
	"net/http"
	"slices"
	"strings"

	"github.com/pion/stun/v4"
	"github.com/pion/webrtc/v4"
)

// linkedServersMost bounds how many STUN and TURN servers another server may tell us of: each is knocked at.
const linkedServersMost = 8

// webLink is one link of a Link header, RFC 8288 section 3.
type webLink struct {
	target string
	params map[string]string // by name in small letters; of those with the same name the first
}

// linkedServers are the STUN and TURN servers that another server tells of, RFC 9725 section 4.6. What cannot be used is left out.
func linkedServers(h http.Header) []webrtc.ICEServer {
	var all []webrtc.ICEServer
	for _, line := range h.Values("Link") {
		for len(all) < linkedServersMost {
			l, rest, ok := cutLink(line)
			if !ok {
				break
			}
			line = rest
			if !slices.Contains(strings.Fields(strings.ToLower(l.params["rel"])), "ice-server") {
				continue
			}
			u, err := stun.ParseURI(l.target)
			name, credential := l.params["username"], l.params["credential"]
			isTURN := err == nil && (u.Scheme == stun.SchemeTypeTURN || u.Scheme == stun.SchemeTypeTURNS)
			if err != nil || isTURN && (name == "" || credential == "") {
				continue
			}
			s := webrtc.ICEServer{URLs: []string{l.target}}
			if isTURN {
				s.Username, s.Credential = name, credential
			}
			all = append(all, s)
		}
	}
	return all
}

// cutLink cuts the first link off a header's value.
func cutLink(s string) (l webLink, rest string, ok bool) {
	_, s, _ = strings.Cut(s, "<")
	if l.target, s, ok = strings.Cut(s, ">"); !ok {
		return l, "", false
	}
	l.params = map[string]string{}
	for {
		s = strings.TrimLeft(s, " \t")
		if !strings.HasPrefix(s, ";") {
			return l, s, true
		}
		end := strings.IndexAny(s[1:]+",", "=;,") + 1
		name := strings.ToLower(strings.Trim(s[1:end], " \t"))
		value := ""
		if s = s[end:]; strings.HasPrefix(s, "=") {
			value, s = cutValue(strings.TrimLeft(s[1:], " \t"))
		}
		if _, has := l.params[name]; !has {
			l.params[name] = value
		}
	}
}

// cutValue cuts a parameter's value off: a token, or a text in quotation marks in which \ keeps the next character.
func cutValue(s string) (value, rest string) {
	if !strings.HasPrefix(s, `"`) {
		end := strings.IndexAny(s+",", ";,")
		return strings.TrimRight(s[:end], " \t"), s[end:]
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:]
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}
