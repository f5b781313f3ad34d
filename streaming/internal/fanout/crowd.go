package main

import (
	"context"
	"errors"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/transport/v5/stdnet"
	"github.com/pion/webrtc/v4"
)

// crowd is how viewers load a server.
type crowd struct {
	length time.Duration // of a run
	probes int           // so many viewers decrypt what they get
	report bool          // they tell the server what came when, as browsers do
}

// measure lets n viewers watch.
func (c crowd) measure(ctx context.Context, t *target, n int) (result, error) {
	r := result{server: t.name, viewers: n}
	var poller *poller
	if !c.report { // what viewers report is when they read
		poller = newPoller()
		stop := make(chan struct{})
		var polling sync.WaitGroup
		polling.Go(func() { poller.run(stop) })
		defer polling.Wait()
		defer close(stop)
	}
	viewers, err := c.watch(ctx, t.url, n, poller)
	defer leave(viewers)
	if err != nil {
		return r, err
	}
	time.Sleep(time.Second)
	for _, v := range viewers {
		v.reset()
	}
	clocks := []struct {
		read func() (time.Duration, error)
		to   *float64
	}{
		{func() (time.Duration, error) { return cpuTime(t.pid) }, &r.cores},
		{func() (time.Duration, error) { return cpuTime(os.Getpid()) }, &r.clientCores},
		{idleTime, &r.idle},
	}
	began := time.Now()
	for _, clock := range clocks {
		now, err := clock.read()
		if err != nil {
			return r, err
		}
		*clock.to = -now.Seconds()
	}
	select {
	case <-ctx.Done():
		return r, ctx.Err()
	case <-time.After(c.length):
	}
	took := time.Since(began).Seconds()
	for _, clock := range clocks {
		now, err := clock.read()
		if err != nil {
			return r, err
		}
		*clock.to = (*clock.to + now.Seconds()) / took
	}
	r.sum(viewers)
	return r, nil
}

// watch lets n viewers watch, and returns when all see packets.
func (c crowd) watch(ctx context.Context, url string, n int, poller *poller) ([]*viewer, error) {
	var viewers []*viewer
	errs := make([]error, n)
	places := make(chan struct{}, 8) // so many at a time
	var group sync.WaitGroup
	for i := range n {
		v := &viewer{first: make(chan struct{})}
		viewers = append(viewers, v)
		group.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			api, err := c.api(v, i >= c.probes, poller)
			if err != nil {
				errs[i] = err
				return
			}
			errs[i] = v.open(ctx, api, url)
		})
	}
	group.Wait()
	return viewers, errors.Join(errs...)
}

// api makes a viewer's API; light: the packets are only counted.
func (c crowd) api(v *viewer, light bool, poller *poller) (*webrtc.API, error) {
	engine, registry := &webrtc.MediaEngine{}, &interceptor.Registry{}
	if err := engine.RegisterDefaultCodecs(); err != nil {
		return nil, err
	}
	if c.report {
		if err := webrtc.ConfigureTWCCSender(engine, registry); err != nil {
			return nil, err
		}
	}
	var settings webrtc.SettingEngine
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetInterfaceFilter(func(name string) bool { return name == "lo" })
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	n, err := stdnet.NewNet()
	if err != nil {
		return nil, err
	}
	settings.SetNet(network{Net: n, viewer: v, poller: poller, light: light})
	return webrtc.NewAPI(webrtc.WithMediaEngine(engine), webrtc.WithSettingEngine(settings), webrtc.WithInterceptorRegistry(registry)), nil
}

// sum sums up what the viewers saw.
func (r *result) sum(viewers []*viewer) {
	var delays, answers, packets []time.Duration
	got, sent := 0, 0
	for _, v := range viewers {
		v.mu.Lock()
		delays = append(delays, v.delays...)
		got, sent = got+v.got, sent+v.sent
		v.mu.Unlock()
		answers, packets = append(answers, v.answer), append(packets, v.packet)
	}
	share := func(all []time.Duration, percent int) time.Duration {
		if len(all) == 0 {
			return 0
		}
		slices.Sort(all)
		return all[len(all)*percent/100]
	}
	r.delay50, r.delay95 = share(delays, 50), share(delays, 95)
	r.answer95, r.first95 = share(answers, 95), share(packets, 95)
	r.lost = 1 - min(1, float64(got)/float64(max(1, sent)))
}

func leave(viewers []*viewer) {
	var group sync.WaitGroup
	for _, v := range viewers {
		if v.pc != nil {
			group.Go(func() { _ = v.pc.Close() })
		}
	}
	group.Wait()
}
