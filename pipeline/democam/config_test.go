package democam

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDefaults(t *testing.T) {
	c := Config{}.WithDefaults()
	require.NoError(t, c.validate())
	require.Equal(t, Config{
		Width: 640, Height: 360, FPS: 30, Actors: 3, Actions: Actions(), HoldMin: 4, HoldMax: 8, Ease: 1, Scene: SceneDay,
		MinHeight: .4, MaxHeight: .65,
	}, c)
	require.Equal(t, c, c.WithDefaults())
	camera, _ := newCamera(t, Config{Actions: []string{"running"}})
	require.Equal(t, 1, camera.Config().Actors)
}

func TestNewRefusesBadSettings(t *testing.T) {
	for name, ca := range map[string]struct {
		config Config
		says   string
	}{
		"width only":     {Config{Width: 640}, "size 640x0"},
		"small":          {Config{Width: 31, Height: 100}, "size 31x100"},
		"large":          {Config{Width: 100, Height: 4097}, "size 100x4097"},
		"negative size":  {Config{Width: -640, Height: -360}, "size -640x-360"},
		"fps":            {Config{FPS: -1}, "fps -1"},
		"fps not finite": {Config{FPS: math.NaN()}, "fps NaN"},
		"actors":         {Config{Actors: 9}, "9 actors"},
		"hold":           {Config{HoldMin: 5, HoldMax: 4}, "hold 5 to 4"},
		"short hold":     {Config{HoldMin: .1, HoldMax: 4}, "hold 0.1 to 4"},
		"ease":           {Config{Ease: 2}, "ease 2"},
		"scene":          {Config{Scene: "moon"}, `scene "moon": choose from day, night`},
		"heights":        {Config{MinHeight: .5}, "heights 0.5 to 0"},
		"action":         {Config{Actions: []string{"flying"}}, `unknown demo action "flying": choose from waving, raising an arm`},
		"too few":        {Config{Actors: 2, Actions: []string{"running", "running"}}, "2 actors but 1 actions"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(ca.config)
			require.ErrorIs(t, err, ErrConfig)
			require.ErrorContains(t, err, ca.says)
		})
	}
	_, err := New(Config{Actions: []string{"flying"}})
	require.ErrorIs(t, err, ErrUnknownAction)
}

func TestParseURI(t *testing.T) {
	for text, want := range map[string]Config{
		"demo://":                            {},
		"demo:":                              {},
		"demo://?":                           {},
		"demo:///?seed=7":                    {Seed: 7},
		"demo://?actors=2&size=1280x720":     {Actors: 2, Width: 1280, Height: 720},
		"demo://?fps=12.5&hold=4-9&ease=.5":  {FPS: 12.5, HoldMin: 4, HoldMax: 9, Ease: .5},
		"demo://?hold=20&ease=0":             {HoldMin: 20, HoldMax: 20, Ease: FullClutter},
		"demo://?actions=running":            {Actors: 1, Actions: []string{"running"}},
		"demo://?scene=night":                {Scene: SceneNight},
		"demo://?seed=18446744073709551615":  {Seed: math.MaxUint64},
		"demo://?actions=doing+push-ups":     {Actors: 1, Actions: []string{"doing push-ups"}},
		"demo://?actions=running,+hammering": {Actors: 2, Actions: []string{"running", "hammering"}},
		"DEMO://?actions=playing%20guitar,waving,walking,falling%20down": {
			Actions: []string{"playing guitar", "waving", "walking", "falling down"},
		},
	} {
		t.Run(text, func(t *testing.T) {
			c, err := ParseURI(text)
			require.NoError(t, err)
			require.Equal(t, want.WithDefaults(), c)
		})
	}
}

func TestParseURIErrors(t *testing.T) {
	for text, says := range map[string]string{
		"":                              `scheme ""`,
		"rtsp://?seed=1":                `scheme "rtsp"`,
		"demo://seed=1":                 "question mark",
		"demo:seed=1":                   "question mark",
		"demo:///x":                     "question mark",
		"demo://me@?seed=1":             "question mark",
		"demo://?seed=1#x":              "question mark",
		"demo://?scene=moon":            `scene="moon": want day, night, jumble, stranger`,
		"demo://?sed=1":                 `unknown key "sed": there are actions, actors`,
		"demo://?seed=1&seed=2":         "seed is given 2 times",
		"demo://?seed=-1":               `seed="-1"`,
		"demo://?seed":                  `seed=""`,
		"demo://?actors=0":              `actors="0"`,
		"demo://?actors=x":              `actors="x"`,
		"demo://?actors=99":             "99 actors: want 1 to 8",
		"demo://?size=1280":             `size="1280"`,
		"demo://?size=0x0":              `size="0x0"`,
		"demo://?size=x":                `size="x"`,
		"demo://?size=10x10x10":         `size="10x10x10"`,
		"demo://?size=9999x9999":        "size 9999x9999",
		"demo://?fps=0":                 `fps="0"`,
		"demo://?fps=NaN":               `fps="NaN"`,
		"demo://?fps=1e9":               "fps 1e+09",
		"demo://?hold=0":                `hold="0"`,
		"demo://?hold=8-4":              "hold 8 to 4",
		"demo://?hold=a-b":              `hold="a-b"`,
		"demo://?ease=2":                `ease="2"`,
		"demo://?actions=":              `actions: unknown demo action ""`,
		"demo://?actions=running,fly":   `actions: unknown demo action "fly": choose from`,
		"demo://?actors=2&actions=guit": `unknown demo action "guit"`,
		"demo://?seed=%zz":              "invalid URL escape",
		"demo://?seed=1;actors=2":       "semicolon",
		"demo://%":                      "invalid URL escape",
	} {
		t.Run(text, func(t *testing.T) {
			_, err := ParseURI(text)
			require.ErrorIs(t, err, ErrConfig)
			require.ErrorContains(t, err, says)
		})
	}
}

func FuzzParseURI(f *testing.F) {
	f.Add("demo://?seed=7&actors=2&size=1280x720&fps=30&hold=4-8&ease=1&actions=running,playing+guitar")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseURI(text)
		if err != nil {
			require.ErrorIs(t, err, ErrConfig)
			return
		}
		require.NoError(t, c.validate())
		require.Equal(t, c, c.WithDefaults())
		c.Width, c.Height = 32, 32 // what is accepted also runs
		camera, err := New(c)
		require.NoError(t, err)
		camera.Frame(make([]byte, 32*32*3))
	})
}
