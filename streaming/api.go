package streaming

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/videogem/videogem/streaming/auth"
)

const (
	// eventInterval is how often an event stream looks for news.
	eventInterval = 250 * time.Millisecond
	// eventSilence is the longest time without an event: proxies and pages find out that the other side is gone.
	eventSilence = 5 * time.Second
	// eventAlive is sent when there is nothing to say. Scripts do not hear of a comment, which the HTML standard proposes for this.
	eventAlive = "event: alive\ndata:\n\n"
	// eventWrite bounds how long a client may take for one event.
	eventWrite = 10 * time.Second
)

// streamList is the body of GET /api/streams and of its events.
type streamList struct {
	Streams []Status `json:"streams"`
}

// list is what the principal may see.
func (s *Server) list(p *auth.Principal) streamList {
	l := streamList{Streams: []Status{}}
	for _, st := range s.all() {
		if p.May(auth.View, st.options.Name) {
			l.Streams = append(l.Streams, st.status())
		}
	}
	return l
}

func (s *Server) apiStreams(w http.ResponseWriter, r *http.Request) error {
	writeJSON(w, http.StatusOK, s.list(asker(r)))
	return nil
}

func (s *Server) apiStream(w http.ResponseWriter, r *http.Request) error {
	st, err := s.pathStream(r)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, st.status())
	return nil
}

// apiPrompts is PUT /api/streams/{stream}/prompts: all prompts in, the stream's new status out.
func (s *Server) apiPrompts(w http.ResponseWriter, r *http.Request) error {
	st, err := s.pathStream(r)
	if err != nil {
		return err
	}
	body, err := readBody(w, r, "application/json")
	if err != nil {
		return err
	}
	prompts, err := parsePrompts(body)
	if err != nil {
		return failf(http.StatusBadRequest, "%v", err)
	}
	if err := st.options.Control.SetPrompts(r.Context(), prompts); err != nil {
		if errors.Is(err, ErrBadRequest) {
			return failf(http.StatusBadRequest, "%v", err)
		}
		return fmt.Errorf("stream %s: set prompts: %w", st.options.Name, err)
	}
	writeJSON(w, http.StatusOK, st.status())
	return nil
}

// Decomposer is a Control that tells which part of a prompt is the verb and which the object.
type Decomposer interface {
	Decompose(prompt string) (verb, object string)
}

// apiDecompose is GET /api/streams/{stream}/decompose?prompt=…: the prompt's verb and object, empty where it has none.
func (s *Server) apiDecompose(w http.ResponseWriter, r *http.Request) error {
	st, err := s.pathStream(r)
	if err != nil {
		return err
	}
	d, ok := st.options.Control.(Decomposer)
	prompt := r.URL.Query().Get("prompt")
	if !ok || prompt == "" || len(prompt) > ownLength {
		return failf(http.StatusBadRequest, "say ?prompt=, %d bytes at most; some streams' prompts have no parts", ownLength)
	}
	verb, object := d.Decompose(prompt)
	writeJSON(w, http.StatusOK, map[string]string{"verb": verb, "object": object})
	return nil
}

// parsePrompts reads {"prompts": ["…"]}, strictly.
func parsePrompts(body []byte) ([]string, error) {
	var in struct {
		Prompts *[]*string `json:"prompts"`
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	const want = `send {"prompts": ["a person waving"]}`
	if err := d.Decode(&in); err != nil {
		return nil, fmt.Errorf("%s: %w", want, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New(want + " and nothing after it")
	}
	if in.Prompts == nil {
		return nil, errors.New(want)
	}
	prompts := make([]string, len(*in.Prompts))
	for i, p := range *in.Prompts {
		if p == nil {
			return nil, errors.New(want + "; null is no prompt")
		}
		prompts[i] = *p
	}
	return prompts, nil
}

// apiEvents is GET /api/events: the state of all streams whenever it changes. One connection serves a page however many
// streams it shows; browsers allow six to a server.
func (s *Server) apiEvents(w http.ResponseWriter, r *http.Request) error {
	p := asker(r)
	return s.sendEvents(w, r, "streams", func() any { return s.list(p) })
}

// apiStreamEvents is GET /api/streams/{stream}/events: the same of one stream. It ends with the stream.
func (s *Server) apiStreamEvents(w http.ResponseWriter, r *http.Request) error {
	st, err := s.pathStream(r)
	if err != nil {
		return err
	}
	return s.sendEvents(w, r, "status", func() any {
		if s.stream(st.options.Name) != st {
			return nil
		}
		return st.status()
	})
}

// sendEvents sends what look returns, at once and then whenever it has changed, until the client leaves, his token runs out or look
// returns nil.
func (s *Server) sendEvents(w http.ResponseWriter, r *http.Request, name string, look func() any) error {
	if err := s.reserveWatcher(w); err != nil {
		return err
	}
	defer s.watchers.Add(-1)
	c := http.NewResponseController(w)
	if err := c.SetReadDeadline(time.Time{}); err != nil {
		return fmt.Errorf("event stream: %w", err)
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // a proxy in between passes events on at once
	tick := time.NewTicker(eventInterval)
	defer tick.Stop()
	expires := asker(r).Expires
	var last []byte
	var spoke time.Time
	for {
		v := look()
		if v == nil || !expires.IsZero() && time.Now().After(expires) {
			return nil
		}
		b, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("event stream: %w", err)
		}
		var event string
		switch {
		case !bytes.Equal(b, last):
			event = fmt.Sprintf("event: %s\ndata: %s\n\n", name, b)
		case time.Since(spoke) > eventSilence:
			event = eventAlive
		}
		if event != "" {
			last, spoke = b, time.Now()
			if writeEvent(w, c, event) != nil {
				return nil // the client has left
			}
		}
		select {
		case <-r.Context().Done():
			return nil
		case <-tick.C:
		}
	}
}

// reserveWatcher takes one of the places for event streams. A page has one, so that there are enough for all viewers, twice.
func (s *Server) reserveWatcher(w http.ResponseWriter) error {
	if s.watchers.Add(1) <= 2*int64(s.config.MaxSessions) {
		return nil
	}
	s.watchers.Add(-1)
	return whepError(w, errFull)
}

func writeEvent(w io.Writer, c *http.ResponseController, event string) error {
	if err := c.SetWriteDeadline(time.Now().Add(eventWrite)); err != nil {
		return err
	}
	if _, err := io.WriteString(w, event); err != nil {
		return err
	}
	return c.Flush()
}
