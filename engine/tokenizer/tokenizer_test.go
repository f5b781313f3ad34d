package tokenizer

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

type golden struct {
	Text     string  `json:"text"`
	OpenCLIP []int32 `json:"open_clip"` // context 77, without the zeros
	OpenAI   []int32 `json:"openai"`    // context 77, where it differs
	ViCLIP   []int32 `json:"viclip"`    // context 32, where it differs
}

func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, into))
}

// checkGolden compares with what the three published tokenizers gave.
func checkGolden(t *testing.T, cases []golden) {
	t.Helper()
	openAI, err := New()
	require.NoError(t, err)
	openCLIP, err := NewOpenCLIP()
	require.NoError(t, err)
	for _, c := range cases {
		if c.OpenAI == nil {
			c.OpenAI = c.OpenCLIP
		}
		if c.ViCLIP == nil {
			c.ViCLIP = c.OpenCLIP
		}
		for _, variant := range []struct {
			name      string
			tokenizer *Tokenizer
			length    int
			want      []int32
		}{{"open_clip", openCLIP, 77, c.OpenCLIP}, {"openai", openAI, 77, c.OpenAI}, {"viclip", openAI, 32, c.ViCLIP}} {
			got, _ := variant.tokenizer.Tokenize(c.Text, variant.length)
			want := append(append([]int32{}, variant.want...), make([]int32, variant.length-len(variant.want))...)
			require.Equalf(t, want, got, "%s of %q", variant.name, c.Text)
		}
	}
}

func TestGolden(t *testing.T) {
	var cases []golden
	readJSON(t, "testdata/golden.json", &cases)
	require.NotEmpty(t, cases)
	checkGolden(t, cases)
}

func TestGoldenAll(t *testing.T) {
	shared := os.Getenv("VIDEOGEM_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	path := filepath.Join(shared, "golden", "aux", "tokenizer.json")
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the full golden set is not there: %v", err)
	}
	var all []struct {
		Text     string  `json:"text"`
		OpenCLIP []int32 `json:"open_clip_ctx77"`
		OpenAI   []int32 `json:"openai_ctx77"`
		ViCLIP   []int32 `json:"viclip_ctx32"`
	}
	readJSON(t, path, &all)
	cases := make([]golden, 0, len(all))
	for _, c := range all {
		cases = append(cases, golden(c))
	}
	require.NotEmpty(t, cases)
	checkGolden(t, cases)
}

func TestTokenizeLengths(t *testing.T) {
	tok, err := New()
	require.NoError(t, err)
	const start, end = 49406, 49407
	for _, c := range []struct {
		text      string
		length    int
		want      []int32
		truncated bool
	}{
		{"a cat", 6, []int32{start, 320, 2368, end, 0, 0}, false},
		{"a cat", 4, []int32{start, 320, 2368, end}, false},
		{"a cat", 3, []int32{start, 320, end}, true},
		{"a cat", 1, []int32{end}, true},
		{"a cat", 0, nil, true},
		{"", 3, []int32{start, end, 0}, false},
		{" \t\n", 2, []int32{start, end}, false},
	} {
		got, truncated := tok.Tokenize(c.text, c.length)
		require.Equal(t, c.want, got, "%q in %d", c.text, c.length)
		require.Equal(t, c.truncated, truncated, "%q in %d", c.text, c.length)
	}
	got, truncated := tok.Tokenize(strings.Repeat("cutting onions ", 100), 77)
	require.True(t, truncated)
	require.Len(t, got, 77)
	require.Equal(t, int32(end), got[76])
}

