package pipeline

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstapp"
	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/streaming"
)

// encoded makes n frames with an encoder in gst-launch's language.
func encoded(t *testing.T, n, width, height int, launch string) []EncodedFrame {
	t.Helper()
	gstshim.Init()
	top, err := gst.ParseLaunch(fmt.Sprintf("videotestsrc pattern=ball num-buffers=%d ! video/x-raw,format=I420,width=%d,height=%d,framerate=30/1 ! %s ! appsink name=out sync=false",
		n, width, height, launch))
	require.NoError(t, err)
	pipe := top.(gst.Pipeline)
	pipe.SetState(gst.StatePlaying)
	defer pipe.SetState(gst.StateNull)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var all []EncodedFrame
	PullEncoded(ctx, pipe.GetByName("out").(gstapp.AppSink), func(f EncodedFrame) {
		if all = append(all, f); len(all) == n {
			cancel()
		}
	})
	require.Len(t, all, n)
	return all
}

// sender is a real peer that publishes by WHIP.
type sender struct {
	pc     *webrtc.PeerConnection
	track  *webrtc.TrackLocalStaticSample
	asked  atomic.Int64 // key frames
	silent atomic.Bool  // nothing is sent

	sparing bool // key frames are sent only when asked for
	server  string
	where   string // its session
}

// publish begins to publish frames in a loop, at 30 a second and the next key frame when one is asked for.
func publish(t *testing.T, url, mime string, frames []EncodedFrame) *sender {
	t.Helper()
	return publishAs(t, &sender{}, url, mime, frames)
}

func publishAs(t *testing.T, s *sender, url, mime string, frames []EncodedFrame) *sender {
	t.Helper()
	pc, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	require.NoError(t, err)
	s.pc = pc
	s.track, err = webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: mime}, "video", "camera")
	require.NoError(t, err)
	transceiver, err := pc.AddTransceiverFromTrack(s.track, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
	require.NoError(t, err)
	connected := make(chan struct{})
	var once sync.Once
	pc.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		if state == webrtc.PeerConnectionStateConnected {
			once.Do(func() { close(connected) })
		}
	})
	offer, err := pc.CreateOffer(nil)
	require.NoError(t, err)
	gathered := webrtc.GatheringCompletePromise(pc)
	require.NoError(t, pc.SetLocalDescription(offer))
	<-gathered
	resp, body := post(t, url, pc.LocalDescription().SDP)
	require.Equal(t, http.StatusCreated, resp.StatusCode, body)
	s.server, s.where = url[:strings.Index(url, "/whip/")], resp.Header.Get("Location")
	require.NoError(t, pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: body}))
	var running sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	keys := make(chan struct{}, 1)
	running.Go(func() {
		for {
			packets, _, err := transceiver.Sender().ReadRTCP()
			if err != nil {
				return
			}
			for _, p := range packets {
				if _, ok := p.(*rtcp.PictureLossIndication); ok {
					s.asked.Add(1)
					select {
					case keys <- struct{}{}:
					default:
					}
				}
			}
		}
	})
	running.Go(func() { s.send(ctx, connected, frames, keys) })
	t.Cleanup(func() {
		cancel()
		_ = pc.GracefulClose()
		running.Wait()
	})
	return s
}

func (s *sender) send(ctx context.Context, connected chan struct{}, frames []EncodedFrame, keys chan struct{}) {
	select {
	case <-ctx.Done():
		return
	case <-connected:
	}
	tick := time.NewTicker(time.Second / 30)
	defer tick.Stop()
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if s.silent.Load() {
			continue
		}
		select {
		case <-keys:
			for !frames[i%len(frames)].Key {
				i++
			}
		default:
			if s.sparing && frames[i%len(frames)].Key {
				i++
			}
		}
		_ = s.track.WriteSample(media.Sample{Data: frames[i%len(frames)].Data, Duration: time.Second / 30}) // the peer may have gone
	}
}

// leave ends the session as publishers do.
func (s *sender) leave(t *testing.T) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, s.server+s.where, nil)
	require.NoError(t, err)
	resp, err := client().Do(r)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusOK, resp.StatusCode)
}

func client() *http.Client { return &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} }

