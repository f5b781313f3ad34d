#!/bin/bash
# gortsplib refuses a Basic password that has a colon in it.
#
# Expected: RFC 7617, section 2: the user name ends at the first colon, and the password is all that follows, further colons included.
# Happens:  the server's reader of the Authorization header splits at every colon and refuses whatever has not just two parts. The
#           client of the same library writes such a header without a word.
# Versions: github.com/bluenviron/gortsplib/v4 v4.16.2.
# Who:      RTSP cameras' and servers' users with generated passwords: a server built on gortsplib turns them away, with words about
#           the header instead of the password. Digest is not touched.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >main.go <<'GO'
package main

import (
	"encoding/base64"
	"fmt"
	"os"

	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/headers"
)

// read gives what the library makes of a Basic header with this user and password.
func read(user, password string) (headers.Authorization, error) {
	var a headers.Authorization
	err := a.Unmarshal(base.HeaderValue{"Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))})
	return a, err
}

func main() {
	plain, err := read("camera", "onetwo")
	fmt.Printf("password onetwo:  user %q, password %q, error %v\n", plain.Username, plain.BasicPass, err)
	if err != nil || plain.BasicPass != "onetwo" {
		fmt.Println("CHANGED: a password without a colon is not read")
		os.Exit(1)
	}
	_, err = read("camera", "one:two")
	fmt.Printf("password one:two: error %v\n", err)
	written := headers.Authorization{Method: headers.AuthMethodBasic, Username: "camera", BasicPass: "one:two"}.Marshal()
	var again headers.Authorization
	fmt.Printf("its own header for it, %s: error %v\n", written, again.Unmarshal(written))
	if err == nil {
		fmt.Println("CHANGED: a password with a colon is read")
		os.Exit(1)
	}
	fmt.Println("as described")
}
GO
cat >go.mod <<'MOD'
module finding

go 1.24

require github.com/bluenviron/gortsplib/v4 v4.16.2
MOD
export GOFLAGS=-mod=mod CGO_ENABLED=0
go mod tidy >/dev/null 2>&1
go run .
