package streaming

import (
	"log/slog"
	"net/http"
)

// whipOffer is POST /whip/{stream}: a publisher's offer in, 201 and the answer out.
func (s *Server) whipOffer(w http.ResponseWriter, r *http.Request) error {
	i, err := s.pathIngest(r)
	if err != nil {
		return err
	}
	o, err := s.readOffer(w, r, fromPeer, CodecVP8, CodecH264)
	if err != nil {
		return err
	}
	instead, err := i.makeRoom(r.Context(), o.from, asker(r))
	if err != nil {
		return whepError(w, err)
	}
	log := s.config.Logger.With("ingest", i.options.Name)
	return s.answerOffer(w, r, "/whip/"+i.options.Name, o, i.sessions, instead, log, func(log *slog.Logger) (role, error) {
		return newPublishing(i, log), nil
	})
}
