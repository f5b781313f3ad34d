package av1

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	require.NoError(t, err)
	return b
}

const picture = "32 04 10 00 96 80" // an OBU of a frame, which stays

// TestSayBT601: sequence headers as encoders write them, and with a size of two bytes. What dav1d reads of the results is BT.601 of limited
// range (PyAV 18.1: colorspace 6, color_range 1), and GStreamer's av1parse the same.
func TestSayBT601(t *testing.T) {
	for name, c := range map[string]struct{ header, want string }{
		"av1enc 1.26.2, nothing said":          {"0a 0c 0000000cc4ff67e06d7c8020", "0a 0f 0000000cc4ff67e06d7c8830303020"},
		"libsvtav1 of PyAV, nothing said":      {"0a 0a 00000002aff7895f2008", "0a 0d 00000002aff7895f220c0c0c08"},
		"libsvtav1, BT.709 of full range said": {"0a 0d 00000002aff7895f2202020308", "0a 0d 00000002aff7895f220c0c0c08"},
		"a size of two bytes":                  {"0a 8c00 0000000cc4ff67e06d7c8020", "0a 0f 0000000cc4ff67e06d7c8830303020"},
		"an extension":                         {"0e 00 0c 0000000cc4ff67e06d7c8020", "0e 00 0f 0000000cc4ff67e06d7c8830303020"},
	} {
		t.Run(name, func(t *testing.T) {
			got := SayBT601(unhex(t, "1200"+c.header+picture))
			require.Equal(t, hex.EncodeToString(unhex(t, "1200"+c.want+picture)), hex.EncodeToString(got))
			require.Equal(t, got, SayBT601(got), "said twice")
		})
	}
}

func TestSayBT601LeavesOthersAlone(t *testing.T) {
	for name, s := range map[string]string{
		"nothing": "", "no sequence header": "1200" + picture, "no size": "08 0000000cc4ff67e06d7c8020", "cut off": "0a0c 0000000c",
		"too short": "0a03 000000", "a size without end": "0a ffffffffff",
	} {
		unit := unhex(t, s)
		require.Equal(t, unit, SayBT601(unit), name)
	}
}

func FuzzSayBT601(f *testing.F) {
	f.Fuzz(func(t *testing.T, unit []byte) {
		before := string(unit)
		got := SayBT601(unit)
		if string(unit) != before {
			t.Fatal("what came in was changed")
		}
		if len(got) > 3*len(unit) {
			t.Fatalf("%d bytes of %d", len(got), len(unit))
		}
		if again := SayBT601(got); string(again) != string(got) {
			t.Fatalf("%x said once is %x, twice %x", unit, got, again)
		}
	})
}
