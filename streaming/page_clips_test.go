package streaming_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

const clipsScript = `
	const {Clips} = await import('./js/clips.js');
	const clips = new Clips();
	const events = Array.from({length: 5}, () => ({clip: null}));
	const film = (megabytes, type = 'video/webm;codecs=vp8') => new Blob([new Uint8Array(megabytes << 20)], {type});
	clips.keep(film(30), [events[0], events[1]]);
	const {clip} = events[0];
	const shared = clip === events[1].clip;
	clips.forget(events[0]);
	const one = [events[0].clip === null, events[1].clip === clip, clip.extension];
	clips.keep(film(30, 'video/mp4'), [events[2]]);
	const changed = clips.keep(film(20), [events[3]]); // more than there is room for
	const after = [changed.length, events[1].clip === null, events[2].clip.extension, events[3].clip !== null];
	clips.keep(film(0), [events[4]]);
	clips.keep(film(1), []);
	return {shared, one, after, empty: events[4].clip === null};`

// clipsModule: events share clips, and the oldest make room.
func clipsModule(t *testing.T, ctx context.Context) { //nolint:revive // t first
	t.Helper()
	require.JSONEq(t, `{"shared":true,"one":[true,true,"webm"],"after":[2,true,"mp4",true],"empty":true}`, string(module[json.RawMessage](t, ctx, clipsScript)))
}
