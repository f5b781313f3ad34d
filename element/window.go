package element

import "time"

// window is one clip as the engine takes it, and the frames' times.
type window struct {
	pix     []byte        // [frames, height, width, 3]
	wanted  int           // the frame of the clip whose heat is asked for
	pts     time.Duration // PTS of that frame
	running time.Duration // its running time; negative when it has none
	layout  *frameLayout  // what the stream's frames looked like then
	round   uint64        // of the timeline, in aligned mode
}
