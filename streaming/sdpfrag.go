package streaming

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// errFragment means that a trickled body is not one: status 400.
var errFragment = errors.New("bad sdpfrag")

// maxCandidates bounds the candidates of one fragment, and those that come late to one ICE session.
const maxCandidates = 64

// fragment is the body of application/trickle-ice-sdpfrag (RFC 8840): candidates, or the credentials of an ICE restart.
type fragment struct {
	ufrag, pwd string
	candidates []candidate
	end        bool // no candidate will follow
}

// candidate is one candidate line, without its "a=", and the section it stands in.
type candidate struct {
	line string
	mid  string
}

// parseFragment reads a fragment. It takes LF for CRLF, as browsers' pages often send. Unknown lines are passed over.
func parseFragment(text string) (fragment, error) {
	var f fragment
	mid := ""
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSuffix(line, "\r")
		if line == "" {
			continue
		}
		if len(line) < 2 || line[1] != '=' {
			return fragment{}, fmt.Errorf("%w: line %d is not type=value", errFragment, n+1)
		}
		if line[0] == 'm' {
			mid = ""
			continue
		}
		if line[0] != 'a' {
			continue
		}
		key, value, _ := strings.Cut(line[2:], ":")
		switch key {
		case "ice-ufrag":
			if err := f.set(&f.ufrag, value, 4); err != nil {
				return fragment{}, fmt.Errorf("line %d: %w", n+1, err)
			}
		case "ice-pwd":
			if err := f.set(&f.pwd, value, 22); err != nil {
				return fragment{}, fmt.Errorf("line %d: %w", n+1, err)
			}
		case "mid":
			mid = value
		case "candidate":
			if len(f.candidates) == maxCandidates {
				return fragment{}, fmt.Errorf("%w: more than %d candidates", errFragment, maxCandidates)
			}
			if !wellFormed(value) {
				return fragment{}, fmt.Errorf("%w: line %d is no candidate", errFragment, n+1)
			}
			f.candidates = append(f.candidates, candidate{line: line[2:], mid: mid})
		case "end-of-candidates":
			f.end = true
		}
	}
	if len(f.candidates) == 0 && !f.end && f.ufrag == "" {
		return fragment{}, fmt.Errorf("%w: it has no candidate and no ice-ufrag", errFragment)
	}
	return f, nil
}

// wellFormed tells whether a candidate has its fields, RFC 8839 section 5.1: foundation, component, transport, priority, address, port, type.
func wellFormed(candidate string) bool {
	fields := strings.Fields(candidate)
	if len(fields) < 8 || fields[6] != "typ" {
		return false
	}
	for i, bits := range map[int]int{1: 16, 3: 32, 5: 16} {
		if _, err := strconv.ParseUint(fields[i], 10, bits); err != nil {
			return false
		}
	}
	return true
}

// set takes credentials, which may be repeated in each section but not differ. least is the length RFC 8839 asks for.
func (f *fragment) set(field *string, value string, least int) error {
	if len(value) < least || len(value) > 256 {
		return fmt.Errorf("%w: ICE credentials have %d to 256 characters", errFragment, least)
	}
	for _, c := range []byte(value) {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '+' && c != '/' {
			return fmt.Errorf("%w: ICE credentials have letters, digits, '+' and '/' only", errFragment)
		}
	}
	if *field != "" && *field != value {
		return fmt.Errorf("%w: sections with different ICE credentials", errFragment)
	}
	*field = value
	return nil
}
