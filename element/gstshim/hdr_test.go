package gstshim

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// pqSignal is SMPTE ST 2084: cd/m2 to 0..1.
func pqSignal(light float64) float64 {
	p := math.Pow(light/10000, 2610./16384)
	return math.Pow((3424./4096+2413./128*p)/(1+2392./128*p), 2523./32)
}

// hlgSignal is ITU-R BT.2100: R, G and B in cd/m2 on a screen of 1,000 to signals.
func hlgSignal(light [3]float64) (signal [3]float64) {
	y := (.2627*light[0] + .6780*light[1] + .0593*light[2]) / 1000
	for i, l := range light {
		scene := l / 1000
		if y > 0 {
			scene *= math.Pow(y, -.2/1.2)
		}
		if signal[i] = math.Sqrt(3 * scene); scene > 1./12 {
			signal[i] = .17883277*math.Log(12*scene-.28466892) + .55991073
		}
	}
	return signal
}

// hdrFrame is 128x4 of I420_10LE in BT.2020, one colour in each sixteenth pixels.
func hdrFrame(signals [8][3]float64) (pix []byte) {
	planes := [3][]float64{}
	for y := range 4 {
		for x := range 128 {
			s := signals[x/16]
			c := toYUV([3]float64{255 * s[0], 255 * s[1], 255 * s[2]}, "2020", false, 10)
			planes[0] = append(planes[0], c[0])
			if x%2 == 0 && y%2 == 0 {
				planes[1], planes[2] = append(planes[1], c[1]), append(planes[2], c[2])
			}
		}
	}
	for _, p := range planes {
		for _, v := range p {
			n := int(math.Round(v))
			pix = append(pix, byte(n), byte(n>>8))
		}
	}
	return pix
}

// TestColorMapsHDR: what an ordinary screen can show looks as it was meant: up to the knee of ITU-R BT.2390 the same light (BT.709's colours
// at up to 90 cd/m2, white at 203), above it less and less, white to grey without a tint, the brightest light white.
func TestColorMapsHDR(t *testing.T) {
	to2020 := [3][3]float64{{.6274, .3293, .0433}, {.0691, .9195, .0114}, {.0164, .0880, .8956}} // ITU-R BT.2087
	var dim, grey [8][3]float64                                                                  // cd/m2, BT.2020
	var wantDim [8][3]float64
	for i, p := range patches {
		for k := range 3 {
			for j := range 3 {
				dim[i][k] += to2020[k][j] * 90 * math.Pow(p[j]/255, 2.4)
			}
			wantDim[i][k] = 255 * math.Pow(90./203*math.Pow(p[k]/255, 2.4), 1/2.4)
			grey[i][k] = [8]float64{0, 1, 10, 50, 203, 400, 700, 1000}[i]
		}
	}
	// Above the knee: the spline of BT.2390 section 5.4, worked out apart from this code.
	wantGrey := [8]float64{0, 255 * math.Pow(1./203, 1/2.4), 255 * math.Pow(10./203, 1/2.4), 255 * math.Pow(50./203, 1/2.4), 230, 250, 255, 255}
	signals := func(transfer string, light [8][3]float64) (all [8][3]float64) {
		for i, l := range light {
			if all[i] = hlgSignal(l); transfer == "pq" {
				all[i] = [3]float64{pqSignal(l[0]), pqSignal(l[1]), pqSignal(l[2])}
			}
		}
		return all
	}
	for _, transfer := range []string{"pq", "hlg"} {
		caps := "format=I420_10LE,width=128,height=4,colorimetry=bt2100-" + transfer
		for _, out := range []string{"RGB", "I420"} {
			at := func(light [8][3]float64, i int) [3]float64 {
				pix, info := convert(t, hdrFrame(signals(transfer, light)), caps, fmt.Sprintf("%s ! video/x-raw,format=%s", ColorName, out))
				x := 16*i + 8
				if out == "RGB" {
					o := (128 + x) * 3
					return [3]float64{float64(pix[o]), float64(pix[o+1]), float64(pix[o+2])}
				}
				require.True(t, info.BT709)
				require.False(t, info.FullRange)
				return toRGB([3]float64{float64(pix[128+x]), float64(pix[512+64+x/2]), float64(pix[640+64+x/2])}, "709")
			}
			for i := range 8 {
				got := at(dim, i)
				t.Logf("%s %s: %.0f, wanted %.0f", transfer, out, got, wantDim[i])
				for k := range 3 {
					within := 4.
					if wantDim[i][k] == 0 {
						within = 20 // ten bits of luma and colour tell no more of the dark beside a bright colour
					}
					require.InDelta(t, wantDim[i][k], got[k], within, "%s to %s: %.0f, wanted %.0f", transfer, out, got, wantDim[i])
				}
				got = at(grey, i)
				t.Logf("%s %s: %.0f, wanted %.0f", transfer, out, got, wantGrey[i])
				for k := range 3 {
					require.InDelta(t, wantGrey[i], got[k], 4, "%s to %s: grey of %.0f cd/m2: %.0f", transfer, out, grey[i][0], got)
				}
			}
		}
	}
}
