package live

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/videogem/videogem/pipeline/democam"
	"github.com/videogem/videogem/streaming"
)

// WatchOptions are what Watch looks at.
type WatchOptions struct {
	Server string // address, such as http://127.0.0.1:8080
	Stream string // its name
	Camera democam.Config
	For    time.Duration
}

// Watch notes what a server says of a stream that plays the camera from its start, four times a second, and compares it with the truth.
// Of a look it knows the frame on screen by the heat's frame and how far the video has gone on since.
func Watch(ctx context.Context, o WatchOptions) (*Result, error) {
	ctx, cancel := context.WithTimeout(ctx, o.For+time.Minute)
	defer cancel()
	address := strings.TrimSuffix(o.Server, "/") + "/api/streams/" + url.PathEscape(o.Stream) + "/events"
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", address, response.Status)
	}
	var looks []Look
	var prompts []string
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 1<<20)
	for began := time.Now(); time.Since(began) < o.For && lines.Scan(); {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var s streaming.Status
		if err := json.Unmarshal([]byte(data), &s); err != nil {
			return nil, fmt.Errorf("%s: %w", address, err)
		}
		if s.HeatPTS == 0 || len(s.Prompts) == 0 {
			continue
		}
		l := Look{PTS: s.HeatPTS, At: s.HeatPTS + time.Duration(s.HeatAgeMs*float64(time.Millisecond))}
		var texts []string
		for _, p := range s.Prompts {
			if p.Seen == nil {
				return nil, ErrThreshold
			}
			texts = append(texts, p.Text)
			l.Prompts = append(l.Prompts, Shown{Score: p.Score, Seen: *p.Seen, Point: p.Point})
		}
		if prompts == nil {
			prompts = texts
		}
		if n := len(looks); len(texts) == len(prompts) && (n == 0 || l.At > looks[n-1].At) {
			looks = append(looks, l)
		}
	}
	if err := lines.Err(); err != nil && ctx.Err() == nil {
		return nil, fmt.Errorf("%s: %w", address, err)
	}
	if len(looks) == 0 {
		return nil, fmt.Errorf("%s: nothing was said of any prompt", address)
	}
	t, err := newTruth(ctx, o.Camera, looks)
	if err != nil {
		return nil, err
	}
	return measure(looks, prompts, t), nil
}
