package media

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/engine/imaging"
	"github.com/videogem/videogem/pipeline/internal/gsterror"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// corners names the colours of a picture's four corners, from the upper left clockwise: r, g, b or w.
func corners(p imaging.RGB) string {
	name := func(x, y int) byte {
		c := p.Pix[(y*p.W+x)*3:]
		switch r, g, b := c[0] > 128, c[1] > 128, c[2] > 128; {
		case r && g && b:
			return 'w'
		case r:
			return 'r'
		case g:
			return 'g'
		case b:
			return 'b'
		}
		return '?'
	}
	return string([]byte{name(4, 4), name(p.W-5, 4), name(p.W-5, p.H-5), name(4, p.H-5)})
}

// turns are what a stored picture with corners r, g, b, w becomes by EXIF's orientations 1 to 8 (CIPA DC-008, figure of tag 274).
func turns() []string {
	return []string{"rgbw", "grwb", "bwrg", "wbgr", "rwbg", "wrgb", "bgrw", "gbwr"}
}

func quadrants(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{255, 0, 0, 255}
			switch {
			case x >= w/2 && y < h/2:
				c = color.RGBA{0, 255, 0, 255}
			case x >= w/2:
				c = color.RGBA{0, 0, 255, 255}
			case y >= h/2:
				c = color.RGBA{255, 255, 255, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

func save(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, data, 0o600))
	return path
}

// exif is a TIFF structure with an orientation, as EXIF has it.
func exif(o int, order binary.AppendByteOrder) []byte {
	b := []byte("II*\x00")
	if order == binary.BigEndian {
		b = []byte("MM\x00*")
	}
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 2)
	for _, e := range [][3]int{{0x010f, 2, 0}, {tagOrientation, exifShort, o}} {
		b = order.AppendUint16(b, uint16(e[0]))
		b = order.AppendUint16(b, uint16(e[1]))
		b = order.AppendUint32(b, 1)
		b = order.AppendUint16(b, uint16(e[2]))
		b = order.AppendUint16(b, 0)
	}
	return order.AppendUint32(b, 0)
}

func jpegWith(t testing.TB, segment []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, quadrants(64, 32), &jpeg.Options{Quality: 95}))
	segment = append([]byte("Exif\x00\x00"), segment...)
	head := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, 0xe1}, uint16(2+len(segment)))
	return append(append(head, segment...), b.Bytes()[2:]...)
}

func pngWith(t testing.TB, segment []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, quadrants(64, 32)))
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(segment)))
	chunk = append(append(chunk, "eXIf"...), segment...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	return append(append(append([]byte{}, b.Bytes()[:33]...), chunk...), b.Bytes()[33:]...)
}

func TestPicturesStandUpright(t *testing.T) {
	for i, want := range turns() {
		o := i + 1
		for name, data := range map[string][]byte{
			"intel.jpg": jpegWith(t, exif(o, binary.LittleEndian)), "motorola.jpg": jpegWith(t, exif(o, binary.BigEndian)),
			"exif.png": pngWith(t, exif(o, binary.BigEndian)),
		} {
			path := save(t, name, data)
			p, err := ReadPicture(path, DefaultMaxPixels)
			require.NoError(t, err)
			require.Equal(t, want, corners(p), "%s, orientation %d", name, o)
			w, h, err := PictureSize(path)
			require.NoError(t, err)
			require.Equal(t, [2]int{p.W, p.H}, [2]int{w, h})
			require.Equal(t, o >= 5, p.H > p.W)
		}
	}
}

// film makes a film of the four colours in a few frames.
func film(t *testing.T, name, caps, tail string) string {
	t.Helper()
	gstshim.Init()
	dir := t.TempDir()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, quadrants(64, 32)))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "q.png"), b.Bytes(), 0o600))
	path := filepath.Join(dir, name)
	top, err := gst.ParseLaunch("multifilesrc name=in num-buffers=3 caps=\"image/png,framerate=10/1\" ! pngdec ! videoconvert ! " +
		"capssetter caps=\"video/x-raw" + caps + "\" ! " + tail + " ! filesink name=out")
	if err != nil {
		t.Skipf("this machine's GStreamer cannot make it: %v", err)
	}
	pipe := top.(gst.Pipeline)
	defer pipe.SetState(gst.StateNull)
	pipe.GetByName("in").SetObjectProperty("location", filepath.Join(dir, "q.png"))
	pipe.GetByName("out").SetObjectProperty("location", path)
	pipe.SetState(gst.StatePlaying)
	m := pipe.GetBus().TimedPopFiltered(60*gst.Second, gst.MessageEOS|gst.MessageError)
	require.NotNil(t, m)
	require.Equal(t, gst.MessageEOS, m.Type(), m.String())
	return path
}

