package ort

import (
	"sync"

	"github.com/ebitengine/purego"
)

// mallocTrim is glibc's malloc_trim(3); 0 where the C library has none.
var mallocTrim = sync.OnceValue(func() uintptr { //nolint:gochecknoglobals // the C library is one per process
	f, err := purego.Dlsym(purego.RTLD_DEFAULT, "malloc_trim")
	if err != nil {
		return 0
	}
	return f
})

// trim gives the C library's free memory back to the system. glibc keeps what a session freed in the arena of each thread that ran it:
// tens of megabytes a model, which the next model, run by other threads, does not find.
func trim() {
	if f := mallocTrim(); f != 0 {
		purego.SyscallN(f, 0)
	}
}
