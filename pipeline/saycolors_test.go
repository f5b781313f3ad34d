package pipeline

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstapp"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/element/gstshim"
)

// TestEncodersSayTheirColors: what GStreamer's parsers (for VP9 its header's bits) say of the first frame of each codec is BT.601 of limited range. VP8 knows no other.
func TestEncodersSayTheirColors(t *testing.T) {
	gstshim.Init()
	for codec, parser := range map[string]string{
		"h264": "video/x-h264,stream-format=byte-stream,alignment=au ! h264parse",
		"vp9":  "",
		"av1":  "video/x-av1,stream-format=obu-stream,alignment=tu ! av1parse ! video/x-av1,alignment=frame",
	} {
		for _, size := range [][2]int{{640, 360}, {1280, 720}} {
			t.Run(fmt.Sprintf("%s %d", codec, size[1]), func(t *testing.T) {
				enc, err := pickEncoder(codec, slog.New(slog.DiscardHandler))
				if err != nil {
					t.Skip(err)
				}
				f := encoded(t, 1, size[0], size[1], enc.launch("encoder", 500_000))[0]
				require.True(t, f.Key)
				if codec == "vp9" {
					require.Equal(t, byte(0b001_0), f.Data[4]>>4, "color_space and color_range, VP9 bitstream specification, section 7.2.2")
					return
				}
				path := filepath.Join(t.TempDir(), "frame")
				require.NoError(t, os.WriteFile(path, SayColors(enc.codec, f), 0o600))
				top, err := gst.ParseLaunch("filesrc blocksize=10000000 location=" + quote(path) + " ! " + parser + " ! appsink name=out sync=false")
				require.NoError(t, err)
				pipe := top.(gst.Pipeline)
				pipe.SetState(gst.StatePlaying)
				defer pipe.SetState(gst.StateNull)
				sample := pipe.GetByName("out").(gstapp.AppSink).TryPullSample(10 * gst.Second)
				require.NotNil(t, sample)
				defer gst.UnsafeSampleUnref(sample)
				caps := sample.GetCaps()
				require.Contains(t, caps.String(), "colorimetry=(string)bt601")
				require.Contains(t, caps.String(), fmt.Sprintf("height=(int)%d", size[1]))
			})
		}
	}
}
