// Package badnetworks measures what viewers see in bad networks: the program, both browsers, and a network with faults between them.
package badnetworks

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming/browsertest"
	"github.com/videogem/videogem/streaming/netnstest"
)

const (
	// envBad runs TestBadNetworks, which takes some four minutes a browser: docs/measurements.md has what it measured.
	envBad = "VIDEOGEM_BAD_NETWORKS"
	// envViewer makes TestBadNetworksViewer the viewer: the browser, the page, the seconds and the file for what it saw.
	envViewer = "VIDEOGEM_BAD_NETWORKS_VIEWER"
)

// scene is a part of the journey through bad networks.
type scene struct {
	name  string
	lasts time.Duration
	c     netnstest.Conditions
	do    func(viewer *netnstest.Namespace) // when it begins
}

const roundTrip = 150 * time.Millisecond

// scenes come one after the other on one page.
func scenes(t *testing.T) []scene {
	t.Helper()
	delay := roundTrip / 2
	return []scene{
		{name: "good network", lasts: 20 * time.Second},
		{name: "150 ms", lasts: 20 * time.Second, c: netnstest.Conditions{Delay: delay}},
		{name: "150 ms, 2 % lost", lasts: 25 * time.Second, c: netnstest.Conditions{Delay: delay, Loss: .02}},
		{name: "150 ms, 5 % lost", lasts: 25 * time.Second, c: netnstest.Conditions{Delay: delay, Loss: .05}},
		{name: "good again", lasts: 15 * time.Second},
		{name: "step to 1 Mbit/s", lasts: 30 * time.Second, c: netnstest.Conditions{Delay: 20 * time.Millisecond, Rate: 1_000_000, Queue: 300 * time.Millisecond}},
		{name: "back to good", lasts: 20 * time.Second},
		{name: "another address", lasts: 25 * time.Second, do: func(viewer *netnstest.Namespace) {
			viewer.IP(t, "address", "del", "10.8.0.2/24", "dev", "net")
			viewer.IP(t, "address", "add", "10.8.0.3/24", "dev", "net")
			viewer.IP(t, "route", "add", "default", "via", "10.8.0.1")
		}},
	}
}

// onlyTURN drops what is neither TCP to the relay nor the page: UDP, and ICE over TCP, whose first byte is 0 or 1 (RFC 4571).
func onlyTURN(packet []byte) bool {
	if packet[0]>>4 != 4 {
		return true
	}
	const icmp, tcp, udp = 1, 6, 17
	body := packet[4*int(packet[0]&15):]
	switch packet[9] {
	case udp, icmp:
		return true
	case tcp:
		payload := body[4*int(body[12]>>4):]
		to := int(body[2])<<8 | int(body[3])
		return to == 8080 && len(payload) > 0 && payload[0] <= 1
	}
	return false
}

// TestBadNetworks measures what viewers see in bad networks, in both browsers, and prints it as a table.
func TestBadNetworks(t *testing.T) {
	if os.Getenv(envBad) == "" {
		t.Skip("set " + envBad + "=1 to measure what viewers see in bad networks (eight minutes)")
	}
	program, err := filepath.Abs("../../../bin/videogem")
	require.NoError(t, err)
	if _, err := os.Stat(program); err != nil {
		t.Skipf("the program is not built: run make (%v)", err)
	}
	fmt.Printf("| browser | network | frames/s | freezes over 250 ms | longest | heat behind its frame's time, median / 95 %% | heats/s | calm after |\n|---|---|---|---|---|---|---|---|\n")
	for _, kind := range browsertest.Kinds() {
		if only := os.Getenv(envBad); only != "1" && !strings.EqualFold(only, string(kind)) {
			continue
		}
		t.Run(string(kind), func(t *testing.T) {
			journey(t, program, kind, scenes(t))
			journey(t, program, kind, []scene{{name: "TURN over TCP only", lasts: 30 * time.Second, c: netnstest.Conditions{Delay: 20 * time.Millisecond, Drop: onlyTURN}}})
		})
	}
}