func first(t *testing.T, path string, o VideoOptions) (imaging.RGB, error) {
	t.Helper()
	v, err := OpenVideo(path, o)
	require.NoError(t, err)
	defer v.Close()
	f, err := v.Next(t.Context())
	return f.Picture, err
}

// TestVideosStandUpright sets each of the eight matrices in an MP4's track header (ISO/IEC 14496-12, section 8.3.2).
func TestVideosStandUpright(t *testing.T) {
	path := film(t, "f.mp4", "", "openh264enc ! h264parse ! mp4mux")
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	at := bytes.Index(data, []byte("tkhd")) + 4 + 40 // version 0
	matrices := [][4]int32{{1, 0, 0, 1}, {-1, 0, 0, 1}, {-1, 0, 0, -1}, {1, 0, 0, -1}, {0, 1, 1, 0}, {0, 1, -1, 0}, {0, -1, -1, 0}, {0, -1, 1, 0}}
	for i, m := range matrices {
		for k, v := range []int32{m[0], m[1], 0, m[2], m[3], 0, 0, 0, 1 << 14} {
			binary.BigEndian.PutUint32(data[at+4*k:], uint32(v)<<16)
		}
		turned := save(t, "turned.mp4", data)
		p, err := first(t, turned, VideoOptions{})
		require.NoError(t, err)
		require.Equal(t, turns()[i], corners(p), "matrix of orientation %d", i+1)
		w, h, err := VideoSize(t.Context(), turned)
		require.NoError(t, err)
		require.Equal(t, [2]int{p.W, p.H}, [2]int{w, h})
	}
}

func TestSquarePixels(t *testing.T) {
	for par, want := range map[string][2]int{"2/1": {128, 32}, "1/2": {64, 64}, "1/1": {64, 32}} {
		path := film(t, "f.mkv", ",pixel-aspect-ratio="+par, "vp8enc deadline=1 ! matroskamux")
		p, err := first(t, path, VideoOptions{SquarePixels: true})
		require.NoError(t, err)
		require.Equal(t, want, [2]int{p.W, p.H}, par)
		require.Equal(t, "rgbw", corners(p))
		p, err = first(t, path, VideoOptions{})
		require.NoError(t, err)
		require.Equal(t, [2]int{64, 32}, [2]int{p.W, p.H}, "as stored, which annotations go by")
	}
}

func TestSoundAlone(t *testing.T) {
	_, err := first(t, "../../offline/testdata/audio_s.m4a", VideoOptions{})
	require.ErrorIs(t, err, ErrInput)
	require.ErrorIs(t, err, gsterror.ErrNoVideo)
}

func TestWhatIsNoVideo(t *testing.T) {
	whole, err := os.ReadFile("../../offline/testdata/num.mp4")
	require.NoError(t, err)
	for name, ca := range map[string]struct {
		data []byte
		want error
	}{
		"text":    {[]byte("just a text, and no video at all\n"), gsterror.ErrNotVideo},
		"cut off": {whole[:1000], gsterror.ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := first(t, save(t, "f.mp4", ca.data), VideoOptions{})
			require.ErrorIs(t, err, ca.want)
		})
	}
}

