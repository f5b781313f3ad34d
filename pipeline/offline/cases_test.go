package offline

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/imaging"
	"github.com/videogem/videogem/pipeline/internal/gsterror"
	"github.com/videogem/videogem/pipeline/internal/media"
	"github.com/videogem/videogem/pipeline/internal/wholefile"
)

const waving = "a person waving"

// readFilm gives all frames of a film.
func readFilm(t *testing.T, path string) (all []media.Frame) {
	t.Helper()
	v, err := media.OpenVideo(path, media.VideoOptions{})
	require.NoError(t, err)
	defer v.Close()
	for {
		f, err := v.Next(t.Context())
		if errors.Is(err, io.EOF) {
			return all
		}
		require.NoError(t, err)
		all = append(all, f)
	}
}

// painted reads the number on a frame of the films num.* and jump60s.mkv; see testdata/README.md.
func painted(p imaging.RGB) (n int) {
	for b := range 7 {
		if p.Pix[((p.H-8)*p.W+b*40+20)*3+1] > 127 {
			n |= 1 << b
		}
	}
	return n
}

func times(r Report) (all []float64) {
	for _, c := range r.Clips {
		all = append(all, c.Time)
	}
	return all
}

// TestTimesBeginAtTheFirstFrame: MPEG-TS with B-frames has its first frame at 80 ms or later. All 90 frames come out again, in order.
func TestTimesBeginAtTheFirstFrame(t *testing.T) {
	for _, in := range []string{"num.mp4", "num.ts"} {
		for _, ending := range filmEndings() {
			out := filepath.Join(t.TempDir(), "out"+ending)
			r, err := ground(t, Options{Input: filepath.Join("testdata", in), Prompts: []string{waving}, Out: out})
			require.NoError(t, err)
			require.InDeltaSlice(t, []float64{.6, 1.8, 2.4}, times(r), .01, "the last clip is half a clip that reaches back")
			frames := readFilm(t, out)
			require.Len(t, frames, 90)
			for i, f := range frames {
				require.Equal(t, i, painted(f.Picture))
				require.InDelta(t, float64(i)/30, f.Time.Seconds(), .002)
			}
			require.Zero(t, frames[0].Start)
		}
	}
}

func TestHolesAreNoClips(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out.mp4")
	r, err := ground(t, Options{Input: "testdata/jump60s.mkv", Prompts: []string{waving}, Out: out})
	require.NoError(t, err)
	require.InDeltaSlice(t, []float64{.6, 62.1}, times(r), .02)
	require.Len(t, readFilm(t, out), 90)
}

func TestOneFrame(t *testing.T) {
	for _, ending := range filmEndings() {
		out := filepath.Join(t.TempDir(), "out"+ending)
		r, err := ground(t, Options{Input: "testdata/one.mp4", Prompts: []string{waving}, Out: out})
		require.NoError(t, err)
		require.Equal(t, []float64{0}, times(r))
		require.Len(t, readFilm(t, out), 1, ending)
	}
}

func TestAnimationsAreVideo(t *testing.T) {
	for _, file := range []string{"anim_s.gif", "anim_s.webp"} {
		out := filepath.Join(t.TempDir(), "out.mp4")
		r, err := ground(t, Options{Input: "testdata/" + file, Prompts: []string{waving}, Out: out})
		require.NoError(t, err)
		require.InDeltaSlice(t, []float64{.6, 1.8, 2.4}, times(r), .01)
		require.InDelta(t, .08, r.Clips[0].Prompts[0].Score, .01, file)
		require.True(t, *r.Clips[0].Prompts[0].Seen)
		require.Len(t, readFilm(t, out), 30)
	}
}

func TestPhotoOnItsSide(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out.png")
	r, err := ground(t, Options{Input: "testdata/exif6.jpg", Prompts: []string{waving}, Out: out})
	require.NoError(t, err)
	p := r.Clips[0].Prompts[0].PointSource
	require.InDelta(t, 276, p[0], 15)
	require.InDelta(t, 290, p[1], 15)
	w, h, err := media.PictureSize(out)
	require.NoError(t, err)
	require.Equal(t, [2]int{640, 360}, [2]int{w, h})
}

// TestSizeThatChanges: the film stays at the first size, and all of the later picture is in it.
func TestSizeThatChanges(t *testing.T) {
	stored := readFilm(t, "testdata/reschg2.h264")
	require.NotEqual(t, stored[0].Picture.W, stored[len(stored)-1].Picture.W)
	for _, ending := range []string{".mp4", ".webm"} {
		out := filepath.Join(t.TempDir(), "out"+ending)
		_, err := ground(t, Options{Input: "testdata/reschg2.h264", Prompts: []string{waving}, Out: out})
		require.NoError(t, err)
		frames := readFilm(t, out)
		require.Len(t, frames, len(stored))
		for i, f := range frames {
			require.Equal(t, [2]int{640, 480}, [2]int{f.Picture.W, f.Picture.H})
			if i%20 != 0 {
				continue
			}
			want := fitted(stored[i].Picture, 640, 480)
			far := 0.
			for k, v := range want.Pix {
				if k/3/640 > 120 { // below the label
					far += max(float64(v)-float64(f.Picture.Pix[k]), float64(f.Picture.Pix[k])-float64(v))
				}
			}
			require.Less(t, far/float64(len(want.Pix)), 40., "frame %d is scrambled", i) // heat lies on it
		}
	}
}

