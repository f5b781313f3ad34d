package main

import (
	"os"
	"testing"
)

// envProgram makes the test binary the program itself, for tests that need it as a process of its own.
const envProgram = "VIDEOGEM_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(envProgram) == "" {
		os.Exit(m.Run())
	}
	os.Exit(process(os.Args[1:]))
}