// TestClean has cases found by comparing with the published code on 28,916 made-up texts.
func TestClean(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"plain", "A photo  of\ta person", "a photo of a person"},
		{"curly quotes", "“don’t”", `"don't"`},
		{"full width", "ＦＵＬＬ　ｗｉｄｔｈ ｱｲｳ", "full width アイウ"},
		{"ligatures", "ﬁ ﬂ ﬅ Ĳ ǆ ŉ", "fi fl ſt ij dž 'n"},
		{"final sigma", "ΣΊΣΥΦΟΣ ΑΣ. ΑΣΒ Σ", "σίσυφος ας. ασβ σ"},
		{"dotted capital i", "İstanbul", "i̇stanbul"},
		{"composed", "cafe\u0301", "café"},
		{"line breaks", "a\r\nb\rc\u2028d", "a b c d"},
		{"colours", "\x1b[31;1mred\x1b[0m", "red"},
		{"controls", "a\x00b\x7fc\ufeffd\u206ae", "abcde"},
		{"C1 control", "it\u0092s", "it's"},
		{"entities", "&amp;lt;b&amp;gt; &eacute; &EACUTE; &hellip; &copy", "<b> é é … ©"},
		{"no entities beside a tag", "<b> &EACUTE;", "<b> &eacute;"},
		{"numeric entities", "&#x1F600; &#128; &#0; &#xD800; &#99999999; &#1; &#5", "😀 € \ufffd \ufffd \ufffd"},
		{"half an entity", "fish &chips; &ampere &notin &", "fish &chips; &ere ¬in &"},
		{"garbled", "schÃ¶n Ã©tÃ© â€œxâ€\u009d âœ” voilÃ la", "schön été \"x\" ✔ voilà la"},
		{"garbled in part", "l’humanitÃ© 😀", "l'humanité 😀"},
		{"garbled twice", "ÃƒÂ©tÃƒÂ©", "été"},
		{"garbled Cyrillic", "РџСЂРёРІРµС‚", "привет"},
		{"not garbled", "CAFÉ… FIANCÉ® NAÏVE – “É”, Å, ÀÉÎÕÜ ×²", "café… fiancé® naïve – \"é\", å, àéîõü ײ"},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, clean(c.text)) })
	}
}

// TestCutPromptsEndInTheEndToken: CLIP's text towers read a prompt off at its end token, the highest id; without one they would read all texts
// off at the start token, alike.
func TestCutPromptsEndInTheEndToken(t *testing.T) {
	for name, make := range map[string]func() (*Tokenizer, error){"CLIP": New, "OpenCLIP": NewOpenCLIP} {
		tok, err := make()
		require.NoError(t, err)
		for _, c := range []struct {
			words     int
			truncated bool
			at        int // of the end token
		}{{1, false, 2}, {74, false, 75}, {75, false, 76}, {76, true, 76}, {90, true, 76}, {500, true, 76}} {
			ids, truncated := tok.Tokenize(strings.Repeat("very ", c.words), 77)
			require.Len(t, ids, 77, name)
			require.Equal(t, c.truncated, truncated, "%s, %d words", name, c.words)
			require.Equal(t, int32(49406), ids[0], name)
			require.Equal(t, int32(49407), ids[c.at], "%s, %d words", name, c.words)
			require.Equal(t, c.at, slices.Index(ids, 49407), "%s, %d words: the only one", name, c.words)
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	tok, err := New()
	require.NoError(t, err)
	want := tok.Encode("a photo of a person cutting something.")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				if got := tok.Encode("a photo of a person cutting something."); len(got) != len(want) {
					t.Errorf("got %v, want %v", got, want)
					return
				}
			}
		})
	}
	wg.Wait()
}

func FuzzTokenize(f *testing.F) {
	for _, seed := range []string{"a photo of a cat", "<|endoftext|>", "&amp;&#x;&#9999999999;", "Ã©\u009d", "\xff\xfe", "İΣ'ſ\u0345", "\x1b[3"} {
		f.Add(seed, 77)
	}
	tok, err := New()
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, text string, length int) {
		length = min(length, 512)
		ids, truncated := tok.Tokenize(text, length)
		require.Len(t, ids, max(length, 0))
		if length <= 0 {
			return
		}
		all := tok.Encode(text)
		require.Equal(t, len(all)+2 > length, truncated)
		ended := false
		for _, id := range ids {
			require.GreaterOrEqual(t, id, int32(0))
			require.Less(t, id, int32(49408))
			ended = ended || id == tok.vocabulary.end
		}
		require.True(t, ended, "no end id in %v", ids)
	})
}
