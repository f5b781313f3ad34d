//go:build linux

// Package netnstest gives tests networks of their own: Linux network namespaces (network_namespaces(7)), and cables between them. Tests
// that need one are skipped where that takes rights or programs that are not there.
package netnstest

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// Namespace is a network of its own, with the loopback interface up and nothing else. It goes with the test.
type Namespace struct {
	file *os.File // keeps it alive
	work chan func()
}

// New makes a namespace. The test is skipped where that needs more rights, or the program ip.
func New(t testing.TB) *Namespace {
	t.Helper()
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("no program ip on this machine; install it with: apt-get install iproute2")
	}
	n := &Namespace{work: make(chan func())}
	made := make(chan error)
	go n.live(made)
	if err := <-made; err != nil {
		t.Skipf("no network namespace: %v; run the test as root", err)
	}
	t.Cleanup(func() {
		close(n.work)
		_ = n.file.Close()
	})
	n.IP(t, "link", "set", "lo", "up")
	return n
}

// live is a thread inside the namespace. The thread ends with it: it is locked, and never let go.
func (n *Namespace) live(made chan<- error) {
	runtime.LockOSThread()
	err := unix.Unshare(unix.CLONE_NEWNET)
	if err == nil {
		n.file, err = os.Open("/proc/thread-self/ns/net")
	}
	made <- err
	if err != nil {
		return
	}
	for f := range n.work {
		f()
	}
}

// Do runs f on a thread inside. Sockets that f opens, and programs that it starts, stay inside; goroutines that it starts are outside.
func (n *Namespace) Do(f func()) {
	done := make(chan struct{})
	n.work <- func() {
		defer close(done)
		f()
	}
	<-done
}

// Start starts a program inside.
func (n *Namespace) Start(c *exec.Cmd) error {
	var err error
	n.Do(func() { err = c.Start() })
	return err
}

// IP runs the program ip inside, and fails the test with it.
func (n *Namespace) IP(t testing.TB, args ...string) {
	t.Helper()
	n.Run(t, "ip", args...)
}

// Run runs a program inside, and fails the test with it.
func (n *Namespace) Run(t testing.TB, name string, args ...string) {
	t.Helper()
	var out []byte
	var err error
	n.Do(func() { out, err = exec.Command(name, args...).CombinedOutput() })
	if err != nil {
		t.Fatalf("%s %q: %v: %s", name, args, err, out)
	}
}

// Cable puts one end of a cable into each namespace, under those names, and gives the ends these addresses, such as 10.1.0.1/24.
func Cable(t testing.TB, a *Namespace, nameA string, addressesA []string, b *Namespace, nameB string, addressesB []string) {
	t.Helper()
	a.IP(t, "link", "add", nameA, "type", "veth", "peer", "name", nameB, "netns", fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), b.file.Fd()))
	for _, end := range []struct {
		n         *Namespace
		name      string
		addresses []string
	}{{a, nameA, addressesA}, {b, nameB, addressesB}} {
		for _, address := range end.addresses {
			end.n.IP(t, "address", "add", address, "dev", end.name, "nodad")
		}
		end.n.IP(t, "link", "set", end.name, "up")
	}
}
