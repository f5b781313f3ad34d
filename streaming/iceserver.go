package streaming

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/pion/stun/v4"
	"github.com/pion/turn/v5"
)

// DefaultCredentialLife is how long a viewer's TURN credentials are good for.
const DefaultCredentialLife = 10 * time.Minute

// ICEServer is a STUN or TURN server that viewers are told of, RFC 9725 section 4.6.
type ICEServer struct {
	URLs []string // such as "stun:stun.example:3478" and "turns:turn.example:443?transport=tcp"
	// Secret is shared with a TURN server that takes short-lived credentials made from it (coturn: use-auth-secret): each viewer gets
	// his own. Otherwise Username and Credential are told to everybody.
	Secret               string
	Username, Credential string
	// Life is how long credentials made from Secret are good for; 0: 10 minutes.
	Life time.Duration
}

func (s ICEServer) check() error {
	if len(s.URLs) == 0 {
		return fmt.Errorf("%w: an ICE server has no address", ErrConfig)
	}
	for _, text := range s.URLs {
		u, err := stun.ParseURI(text)
		if err != nil || strings.ContainsAny(text, `<>"\ `) {
			return fmt.Errorf("%w: ICE server %q: write it as stun:host:port or turn:host:port", ErrConfig, text)
		}
		isTURN := u.Scheme == stun.SchemeTypeTURN || u.Scheme == stun.SchemeTypeTURNS
		if isTURN && s.Secret == "" && (s.Username == "" || s.Credential == "") {
			return fmt.Errorf("%w: ICE server %q: a TURN server needs a secret, or user name and credential", ErrConfig, text)
		}
	}
	return nil
}

// link adds the server to a reply's Link headers. user names the viewer to the TURN server.
func (s ICEServer) link(h http.Header, user string) error {
	name, credential := s.Username, s.Credential
	if s.Secret != "" {
		life := s.Life
		if life == 0 {
			life = DefaultCredentialLife
		}
		var err error
		if name, credential, err = turn.GenerateLongTermTURNRESTCredentials(s.Secret, user, life); err != nil {
			return fmt.Errorf("TURN credentials: %w", err)
		}
	}
	quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace
	for _, u := range s.URLs {
		value := "<" + u + `>; rel="ice-server"`
		if strings.HasPrefix(u, "turn") {
			value += fmt.Sprintf(`; username="%s"; credential="%s"; credential-type="password"`, quote(name), quote(credential))
		}
		h.Add("Link", value)
	}
	return nil
}

// linkICE tells a viewer of all ICE servers.
func (s *Server) linkICE(h http.Header, user string) error {
	servers := s.config.ICEServers
	if s.relay != nil {
		servers = append(slices.Clip(servers), s.relay.server)
	}
	for _, server := range servers {
		if err := server.link(h, user); err != nil {
			return err
		}
	}
	return nil
}
