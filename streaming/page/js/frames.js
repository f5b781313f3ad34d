// The frames that a video element shows, one by one.

// eachFrame calls shown for each frame of a receiver's track that comes on screen in a video element, until the signal aborts. It is told the
// frame's rtpTimestamp, and what else the browser tells of a frame. Browsers without requestVideoFrameCallback are asked before each repaint which
// frame the track is at.
export function eachFrame(video, receiver, signal, shown) {
  const at = () => receiver.getSynchronizationSources()[0]?.rtpTimestamp;
  if (video.requestVideoFrameCallback) {
    const next = (_, frame) => {
      if (signal.aborted) return;
      shown(frame.rtpTimestamp === undefined ? {...frame, rtpTimestamp: at()} : frame);
      video.requestVideoFrameCallback(next);
    };
    video.requestVideoFrameCallback(next);
    return;
  }
  let last;
  const look = () => {
    if (signal.aborted) return;
    const rtpTimestamp = at();
    if (rtpTimestamp !== last && video.videoWidth > 0) {
      last = rtpTimestamp;
      shown({rtpTimestamp, width: video.videoWidth, height: video.videoHeight});
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
