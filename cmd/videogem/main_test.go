package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"testing"
)

// envProgram makes the test binary the program itself, for tests that need it as a process of its own.
const envProgram = "VIDEOGEM_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(envProgram) == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
