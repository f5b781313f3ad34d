package streaming_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// ownScript drives the page's module without a server: messages are lost, refused, and pushed out by others'.
const ownScript = `
	localStorage.clear();
	const {OwnPrompts} = await import('./js/own.js');
	const own = new OwnPrompts('x');
	const sent = [], refused = [];
	own.addEventListener('refused', (e) => refused.push(e.detail));
	const heat = (texts, now) => own.heard({prompts: texts.map((text) => ({text, own: true}))}, now);
	own.opened((text) => sent.push(JSON.parse(text).prompts.join()));
	own.add('a');
	await new Promise((f) => setTimeout(f, 3500)); // no answer: it is sent again, after 1 s and 2 s more
	const lost = sent.length;
	heat(['a'], 1000);
	const states = [own.list[0].state];
	await new Promise((f) => setTimeout(f, 4500));
	const rested = sent.length;
	heat([], 1500);
	states.push(own.list[0].state); // may come back
	heat([], 6000);
	states.push(own.list[0].state);
	const pushed = sent.length;
	own.again('a');
	heat(['a'], 7000);
	own.add('b');
	own.reply('{"warnings":{"b":"the model does not know: b"}}');
	const warned = own.list.map((p) => p.warning ?? '').join();
	own.reply('{"error":"not accepted: too many messages","retry":true}');
	const left = [own.list.map((p) => p.text).join()];
	own.reply('{"error":"not accepted: no"}');
	left.push(own.list.map((p) => p.text).join());
	own.reply('{"error":"not accepted: not now"}'); // what was taken once is kept, and rests
	left.push(own.list.map((p) => p.text + ' ' + p.state).join());
	own.again('a');
	own.add('c'); own.add('d'); own.add('e');
	own.ask(['v', 'o']);
	const asked = sent.at(-1);
	heat(['v', 'o', 'a', 'c'], 7100);
	states.push(own.list.map((p) => p.state).join());
	own.ask([]);
	const after = sent.at(-1);
	own.closed();
	return {warned, lost, rested, pushed, states, refused, left, asked, after, kept: new OwnPrompts('x').list.length};`

// ownModule: what gets lost is said again, and what is refused for the moment is kept.
func ownModule(t *testing.T, ctx context.Context) { //nolint:revive // t first
	t.Helper()
	require.JSONEq(t, `{"warned":",the model does not know: b","lost":3,"rested":3,"pushed":3,"states":["found","found","gone","found,found,resting,resting"],"refused":["no","not now"],`+
		`"left":["a,b","a","a refused"],"asked":"a,c,v,o","after":"a,c,d,e","kept":4}`, string(module[json.RawMessage](t, ctx, ownScript)))
}
