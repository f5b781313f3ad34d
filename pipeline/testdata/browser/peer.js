// What the tests' browser does: it publishes its camera, and watches. Plain WHIP and WHEP, with none of the page's own code.
const offer = async (pc, url) => {
  await pc.setLocalDescription();
  if (pc.iceGatheringState !== 'complete') {
    await new Promise((done) => pc.addEventListener('icegatheringstatechange', () => pc.iceGatheringState === 'complete' && done()));
  }
  const r = await fetch(url, {method: 'POST', headers: {'Content-Type': 'application/sdp'}, body: pc.localDescription.sdp});
  const body = await r.text();
  if (!r.ok) throw new Error(`${r.status} ${body}`);
  await pc.setRemoteDescription({type: 'answer', sdp: body});
  return new URL(r.headers.get('Location'), url);
};

window.publish = async (url, mime, width, height) => {
  const pc = window.publisher = new RTCPeerConnection();
  const stream = await navigator.mediaDevices.getUserMedia({video: {width, height}});
  const t = pc.addTransceiver(stream.getVideoTracks()[0], {direction: 'sendonly'});
  t.setCodecPreferences(RTCRtpSender.getCapabilities('video').codecs.filter((c) => c.mimeType === mime || c.mimeType === 'video/rtx'));
  window.published = await offer(pc, url);
};

window.unpublish = async () => {
  await fetch(window.published, {method: 'DELETE'});
  window.publisher.close();
};

// seen is what a viewer got: frames, the times of those shown, and the times of heat.
window.watchStream = async (url) => {
  const seen = window.seen = {decoded: 0, width: 0, codec: '', shown: new Set(), heats: [], error: ''};
  try {
    const pc = window.viewer = new RTCPeerConnection();
    pc.addTransceiver('video', {direction: 'recvonly'});
    const heat = pc.createDataChannel('heat', {ordered: false, maxRetransmits: 0});
    heat.binaryType = 'arraybuffer';
    heat.onmessage = (e) => seen.heats.push(new DataView(e.data).getUint32(4));
    const video = document.createElement('video');
    Object.assign(video, {muted: true, autoplay: true, playsInline: true});
    document.body.append(video);
    pc.ontrack = (e) => { video.srcObject = new MediaStream([e.track]); };
    const shown = (_, frame) => { seen.shown.add(frame.rtpTimestamp); seen.width = frame.width; video.requestVideoFrameCallback(shown); };
    video.requestVideoFrameCallback(shown);
    await offer(pc, url);
    setInterval(async () => {
      const stats = await pc.getStats();
      for (const r of stats.values()) {
        if (r.type === 'inbound-rtp' && r.kind === 'video') {
          seen.decoded = r.framesDecoded ?? 0;
          seen.codec = stats.get(r.codecId)?.mimeType ?? '';
        }
      }
    }, 100);
  } catch (e) {
    seen.error = String(e);
  }
};
