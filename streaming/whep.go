package streaming

import (
	"log/slog"
	"net/http"
)

// Content types of WHEP.
const (
	typeSDP      = "application/sdp"
	typeFragment = "application/trickle-ice-sdpfrag"
)

// whepOffer is POST /whep/{stream}: a viewer's offer in, 201 and the answer out. ?overlay= says which picture he wants.
func (s *Server) whepOffer(w http.ResponseWriter, r *http.Request) error {
	st, err := s.pathStream(r)
	if err != nil {
		return err
	}
	o, err := s.readOffer(w, r, toPeer, st.options.Codec)
	if err != nil {
		return err
	}
	wish := r.URL.Query().Get("overlay")
	out := st.choose(wish)
	if out == nil {
		return failf(http.StatusNotAcceptable, "stream %s has no picture for overlay=%s; leave it out, or use one of %s, %s and %s",
			st.options.Name, wish, OverlayBurned, OverlayNone, OverlayClient)
	}
	if !out.ready() {
		w.Header().Set("Retry-After", "1")
		if status := st.status(); status.Error != "" {
			return failf(http.StatusConflict, "stream %s is not ready: %s", status.Name, status.Error)
		}
		return failf(http.StatusConflict, "stream %s has no picture yet; try again in a second", st.options.Name)
	}
	return s.answerOffer(w, r, "/whep/"+st.options.Name, o, st.sessions, st.log, func(log *slog.Logger) (role, error) {
		return newWatching(out, wish, asker(r), log)
	})
}
