package pipeline

import (
	"context"
	"sync"
	"testing"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstapp"
	"github.com/pion/rtp"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/streaming"
)

// rtspVideo is what a camera sends.
type rtspVideo struct {
	format format.Format
	launch string            // encoder and payloader in gst-launch's language
	packet func(*rtp.Packet) // sees each packet; may be nil
}

func vp8Video() rtspVideo {
	return rtspVideo{format: &format.VP8{PayloadTyp: 96}, launch: "vp8enc deadline=1 keyframe-max-dist=15 ! rtpvp8pay pt=96"}
}

// rtspCamera is a real RTSP server that sends one video to whoever asks.
type rtspCamera struct {
	server *gortsplib.Server
	ready  chan struct{} // closed when stream is there: clients may be faster
	stream *gortsplib.ServerStream
	cancel context.CancelFunc
	done   sync.WaitGroup
	pipe   gst.Pipeline
}

func startCamera(t *testing.T, addr string, video rtspVideo) *rtspCamera {
	t.Helper()
	gstshim.Init()
	media := &description.Media{Type: description.MediaTypeVideo, Formats: []format.Format{video.format}}
	c := &rtspCamera{ready: make(chan struct{})}
	c.server = &gortsplib.Server{Handler: c, RTSPAddress: addr}
	require.NoError(t, c.server.Start())
	c.stream = &gortsplib.ServerStream{Server: c.server, Desc: &description.Session{Medias: []*description.Media{media}}}
	require.NoError(t, c.stream.Initialize())
	close(c.ready)
	top, err := gst.ParseLaunch("videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=30/1 ! " +
		video.launch + " ! appsink name=rtp max-buffers=500")
	require.NoError(t, err)
	c.pipe = top.(gst.Pipeline)
	c.pipe.SetState(gst.StatePlaying)
	sink := c.pipe.GetByName("rtp").(gstapp.AppSink)
	ctx, cancel := context.WithCancel(context.Background())
	c.cancel = cancel
	c.done.Go(func() { c.send(ctx, sink, media, video.packet) })
	return c
}

func (c *rtspCamera) send(ctx context.Context, sink gstapp.AppSink, media *description.Media, packet func(*rtp.Packet)) {
	for ctx.Err() == nil {
		sample := sink.TryPullSample(100 * gst.Millisecond)
		if sample == nil {
			continue
		}
		if info, ok := sample.GetBuffer().Map(gst.MapRead); ok {
			var p rtp.Packet
			if p.Unmarshal(append([]byte(nil), info.Data()...)) == nil {
				if packet != nil {
					packet(&p)
				}
				_ = c.stream.WritePacketRTP(media, &p) // nobody watches yet, or no longer
			}
			info.Unmap()
		}
		gst.UnsafeSampleUnref(sample)
	}
}

// close pulls the camera's plug.
func (c *rtspCamera) close() {
	c.cancel()
	c.done.Wait()
	c.pipe.SetState(gst.StateNull)
	c.stream.Close()
	c.server.Close()
}

func (c *rtspCamera) OnDescribe(*gortsplib.ServerHandlerOnDescribeCtx) (*base.Response, *gortsplib.ServerStream, error) {
	<-c.ready
	return &base.Response{StatusCode: base.StatusOK}, c.stream, nil
}

func (c *rtspCamera) OnSetup(*gortsplib.ServerHandlerOnSetupCtx) (*base.Response, *gortsplib.ServerStream, error) {
	<-c.ready
	return &base.Response{StatusCode: base.StatusOK}, c.stream, nil
}

func (c *rtspCamera) OnPlay(*gortsplib.ServerHandlerOnPlayCtx) (*base.Response, error) {
	return &base.Response{StatusCode: base.StatusOK}, nil
}

// TestRTSPCameraComesBack watches a camera, pulls its plug and puts it back.
func TestRTSPCameraComesBack(t *testing.T) {
	addr := freeAddress(t)
	camera := startCamera(t, addr, vp8Video())
	o := options("rtsp://" + addr + "/door")
	o.Stream.Prompts = []string{"a person kicking a ball"}
	s := start(t, o)
	st := s.started[0]
	eventually(t, st, "frames and heat", func(r streaming.Status) bool {
		return r.State == streaming.StateRunning && r.FramesIn > 30 && len(r.Prompts) == 1 && r.Prompts[0].Point != nil
	})
	camera.close()
	eventually(t, st, "the camera is gone", func(r streaming.Status) bool { return r.State == streaming.StateFailed })
	frames := st.Status().FramesIn
	camera = startCamera(t, addr, vp8Video())
	defer camera.close()
	eventually(t, st, "the camera is back", func(r streaming.Status) bool {
		return r.State == streaming.StateRunning && r.FramesIn > frames+30
	})
}
