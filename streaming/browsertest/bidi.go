package browsertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

var (
	// errScript: a script threw.
	errScript = errors.New("the script failed")
	// errCommand: the browser refused a command.
	errCommand = errors.New("the browser refused")
	// errConnection: the connection to the browser is lost.
	errConnection = errors.New("the browser is gone")
)

// bidi is a connection to a browser that speaks WebDriver BiDi (https://www.w3.org/TR/webdriver-bidi/).
type bidi struct {
	conn *websocket.Conn
	done chan struct{} // closed when nothing more is read

	mu        sync.Mutex
	next      int
	waiting   map[int]chan<- message
	listeners map[string]func(entry) // by browsing context
}

// message is a reply to a command, or an event.
type message struct {
	ID      *int            `json:"id"`
	Type    string          `json:"type"`
	Result  json.RawMessage `json:"result"`
	Error   string          `json:"error"`
	Message string          `json:"message"`
	Method  string          `json:"method"`
	Params  json.RawMessage `json:"params"`
}

func dialBidi(ctx context.Context, address string) (*bidi, error) {
	conn, _, err := websocket.Dial(ctx, address, nil) //nolint:bodyclose // it need not be closed, says Dial
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(-1) // pictures
	b := &bidi{conn: conn, done: make(chan struct{}), waiting: map[int]chan<- message{}, listeners: map[string]func(entry){}}
	go b.read() //nolint:contextcheck // ends with the connection
	return b, nil
}

func (b *bidi) close() {
	_ = b.conn.CloseNow() // the browser may have done so
	<-b.done
}

func (b *bidi) read() {
	defer close(b.done)
	for {
		var m message
		if wsjson.Read(context.Background(), b.conn, &m) != nil {
			return
		}
		if m.ID == nil {
			b.event(m)
			continue
		}
		b.mu.Lock()
		reply := b.waiting[*m.ID]
		delete(b.waiting, *m.ID)
		b.mu.Unlock()
		if reply != nil {
			reply <- m
		}
	}
}

// call sends a command and waits for its result; result may be nil.
func (b *bidi) call(ctx context.Context, method string, params, result any) error {
	reply := make(chan message, 1)
	b.mu.Lock()
	b.next++
	id := b.next
	b.waiting[id] = reply
	b.mu.Unlock()
	if err := wsjson.Write(ctx, b.conn, map[string]any{"id": id, "method": method, "params": params}); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	select {
	case m := <-reply:
		if m.Type == "error" {
			return fmt.Errorf("%w: %s: %s: %s", errCommand, method, m.Error, m.Message)
		}
		if result == nil {
			return nil
		}
		return json.Unmarshal(m.Result, result)
	case <-b.done:
		return fmt.Errorf("%s: %w", method, errConnection)
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", method, ctx.Err())
	}
}

// listen has a tab's console told to said.
func (b *bidi) listen(tab string, said func(entry)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.listeners[tab] = said
}

// event takes a line of a console (log.entryAdded).
func (b *bidi) event(m message) {
	var e struct {
		Type      string `json:"type"`   // "console" or "javascript"
		Method    string `json:"method"` // of console
		Level     string `json:"level"`
		Text      string `json:"text"`
		Timestamp int64  `json:"timestamp"`
		Source    struct {
			Context string `json:"context"`
		} `json:"source"`
		StackTrace struct {
			CallFrames []struct {
				URL string `json:"url"`
			} `json:"callFrames"`
		} `json:"stackTrace"`
	}
	if json.Unmarshal(m.Params, &e) != nil {
		return
	}
	b.mu.Lock()
	said := b.listeners[e.Source.Context]
	b.mu.Unlock()
	if said == nil {
		return
	}
	kind, place := e.Method, ""
	if e.Type == "javascript" {
		kind = "exception"
		if e.Level != "error" {
			kind = e.Level
		}
	}
	if len(e.StackTrace.CallFrames) > 0 {
		place = e.StackTrace.CallFrames[0].URL
	}
	said(entry{
		text: strings.TrimSpace(kind + ": " + e.Text + " " + place), bad: e.Level == "error" || e.Level == "warn", at: time.UnixMilli(e.Timestamp),
	})
}
