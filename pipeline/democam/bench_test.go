package democam

import "testing"

func benchmarkFrame(b *testing.B, width, height int) {
	b.Helper()
	camera, err := New(Config{Seed: 5, Width: width, Height: height})
	if err != nil {
		b.Fatal(err)
	}
	frame := make([]byte, width*height*3)
	b.ReportAllocs()
	for b.Loop() {
		camera.Frame(frame)
	}
}

func BenchmarkFrame640x360(b *testing.B)  { benchmarkFrame(b, 640, 360) }
func BenchmarkFrame1280x720(b *testing.B) { benchmarkFrame(b, 1280, 720) }

func BenchmarkClip(b *testing.B) {
	c := DefaultClipConfig()
	for seed := uint64(1); b.Loop(); seed++ {
		renderClip(seed, &c)
	}
}
