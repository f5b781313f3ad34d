package pipeline

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstapp"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/element/gstshim"
)

// namesOf are the encoders' elements.
func namesOf(all []encoder) string {
	var names []string
	for _, e := range all {
		names = append(names, e.element)
	}
	return strings.Join(names, " ")
}

func TestEncodersAreRanked(t *testing.T) {
	const primary = uint(gst.RankPrimary)
	all := []encoder{{element: "hard"}, {element: "soft"}, {element: "slow"}}
	for name, c := range map[string]struct {
		ranks map[string]uint
		want  string
	}{
		"all the same":  {map[string]uint{"hard": primary, "soft": primary, "slow": primary}, "hard soft slow"},
		"raised":        {map[string]uint{"hard": primary, "soft": primary, "slow": primary + 1}, "slow hard soft"},
		"lowered":       {map[string]uint{"hard": 1, "soft": primary, "slow": primary}, "soft slow hard"},
		"ruled out":     {map[string]uint{"hard": 0, "soft": primary, "slow": primary}, "soft slow"},
		"not here":      {map[string]uint{"soft": primary, "slow": primary}, "soft slow"},
		"all ruled out": {map[string]uint{"hard": 0, "soft": 0}, ""},
	} {
		got := inOrderOf(all, func(name string) (uint, bool) { r, there := c.ranks[name]; return r, there })
		require.Equal(t, c.want, namesOf(got), name)
	}
	require.Equal(t, map[string]bool{"a": true, "b": true, "c": true}, rankedBy("a:NONE, b : MAX,c"))
}

// TestRanksOfTheUser asks another process, since GStreamer reads the variable when it starts. It prints what there is for a codec.
func TestRanksOfTheUser(t *testing.T) {
	const envCodec = "VIDEOGEM_TEST_CODEC"
	gstshim.Init()
	if codec := os.Getenv(envCodec); codec != "" {
		found, _ := available(codec)
		fmt.Printf("<%s>", namesOf(found))
		return
	}
	for _, c := range []struct{ ranks, want string }{{"", "<vp8enc>"}, {"vp8enc:MARGINAL", "<vp8enc>"}, {"x264enc:MAX,vp8enc:NONE", "<>"}} {
		command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestRanksOfTheUser$")
		command.Env = append(os.Environ(), envCodec+"=vp8", envRanks+"="+c.ranks)
		out, err := command.Output()
		require.NoError(t, err)
		require.Contains(t, string(out), c.want, c.ranks)
	}
}

// TestBrokenEncodersAreLeft: the next one is taken, and the log says why.
func TestBrokenEncodersAreLeft(t *testing.T) {
	gstshim.Init()
	broken := encoder{element: "identity", options: "error-after=1"}
	missing := encoder{element: "no-such-encoder"}
	good, err := pickEncoder("vp8", slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	var log record
	got, err := firstThatStarts([]encoder{missing, broken, good, broken}, tryEncoder, slog.New(slog.NewTextHandler(&log, nil)))
	require.NoError(t, err)
	require.Equal(t, "vp8enc", got.element)
	require.Equal(t, 2, strings.Count(log.String(), "encoder does not start"))
	require.Contains(t, log.String(), "encoder=identity")
	_, err = firstThatStarts([]encoder{missing, broken}, tryEncoder, slog.New(slog.DiscardHandler))
	require.ErrorContains(t, err, "no-such-encoder")
	require.ErrorContains(t, err, "identity")
	got, err = firstThatStarts([]encoder{broken}, nil, nil)
	require.NoError(t, err)
	require.Equal(t, broken, got, "there is nothing to choose")
}

// TestDoctorListsEncoders: those that are here in their order, and those that are not.
func TestDoctorListsEncoders(t *testing.T) {
	gstshim.Init()
	for _, codec := range []string{"vp8", "h264", "vp9", "av1"} {
		c := checkEncoders("encoders", codec, false)
		found, known := available(codec)
		require.Equal(t, len(found) > 0, c.OK)
		here, others, _ := strings.Cut(c.Detail, "   (not here, or ruled out: ")
		if len(found) > 0 {
			require.Equal(t, namesOf(found), strings.ReplaceAll(here, ", ", " "))
			require.Len(t, strings.Fields(others), len(known)-len(found), c.Detail)
		}
	}
}

// TestBitrateFollowsLive changes the bitrate of each encoder that is here while it runs.
func TestBitrateFollowsLive(t *testing.T) {
	gstshim.Init()
	for _, e := range encoders() {
		t.Run(e.element, func(t *testing.T) {
			if gst.ElementFactoryFind(e.element) == nil || e.rate == "" {
				t.Skip("it is not here, or its bitrate is set once")
			}
			const high, low, part = 1_600_000, 300_000, 90
			top, err := gst.ParseLaunch("videotestsrc pattern=zone-plate kx2=10 ky2=10 kt=5 ! video/x-raw,format=I420,width=320,height=240,framerate=30/1 ! " +
				e.launch("encoder", high) + " ! appsink name=out sync=false max-buffers=1")
			require.NoError(t, err)
			pipe := top.(gst.Pipeline)
			require.NotEqual(t, gst.StateChangeFailure, pipe.SetState(gst.StatePlaying))
			defer pipe.SetState(gst.StateNull)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			n, sums := 0, [4]int{}
			PullEncoded(ctx, pipe.GetByName("out").(gstapp.AppSink), func(f EncodedFrame) {
				if n == 4*part {
					return
				}
				sums[n/part] += len(f.Data)
				switch n++; n {
				case 2 * part:
					e.setBitrate(pipe.GetByName("encoder"), low)
				case 4 * part:
					cancel()
				}
			})
			require.Equal(t, 4*part, n)
			require.Less(t, sums[3], sums[1]*2/3, "%v", sums) // each the second after the rate has settled
		})
	}
}
