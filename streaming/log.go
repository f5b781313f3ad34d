package streaming

import (
	"context"
	"fmt"
	"log"
	"log/slog"

	"github.com/pion/logging"
)

// pionLogs sends pion's logs to slog, one step quieter than pion means them: what a peer does wrong is no warning here.
type pionLogs struct{ log *slog.Logger }

// NewLogger implements logging.LoggerFactory.
func (p pionLogs) NewLogger(scope string) logging.LeveledLogger {
	return pionLogger{p.log.With("scope", scope)}
}

// pionLogger implements logging.LeveledLogger.
type pionLogger struct{ log *slog.Logger }

func (p pionLogger) Trace(string)          {}
func (p pionLogger) Tracef(string, ...any) {}
func (p pionLogger) Debug(string)          {}
func (p pionLogger) Debugf(string, ...any) {}
func (p pionLogger) Info(string)           {}
func (p pionLogger) Infof(string, ...any)  {}
func (p pionLogger) Warn(m string)         { p.log.Debug(m) }
func (p pionLogger) Error(m string)        { p.log.Info(m) }

func (p pionLogger) Warnf(format string, args ...any) { p.format(slog.LevelDebug, format, args) }

func (p pionLogger) Errorf(format string, args ...any) { p.format(slog.LevelInfo, format, args) }

func (p pionLogger) format(level slog.Level, format string, args []any) {
	if p.log.Enabled(context.Background(), level) {
		p.log.Log(context.Background(), level, fmt.Sprintf(format, args...))
	}
}

// quietLog takes the complaints of net/http about its clients.
func quietLog(l *slog.Logger) *log.Logger { return slog.NewLogLogger(l.Handler(), slog.LevelDebug) }