// TestHeaderThatClaimsTooMuch has pictures of 65535x65535 in headers of a few bytes.
func TestHeaderThatClaimsTooMuch(t *testing.T) {
	gif := []byte("GIF89a\xff\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\xff\xff\xff\xff\x00\x02\x00;")
	pngData := pngWith(t, exif(1, binary.BigEndian))
	binary.BigEndian.PutUint64(pngData[16:], 65535<<32|65535)
	binary.BigEndian.PutUint32(pngData[29:], crc32.ChecksumIEEE(pngData[12:29]))
	bmp := make([]byte, 54)
	copy(bmp, "BM")
	bmp[10], bmp[14], bmp[26], bmp[28] = 54, 40, 1, 24
	binary.LittleEndian.PutUint32(bmp[18:], 65535)
	binary.LittleEndian.PutUint32(bmp[22:], 65535)
	for name, data := range map[string][]byte{"x.gif": gif, "x.png": pngData, "x.bmp": bmp} {
		path := save(t, name, data)
		cost := testing.Benchmark(func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := ReadPicture(path, DefaultMaxPixels)
				require.ErrorIs(t, err, ErrInput)
				require.ErrorContains(t, err, "--max-pixels", name)
			}
		})
		require.Less(t, cost.AllocedBytesPerOp(), int64(1<<20), name)
	}
	_, err := ReadPicture("../../offline/testdata/exif6.jpg", 640*360-1)
	require.ErrorIs(t, err, ErrInput)
	_, err = ReadPicture("../../offline/testdata/exif6.jpg", 640*360)
	require.NoError(t, err)
}

// TestTheDefaultTrackIsTaken has two tracks of video in a Matroska file; FlagDefault (RFC 9559, section 5.1.4.1.5) says which one.
func TestTheDefaultTrackIsTaken(t *testing.T) {
	gstshim.Init()
	path := filepath.Join(t.TempDir(), "two.mkv")
	track := "videotestsrc num-buffers=3 pattern=%s ! video/x-raw,width=64,height=32 ! vp8enc deadline=1 ! mux. "
	top, err := gst.ParseLaunch("matroskamux name=mux ! filesink name=out  " + strings.Replace(track, "%s", "red", 1) + strings.Replace(track, "%s", "blue", 1))
	require.NoError(t, err)
	pipe := top.(gst.Pipeline)
	pipe.GetByName("out").SetObjectProperty("location", path)
	pipe.SetState(gst.StatePlaying)
	m := pipe.GetBus().TimedPopFiltered(60*gst.Second, gst.MessageEOS|gst.MessageError)
	pipe.SetState(gst.StateNull)
	require.NotNil(t, m)
	require.Equal(t, gst.MessageEOS, m.Type())
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	var flags []int
	for at := 0; ; at++ {
		next := bytes.Index(data[at:], []byte{0x88, 0x81})
		if next < 0 || at+next > 2000 {
			break
		}
		at += next
		flags = append(flags, at+2)
	}
	if len(flags) != 2 {
		t.Skipf("%d FlagDefault elements in this muxer's file", len(flags))
	}
	seen := map[string]bool{}
	for chosen := range flags {
		for i, at := range flags {
			data[at] = 0
			if i == chosen {
				data[at] = 1
			}
		}
		p, err := first(t, save(t, "two.mkv", data), VideoOptions{})
		require.NoError(t, err)
		seen[corners(p)] = true
	}
	require.Equal(t, map[string]bool{"rrrr": true, "bbbb": true}, seen)
}

func TestAnimatedPictures(t *testing.T) {
	for _, file := range []string{"anim_s.gif", "anim_s.webp"} {
		path := "../../offline/testdata/" + file
		moving, err := IsAnimated(path)
		require.NoError(t, err)
		require.True(t, moving)
		v, err := OpenVideo(path, VideoOptions{})
		require.NoError(t, err)
		n := 0
		for {
			f, err := v.Next(t.Context())
			if err == io.EOF {
				break
			}
			require.NoError(t, err)
			require.Equal(t, [2]int{160, 90}, [2]int{f.Picture.W, f.Picture.H})
			require.EqualValues(t, n*100, f.Time.Milliseconds())
			n++
		}
		require.Equal(t, 30, n)
		require.NoError(t, v.Seek(1_250_000_000))
		f, err := v.Next(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, 1200, f.Time.Milliseconds())
		v.Close()
	}
	moving, err := IsAnimated("../../offline/testdata/exif6.jpg")
	require.NoError(t, err)
	require.False(t, moving)
}

func FuzzOrientation(f *testing.F) {
	f.Add(exif(6, binary.LittleEndian))
	f.Add(jpegWith(f, exif(8, binary.BigEndian)))
	f.Add(pngWith(f, exif(3, binary.BigEndian)))
	f.Fuzz(func(t *testing.T, data []byte) {
		o := orientationOf(data)
		require.True(t, o >= 1 && o <= 8, o)
	})
}