func TestSoundIsKeptOrSaidToBeLeftOut(t *testing.T) {
	for ending, left := range map[string]string{".mp4": "", ".mkv": "", ".webm": ".webm takes no AAC; .mp4 or .mkv does"} {
		out := filepath.Join(t.TempDir(), "out"+ending)
		r, err := ground(t, Options{Input: "testdata/av.mp4", Prompts: []string{waving}, Out: out})
		require.NoError(t, err)
		require.Equal(t, left, r.SoundLeftOut)
		tracks, err := media.Tracks(t.Context(), out)
		require.NoError(t, err)
		require.Equal(t, left == "", slices.Contains(tracks, media.Track{Media: "audio/mpeg", Version: 4}), ending)
	}
}

func TestSoundAloneIsNoVideo(t *testing.T) {
	_, err := ground(t, Options{Input: "testdata/audio_s.m4a", Prompts: []string{waving}})
	require.ErrorIs(t, err, gsterror.ErrNoVideo)
}

func TestNaturalOrder(t *testing.T) {
	want := []string{"a1.png", "a2.png", "a10.png", "a10b2.png", "a10b10.png", "b.png", "b01.png", "b1.png", "b2.png"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, compareNatural)
	require.Equal(t, want, got)
}

// left is what lies in a folder.
func left(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

// TestOutputsAreCheckedFirst: the model does not exist, and nobody gets as far as to notice.
func TestOutputsAreCheckedFirst(t *testing.T) {
	dir := t.TempDir()
	film := "testdata/num.mp4"
	for name, o := range map[string]Options{
		"picture for a video":   {Input: film, Out: filepath.Join(dir, "x.png")},
		"video for a picture":   {Input: "testdata/exif6.jpg", Out: filepath.Join(dir, "x.mp4")},
		"no such folder":        {Input: film, Out: filepath.Join(dir, "no", "x.mp4")},
		"folder":                {Input: film, JSON: dir},
		"no folder for maps":    {Input: film, Maps: filepath.Join(dir, "no", "x.npz")},
		"the same twice":        {Input: film, Maps: filepath.Join(dir, "x"), JSON: filepath.Join(dir, "x")},
		"the input itself":      {Input: film, Out: film},
		"the input as a report": {Input: film, JSON: film},
	} {
		o.Prompts, o.Engine.Model = []string{waving}, "no-such-model"
		_, err := Run(t.Context(), o)
		require.ErrorIs(t, err, ErrOutput, name)
	}
	require.Empty(t, left(t, dir))
}

// TestFullDisk: every output on a device that is full is an error at once, and the device stays one.
func TestFullDisk(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	for _, ending := range append(filmEndings(), ".png", ".json", ".npz") {
		full := filepath.Join(dir, "full"+ending)
		require.NoError(t, os.Symlink("/dev/full", full))
		o := Options{Input: "testdata/num.mp4", Prompts: []string{waving}}
		switch ending {
		case ".json":
			o.JSON = full
		case ".npz":
			o.Maps = full
		case ".png":
			o.Input, o.Out = "testdata/exif6.jpg", full
		default:
			o.Out = full
		}
		if o.JSON == "" {
			o.JSON = filepath.Join(dir, "report.json")
		}
		_, err := groundTo(t, o)
		require.ErrorContains(t, err, "no space left", ending)
		require.ErrorIs(t, err, ErrOutput)
		if o.JSON != full {
			require.FileExists(t, o.JSON, "the report is whole, and stays")
			require.NoError(t, os.Remove(o.JSON))
		}
		require.NoError(t, os.Remove(full))
	}
	require.Empty(t, left(t, dir))
}

// TestEncoderThatRefuses has frames that H.264's encoder does not take.
func TestEncoderThatRefuses(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "out.webm")
	require.NoError(t, os.WriteFile(name, []byte("old"), 0o600))
	file, err := wholefile.Create(t.Context(), name)
	require.NoError(t, err)
	p := imaging.RGB{W: 20000, H: 2, Pix: make([]byte, 20000*2*3)} // VP8 has 14 bits for a side
	e, err := newFilmEncoder(name, file, media.Frame{Picture: p}, nil)
	for i := 0; err == nil && i < 100; i++ {
		err = e.write(t.Context(), p, time.Duration(i)*time.Millisecond, 0)
	}
	if e != nil {
		e.close()
	}
	require.ErrorIs(t, err, ErrOutput)
	require.NoError(t, file.Abort())
	require.Equal(t, []string{"out.webm"}, left(t, dir))
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, "old", string(text))
}

// TestInterruptedFilm ends the context while frames are written.
func TestInterruptedFilm(t *testing.T) {
	for _, ending := range filmEndings() {
		dir := t.TempDir()
		out := filepath.Join(dir, "out"+ending)
		require.NoError(t, os.WriteFile(out, []byte("old"), 0o600))
		file, err := wholefile.Create(t.Context(), out)
		require.NoError(t, err)
		p := imaging.RGB{W: 320, H: 240, Pix: make([]byte, 320*240*3)}
		e, err := newFilmEncoder(out, file, media.Frame{Picture: p}, nil)
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		for i := range 20 {
			require.NoError(t, e.write(ctx, p, time.Duration(i)*time.Second/30, 0))
		}
		cancel()
		require.ErrorIs(t, e.write(ctx, p, time.Second, 0), context.Canceled)
		require.ErrorIs(t, e.finish(ctx), context.Canceled)
		e.close()
		require.NoError(t, file.Abort())
		text, err := os.ReadFile(out)
		require.NoError(t, err)
		require.Equal(t, "old", string(text))
		require.Len(t, left(t, dir), 1)
	}
}