func post(t *testing.T, url, sdp string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewBufferString(sdp))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/sdp")
	resp, err := client().Do(r)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp, string(body)
}

// TestPublishersComeAndGo has one source after the other, in other codecs and sizes, on the same stream.
func TestPublishersComeAndGo(t *testing.T) {
	small := encoded(t, 30, 160, 120, "vp8enc deadline=1 keyframe-max-dist=15")
	large := encoded(t, 30, 320, 240, "vp8enc deadline=1 keyframe-max-dist=15")
	o := options("whip://webcam")
	o.Stream.Prompts, o.Stream.Rungs = []string{"a person kicking a ball"}, true
	s := start(t, o)
	st := s.started[0]
	require.Equal(t, []string{s.URL() + "whip/webcam"}, s.PublishURLs())
	r := st.Status()
	require.Equal(t, streaming.StateWaiting, r.State)
	require.Empty(t, r.Error, "nothing has failed")
	require.Equal(t, "/whip/webcam", r.Whip)

	first := publish(t, s.PublishURLs()[0], webrtc.MimeTypeVP8, append(small, large...))
	eventually(t, st, "frames of both sizes and heat", func(r streaming.Status) bool {
		return r.State == streaming.StateRunning && r.FramesIn > 40 && r.Width == 320 && len(r.Prompts) == 1 && r.Prompts[0].Point != nil
	})
	eventually(t, st, "back to the first size", func(r streaming.Status) bool { return r.Width == 160 && r.Height == 120 })
	require.Positive(t, first.asked.Load(), "a key frame was asked for at the start")
	first.leave(t)
	eventually(t, st, "waiting again", func(r streaming.Status) bool { return r.State == streaming.StateWaiting })
	require.Empty(t, st.Status().Error)

	h264, err := pickEncoder("h264", o.Log)
	if err != nil {
		t.Skip(err)
	}
	second := publish(t, s.PublishURLs()[0], webrtc.MimeTypeH264, encoded(t, 30, 256, 144, h264.launch("encoder", 300_000)))
	eventually(t, st, "the second publisher", func(r streaming.Status) bool {
		return r.State == streaming.StateRunning && r.FramesIn > 40 && r.Width == 256
	})
	second.leave(t)
	eventually(t, st, "waiting at the end", func(r streaming.Status) bool { return r.State == streaming.StateWaiting })
}

// TestPublisherGoesOn: a publisher who was silent for so long that the pipeline was given up goes on with frames that refer to those before.
// The next pipeline asks him for a key frame.
func TestPublisherGoesOn(t *testing.T) {
	var log record
	o := options("whip://webcam")
	o.Log = slog.New(slog.NewTextHandler(&log, nil))
	s := start(t, o)
	st := s.started[0]
	p := publishAs(t, &sender{sparing: true}, s.PublishURLs()[0], webrtc.MimeTypeVP8, encoded(t, 30, 160, 120, "vp8enc deadline=1 keyframe-max-dist=1000"))
	running := func(r streaming.Status) bool {
		return r.State == streaming.StateRunning && r.FPS > 5 && r.FramesIn > 40
	}
	eventually(t, st, "frames", running)
	p.silent.Store(true)
	eventually(t, st, "the silence", func(r streaming.Status) bool { return r.State == streaming.StateFailed })
	asked := p.asked.Load()
	p.silent.Store(false)
	eventually(t, st, "frames again", running)
	require.Greater(t, p.asked.Load(), asked)
	require.LessOrEqual(t, strings.Count(log.String(), "trying again"), 2, "not by chance, after many attempts")
}

// TestFeedBeginsWithAKeyFrame: what waits of the time before a pipeline began is of no use to it.
func TestFeedBeginsWithAKeyFrame(t *testing.T) {
	asked := 0
	p := newPublisher(streaming.CodecVP8, func() { asked++ })
	for i := range 6 {
		p.take(streaming.IngestFrame{Key: i == 3, PTS: time.Duration(i)})
	}
	close(p.frames)
	var got []time.Duration
	require.ErrorIs(t, p.feed(t.Context(), func(f streaming.IngestFrame) bool { got = append(got, f.PTS); return true }), errLeft)
	require.Equal(t, []time.Duration{3, 4, 5}, got)
	require.Zero(t, asked, "the stream asks when it begins")
}
