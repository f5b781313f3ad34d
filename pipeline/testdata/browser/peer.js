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

// readColors watches streams and gives, for each, its size and the colours of eight places in the lower half of the picture.
window.readColors = async (urls) => Promise.all(urls.map(async (url) => {
  const pc = new RTCPeerConnection();
  pc.addTransceiver('video', {direction: 'recvonly'});
  const video = document.createElement('video');
  Object.assign(video, {muted: true, autoplay: true, playsInline: true});
  document.body.append(video);
  try {
    pc.ontrack = (e) => { video.srcObject = new MediaStream([e.track]); };
    await offer(pc, url);
    const canvas = document.createElement('canvas');
    const pen = canvas.getContext('2d', {willReadFrequently: true});
    let colors = [];
    // The first frames are coarse: an encoder spends its bits on what stands still little by little. A busy browser may have nothing to draw
    // yet: the fourth patch is white.
    for (let frames = 0; frames < 40 && !(frames >= 8 && colors[3][0] > 128); frames++) {
      await new Promise((done, fail) => {
        video.requestVideoFrameCallback(done);
        setTimeout(() => fail(new Error(`no frame after ${frames}`)), 20_000);
      });
      if (frames < 7) continue;
      const [w, h] = [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
      pen.drawImage(video, 0, 0);
      colors = [];
      for (let i = 0; i < 8; i++) {
        const {data} = pen.getImageData(Math.round((i + 0.5) * w / 8) - 8, Math.round(h * 0.75) - 8, 16, 16);
        const sum = [0, 0, 0];
        data.forEach((v, k) => { if (k % 4 < 3) sum[k % 4] += v / 256; });
        colors.push(sum);
      }
    }
    return {width: video.videoWidth, height: video.videoHeight, colors};
  } catch (e) {
    return {error: String(e), colors: []};
  } finally {
    pc.close();
    video.remove();
  }
}));
