// Package mediamtx runs MediaMTX, a media server of other authors, as the other side of tests and measurements.
package mediamtx

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
)

// Server is a running MediaMTX that knows WebRTC on loopback and nothing else.
type Server struct {
	Address string // of WHIP and WHEP, over http: /PATH/whip and /PATH/whep
	PID     int

	command *exec.Cmd
	folder  string
}

// Program is where scripts/mediamtx.sh puts MediaMTX. An error says that it is not there.
func Program() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	path := filepath.Join(cache, "videogem", "bin", "mediamtx")
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("MediaMTX is not there; scripts/mediamtx.sh brings it: %w", err)
	}
	return path, nil
}

// Start starts a program with more settings, in MediaMTX's YAML. It may take a moment until it answers. It ends with ctx, at the latest.
func Start(ctx context.Context, program, more string) (*Server, error) {
	http, udp, err := freePorts()
	if err != nil {
		return nil, err
	}
	s := &Server{Address: http}
	if s.folder, err = os.MkdirTemp("", "mediamtx"); err != nil {
		return nil, err
	}
	config := filepath.Join(s.folder, "mediamtx.yml")
	settings := fmt.Sprintf("logLevel: error\nrtsp: no\nrtmp: no\nhls: no\nsrt: no\nwebrtc: yes\nwebrtcAddress: %s\nwebrtcLocalUDPAddress: %s\n"+
		"webrtcIPsFromInterfacesList: [lo]\n%s", http, udp, more)
	if err := os.WriteFile(config, []byte(settings), 0o600); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.folder))
	}
	if err := s.run(ctx, program, config); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.folder))
	}
	return s, nil
}

// run starts the program.
func (s *Server) run(ctx context.Context, program, config string) error {
	s.command = exec.CommandContext(ctx, program, config)
	s.command.Stdout, s.command.Stderr = os.Stderr, os.Stderr
	if err := s.command.Start(); err != nil {
		return err
	}
	s.PID = s.command.Process.Pid
	return nil
}

// Kill ends the program as a crash does, and waits for it.
func (s *Server) Kill() error {
	err := s.command.Process.Kill()
	_ = s.command.Wait() // killed
	return err
}

// Again starts what was killed, with the same addresses and settings.
func (s *Server) Again(ctx context.Context) error {
	return s.run(ctx, s.command.Path, s.command.Args[1])
}

// URL is the address of a path's endpoint, whip or whep.
func (s *Server) URL(path, endpoint string) string {
	return "http://" + s.Address + "/" + path + "/" + endpoint
}

// Close ends the program and waits for it.
func (s *Server) Close() error { return errors.Join(s.Kill(), os.RemoveAll(s.folder)) }

// freePorts returns a TCP and a UDP address that are free.
func freePorts() (http, udp string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", "", err
	}
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return "", "", errors.Join(err, l.Close())
	}
	return l.Addr().String(), c.LocalAddr().String(), errors.Join(l.Close(), c.Close())
}
