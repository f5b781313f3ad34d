package browsertest

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// preferences are what differs from a new profile. Firefox's remote agent sets more by itself, so that nothing asks or calls home.
const preferences = `user_pref("network.proxy.type", 0);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("app.normandy.enabled", false);
user_pref("media.gmp-manager.updateEnabled", false);
`

const cameraPreferences = `user_pref("media.navigator.streams.fake", true);
user_pref("media.navigator.permission.disabled", true);
`

// firefox drives Firefox by WebDriver BiDi, which it speaks itself.
type firefox struct {
	bidi *bidi
}

func startFirefox(t testing.TB, ctx context.Context, path string, o options) firefox { //nolint:revive // t goes first in test helpers
	t.Helper()
	home, err := os.MkdirTemp("", "firefox") //nolint:usetesting // processes of Firefox may still write there when it has ended: see the clean-up
	if err != nil {
		t.Fatal(err)
	}
	prefs := preferences
	if o.camera {
		prefs += cameraPreferences
	}
	if err := os.WriteFile(filepath.Join(home, "user.js"), []byte(prefs), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, path, "--headless", "--no-remote", "--profile", home, "--remote-debugging-port", "0", "--width", "1440", "--height", "900")
	cmd.Env = append(os.Environ(), "HOME="+home, "MOZ_CRASHREPORTER_DISABLE=1", "MOZ_DISABLE_AUTO_SAFE_MODE=1")
	errors, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	address := make(chan string, 1)
	read := make(chan struct{})
	go func() {
		defer close(read)
		lines := bufio.NewScanner(errors)
		for lines.Scan() {
			if _, at, found := strings.Cut(lines.Text(), "WebDriver BiDi listening on "); found {
				address <- at
			}
		}
		close(address)
	}()
	var connection *bidi
	t.Cleanup(func() {
		if connection != nil {
			_ = connection.call(ctx, "browser.close", struct{}{}, nil) // or it is killed
			connection.close()
		}
		late := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
		if connection == nil {
			_ = cmd.Process.Kill()
		}
		<-read
		_ = cmd.Wait() // a killed one is no failure
		late.Stop()
		removeAll(home)
	})
	at, listening := <-address
	if !listening {
		t.Fatalf("%s ended before it listened", path)
	}
	connection, err = dialBidi(ctx, at+"/session")
	if err != nil {
		t.Fatalf("reach %s: %v", path, err)
	}
	err = connection.call(ctx, "session.new", map[string]any{"capabilities": map[string]any{}}, nil)
	if err == nil {
		err = connection.call(ctx, "session.subscribe", map[string]any{"events": []string{"log.entryAdded"}}, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return firefox{connection}
}

// removeAll removes a folder in which processes that are about to end may still be writing.
func removeAll(folder string) {
	for range 20 {
		if os.RemoveAll(folder) == nil {
			return
		}
		time.Sleep(pause)
	}
}

func (f firefox) open(ctx context.Context, before []string, said func(entry)) (page, error) {
	p := &firefoxPage{bidi: f.bidi}
	var user struct {
		UserContext string `json:"userContext"`
	}
	if err := f.bidi.call(ctx, "browser.createUserContext", struct{}{}, &user); err != nil {
		return nil, err
	}
	p.user = user.UserContext
	var tab struct {
		Context string `json:"context"`
	}
	if err := f.bidi.call(ctx, "browsingContext.create", map[string]any{"type": "window", "userContext": p.user}, &tab); err != nil {
		return nil, err
	}
	p.tab = tab.Context
	f.bidi.listen(p.tab, said)
	for _, script := range before {
		params := map[string]any{"functionDeclaration": "() => {" + script + "}", "contexts": []string{p.tab}}
		if err := f.bidi.call(ctx, "script.addPreloadScript", params, nil); err != nil {
			return nil, err
		}
	}
	return p, p.viewport(ctx, 1440, 900, 1)
}

// firefoxPage is a tab, in a window of its own.
type firefoxPage struct {
	bidi      *bidi
	user, tab string
}

func (p *firefoxPage) navigate(ctx context.Context, url string) error {
	return p.bidi.call(ctx, "browsingContext.navigate", map[string]any{"context": p.tab, "url": url, "wait": "complete"}, nil)
}

func (p *firefoxPage) reload(ctx context.Context) error {
	return p.bidi.call(ctx, "browsingContext.reload", map[string]any{"context": p.tab, "wait": "complete"}, nil)
}

func (p *firefoxPage) eval(ctx context.Context, expression string) (string, error) {
	var reply struct {
		Result struct {
			Value json.RawMessage `json:"value"`
		} `json:"result"`
		ExceptionDetails *struct {
			Text string `json:"text"`
		} `json:"exceptionDetails"`
	}
	params := map[string]any{"expression": asJSON(expression), "target": map[string]any{"context": p.tab}, "awaitPromise": true}
	if err := p.bidi.call(ctx, "script.evaluate", params, &reply); err != nil {
		return "", err
	}
	if reply.ExceptionDetails != nil {
		return "", fmt.Errorf("%w: %s", errScript, reply.ExceptionDetails.Text)
	}
	var text string
	return text, json.Unmarshal(reply.Result.Value, &text)
}

func (p *firefoxPage) press(ctx context.Context, keys string) error {
	var actions []any
	for _, r := range keys {
		if special, ok := webDriverKey(r); ok {
			r = special
		}
		actions = append(actions, map[string]any{"type": "keyDown", "value": string(r)}, map[string]any{"type": "keyUp", "value": string(r)})
	}
	return p.act(ctx, map[string]any{"type": "key", "id": "keyboard", "actions": actions})
}

func (p *firefoxPage) drag(ctx context.Context, from, to [2]float64) error {
	move := func(at [2]float64) map[string]any {
		return map[string]any{"type": "pointerMove", "x": int(math.Round(at[0])), "y": int(math.Round(at[1]))}
	}
	actions := []any{move(from), map[string]any{"type": "pointerDown", "button": 0}}
	if from != to {
		actions = append(actions, move([2]float64{(from[0] + to[0]) / 2, (from[1] + to[1]) / 2}), move(to))
	}
	actions = append(actions, map[string]any{"type": "pointerUp", "button": 0})
	return p.act(ctx, map[string]any{"type": "pointer", "id": "mouse", "actions": actions})
}

func (p *firefoxPage) act(ctx context.Context, source map[string]any) error {
	return p.bidi.call(ctx, "input.performActions", map[string]any{"context": p.tab, "actions": []any{source}}, nil)
}

func (p *firefoxPage) viewport(ctx context.Context, width, height int, scale float64) error {
	return p.bidi.call(ctx, "browsingContext.setViewport", map[string]any{
		"context": p.tab, "viewport": map[string]any{"width": width, "height": height}, "devicePixelRatio": scale,
	}, nil)
}

func (p *firefoxPage) screenshot(ctx context.Context) ([]byte, error) {
	var reply struct {
		Data string `json:"data"`
	}
	if err := p.bidi.call(ctx, "browsingContext.captureScreenshot", map[string]any{"context": p.tab}, &reply); err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(reply.Data)
}

func (p *firefoxPage) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return p.bidi.call(ctx, "browser.removeUserContext", map[string]any{"userContext": p.user}, nil)
}
