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
	if status := st.status(); !out.ready(status.State) {
		return notReady(w, status)
	}
	return s.answerOffer(w, r, "/whep/"+st.options.Name, o, st.sessions, nil, st.log, func(log *slog.Logger) (role, error) {
		return newWatching(out, wish, asker(r), log)
	})
}

// notReady refuses a viewer while there is no live picture, draft-ietf-wish-whep, "Playback session set up". Where one is on its way, he may
// ask again in a second; where somebody has to do something first, less often.
func notReady(w http.ResponseWriter, status Status) error {
	again, why := "5", "it has no picture"
	switch status.State {
	case StateStarting, StateRunning, StateDegraded:
		again, why = "1", "it has no picture yet"
	case StateWaiting:
		why = "nobody publishes it"
	case StateFailed:
		why = "its source has failed"
	case StateEnded:
		why = "it has ended"
	}
	if status.Error != "" {
		why += ": " + status.Error
	}
	w.Header().Set("Retry-After", again)
	return failf(http.StatusConflict, "stream %s is not ready: %s; try again after %s s", status.Name, why, again)
}
