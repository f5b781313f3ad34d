package imaging

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/checkpoint"
)

func picture(t *testing.T, c *checkpoint.Checkpoint, name string) RGB {
	t.Helper()
	tensor, err := c.Tensor(name)
	require.NoError(t, err)
	return RGB{W: tensor.Shape[1], H: tensor.Shape[0], Pix: tensor.Bytes()}
}

// checkGolden compares with what Pillow 11, OpenCV and open_clip's own preprocessing made of the pictures in a file.
func checkGolden(t *testing.T, path string) {
	t.Helper()
	c, err := checkpoint.Open(path)
	require.NoError(t, err)
	defer func() { require.NoError(t, c.Close()) }()
	pictures := 0
	for _, name := range c.Names() {
		group, isSource := strings.CutSuffix(name, "rgb_u8")
		if !isSource {
			continue
		}
		pictures++
		src := picture(t, c, name)
		if c.Has(group + "gem_resized_u8") {
			want := picture(t, c, group+"gem_resized_u8")
			require.True(t, bytes.Equal(want.Pix, ResizeBicubic(src, want.W, want.H).Pix), "%s bicubic", group)
		}
		want := picture(t, c, group+"viclip_resized_u8")
		require.True(t, bytes.Equal(want.Pix, ResizeBilinear(src, want.W, want.H).Pix), "%s bilinear", group)
		if c.Has(group + "openclip_centercrop_tensor") {
			checkCrop(t, c, group, src)
		}
	}
	require.NotZero(t, pictures)
}

// checkCrop does open_clip's preprocessing: the shorter side to size, the middle cut out, then (v/255-mean)/std, planes first.
func checkCrop(t *testing.T, c *checkpoint.Checkpoint, group string, src RGB) {
	t.Helper()
	tensor, err := c.Tensor(group + "openclip_centercrop_tensor")
	require.NoError(t, err)
	want, err := tensor.Float32()
	require.NoError(t, err)
	size := tensor.Shape[1]
	w, h := size, size*src.H/src.W
	if src.W > src.H {
		w, h = size*src.W/src.H, size
	}
	got := CenterCrop(ResizeBicubic(src, w, h), size, size)
	mean := []float64{0.48145466, 0.4578275, 0.40821073}
	std := []float64{0.26862954, 0.26130258, 0.27577711}
	for channel := range 3 {
		for i := range size * size {
			value := (float64(got.Pix[3*i+channel])/255 - mean[channel]) / std[channel]
			require.InDelta(t, want[channel*size*size+i], value, 1e-5, "%s channel %d pixel %d", group, channel, i)
		}
	}
}

func TestGolden(t *testing.T) { checkGolden(t, filepath.Join("testdata", "preprocess.safetensors")) }

func TestGoldenAll(t *testing.T) {
	shared := os.Getenv("VIDEOGEM_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	path := filepath.Join(shared, "golden", "aux", "preprocess.safetensors")
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the full golden set is not there: %v", err)
	}
	checkGolden(t, path)
}

func TestCenterCrop(t *testing.T) {
	src := RGB{W: 5, H: 1, Pix: []byte{1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5}}
	for _, c := range []struct {
		w, h int
		want []byte // one channel
	}{
		{5, 1, []byte{1, 2, 3, 4, 5}},
		{3, 1, []byte{2, 3, 4}},
		{4, 1, []byte{1, 2, 3, 4}}, // a margin of 0.5 rounds to 0
		{2, 1, []byte{3, 4}},       // a margin of 1.5 rounds to 2
		{8, 1, []byte{0, 1, 2, 3, 4, 5, 0, 0}},
		{1, 2, []byte{3, 0}},
	} {
		got := CenterCrop(src, c.w, c.h)
		require.Equal(t, c.w, got.W)
		require.Equal(t, c.h, got.H)
		for i, v := range c.want {
			require.Equal(t, []byte{v, v, v}, got.Pix[3*i:3*i+3], "%dx%d pixel %d", c.w, c.h, i)
		}
	}
}

// TestSameSize: a picture of the wanted size comes back equal, and in memory of its own.
func TestSameSize(t *testing.T) {
	src := RGB{W: 2, H: 1, Pix: []byte{1, 2, 3, 250, 251, 252}}
	for name, resize := range map[string]func(RGB, int, int) RGB{"bicubic": ResizeBicubic, "bilinear": ResizeBilinear, "crop": CenterCrop} {
		got := resize(src, 2, 1)
		require.Equal(t, src, got, name)
		got.Pix[0] = 99
		require.Equal(t, byte(1), src.Pix[0], name)
	}
}

// TestConstant: weights sum to one whatever the scale, so an even picture stays even.
func TestConstant(t *testing.T) {
	src := RGB{W: 7, H: 5, Pix: bytes.Repeat([]byte{255, 0, 128}, 35)}
	for _, size := range [][2]int{{1, 1}, {3, 9}, {64, 2}, {7, 4}} {
		for name, resize := range map[string]func(RGB, int, int) RGB{"bicubic": ResizeBicubic, "bilinear": ResizeBilinear} {
			got := resize(src, size[0], size[1])
			require.Equal(t, bytes.Repeat([]byte{255, 0, 128}, size[0]*size[1]), got.Pix, "%s %v", name, size)
		}
	}
}

func TestBadInput(t *testing.T) {
	good := RGB{W: 1, H: 1, Pix: make([]byte, 3)}
	for name, resize := range map[string]func(RGB, int, int) RGB{"bicubic": ResizeBicubic, "bilinear": ResizeBilinear, "crop": CenterCrop} {
		for _, src := range []RGB{{}, {W: 2, H: 2, Pix: make([]byte, 3)}, {W: -1, H: -1, Pix: make([]byte, 3)}, {W: 1 << 40, H: 1 << 40}} {
			require.Equal(t, RGB{}, resize(src, 4, 4), name)
		}
		for _, size := range [][2]int{{0, 4}, {4, -1}, {1 << 40, 1 << 40}} {
			require.Equal(t, RGB{}, resize(good, size[0], size[1]), name)
		}
	}
}

func TestColormap(t *testing.T) {
	for name, want := range map[string][3][3]uint8{ // matplotlib's first, middle and last colour
		"turbo":   {{48, 18, 59}, {164, 252, 59}, {122, 4, 2}},
		"viridis": {{68, 1, 84}, {32, 144, 140}, {253, 231, 36}},
		"magma":   {{0, 0, 3}, {182, 54, 121}, {251, 252, 191}},
		"jet":     {{0, 0, 127}, {124, 255, 121}, {127, 0, 0}},
	} {
		colors, err := Colormap(name)
		require.NoError(t, err)
		require.Equal(t, want, [3][3]uint8{colors[0], colors[128], colors[255]}, name)
		require.Contains(t, Colormaps(), name)
	}
	_, err := Colormap("rainbow")
	require.ErrorIs(t, err, ErrColormap)
	require.ErrorContains(t, err, "turbo, viridis, magma, jet")
}
