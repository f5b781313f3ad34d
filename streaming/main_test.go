package streaming

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	// The ACME authority of TestTLSByACME has no end.
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/letsencrypt/pebble/v2/va.VAImpl.processTasks"))
}