// journey takes a page of a browser through scenes.
func journey(t *testing.T, program string, kind browsertest.Kind, all []scene) {
	t.Helper()
	server, viewer := netnstest.New(t), netnstest.New(t)
	link := netnstest.NewLink(t, server, "net", []string{"10.8.0.1/24"}, viewer, "net", []string{"10.8.0.2/24"})
	viewer.IP(t, "route", "add", "default", "via", "10.8.0.1")
	link.Set(all[0].c)
	var total time.Duration
	for _, s := range all {
		total += s.lasts
	}

	serve := exec.Command(program, "-v", "serve", "--listen", "10.8.0.1:8080", "--insecure", "--turn", "10.8.0.1:3478") //nolint:noctx // it ends with the journey
	log, err := os.Create(filepath.Join(t.TempDir(), "serve.log"))
	require.NoError(t, err)
	defer func() { _ = log.Close() }()
	serve.Stderr = log
	said, err := serve.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, server.Start(serve))
	_, err = bufio.NewReader(said).ReadString('\n') // the page's address
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "seen.json")
	defer func() {
		_ = serve.Process.Signal(os.Interrupt)
		_ = serve.Wait()
		if keep := os.Getenv("VIDEOGEM_BAD_NETWORKS_KEEP"); keep != "" {
			for name, from := range map[string]string{"log": log.Name(), "json": file} {
				b, _ := os.ReadFile(from)
				_ = os.WriteFile(filepath.Join(keep, fmt.Sprintf("%s-%d.%s", kind, len(all), name)), b, 0o600)
			}
		}
	}()
	watch := exec.Command(os.Args[0], "-test.run=^TestBadNetworksViewer$", "-test.v") //nolint:noctx // it ends by itself
	watch.Env = append(os.Environ(), envViewer+"="+strings.Join([]string{string(kind), "http://10.8.0.1:8080/#/demo", fmt.Sprint(total.Seconds() + 5), file}, "|"))
	watch.Stdout, watch.Stderr = log, log
	require.NoError(t, viewer.Start(watch))
	begun := file + ".begun"
	ended := make(chan error, 1)
	go func() { ended <- watch.Wait() }()
	for {
		if _, err := os.Stat(begun); err == nil {
			break
		}
		select {
		case err := <-ended:
			b, _ := os.ReadFile(log.Name())
			t.Fatalf("the viewer has ended: %v\n%s", err, b)
		case <-time.After(50 * time.Millisecond):
		}
	}
	starts := make([]time.Time, len(all)+1)
	for i, s := range all {
		starts[i] = time.Now()
		link.Set(s.c)
		if s.do != nil {
			s.do(viewer)
		}
		time.Sleep(s.lasts) // the scene
	}
	starts[len(all)] = time.Now()
	link.Set(netnstest.Conditions{})
	require.NoError(t, <-ended)
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	var frames []shown
	require.NoError(t, json.Unmarshal(b, &frames))
	for i, s := range all {
		report(kind, s.name, starts[i], starts[i+1], frames)
	}
}

// shown is a frame on screen.
type shown struct {
	At   float64  `json:"at"`   // milliseconds since 1970
	Time uint32   `json:"time"` // RTP
	Heat *float64 `json:"heat"` // RTP time of the heat that is drawn on it
}

// frozen is from when on a gap between frames counts as a freeze, in milliseconds.
const frozen = 250

// report prints what was seen between two moments.
func report(kind browsertest.Kind, name string, from, to time.Time, frames []shown) {
	begin, end := float64(from.UnixMilli()), float64(to.UnixMilli())
	last, longest, calm := begin, 0., begin
	freezes, n := 0, 0
	var lags []float64
	heats := map[float64]bool{}
	gap := func(at float64) {
		if g := at - last; g > frozen {
			freezes++
			longest = max(longest, g)
			calm = at
		}
		last = at
	}
	for _, f := range frames {
		if f.At < begin || f.At >= end {
			continue
		}
		gap(f.At)
		n++
		if f.Heat != nil {
			lags = append(lags, float64(int32(f.Time-uint32(*f.Heat)))/90) //nolint:gosec // RTP times wrap
			heats[*f.Heat] = true
		}
	}
	gap(end)
	seconds := (end - begin) / 1000
	lag := "–"
	if len(lags) > 0 {
		slices.Sort(lags)
		lag = fmt.Sprintf("%.0f / %.0f ms", lags[len(lags)/2], lags[len(lags)*95/100])
	}
	fmt.Printf("| %s | %s | %.1f | %d | %.0f ms | %s | %.1f | %.1f s |\n", kind, name, float64(n)/seconds, freezes, longest, lag, float64(len(heats))/seconds, (calm-begin)/1000)
}

// watchFrames notes each frame on screen, and the heat on it.
const watchFrames = `(() => {
	const known = new WeakSet();
	window.framesShown = [];
	const note = (f) => setTimeout(() => window.framesShown.push({
		at: performance.timeOrigin + performance.now(), time: f.rtpTimestamp ?? 0, heat: window.videogem?.heat ?? null}));
	setInterval(() => {
		for (const v of document.querySelectorAll('video')) {
			if (known.has(v)) continue;
			known.add(v);
			const look = (now, f) => { note(f); v.requestVideoFrameCallback(look); };
			v.requestVideoFrameCallback(look);
		}
	}, 50);
})()`

// TestBadNetworksViewer is no test, but the viewer of TestBadNetworks: all of it is inside a network.
func TestBadNetworksViewer(t *testing.T) {
	if os.Getenv(envViewer) == "" {
		t.Skip("it is the process of another test")
	}
	args := strings.Split(os.Getenv(envViewer), "|")
	length, err := time.ParseDuration(args[2] + "s")
	require.NoError(t, err)
	tab := browsertest.Start(t, browsertest.Kind(args[0])).Open(t, browsertest.Before(watchFrames), browsertest.Allow("."))
	tab.Navigate(args[1])
	tab.WaitFor("window.framesShown.length > 30")
	require.NoError(t, os.WriteFile(args[3]+".begun", nil, 0o600))
	time.Sleep(length) // the journey
	require.NoError(t, os.WriteFile(args[3], tab.Eval("window.framesShown"), 0o600))
}
