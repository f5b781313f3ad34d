// Pictures and films of what a video element shows, with the heat that the page draws over it.

const longest = 15_000; // ms of a film
const widest = 960; // pixels of a film
const bits = 2_000_000; // a second
const types = ['video/webm;codecs=vp8', 'video/webm', 'video/mp4'];

// picture draws the frame on screen with the heat over it (a canvas), at most width pixels wide; null when there is none.
export function picture(video, heat, width = Infinity) {
  if (video.videoWidth === 0) return null;
  const scale = Math.min(1, width / video.videoWidth);
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  draw(canvas, video, heat);
  return canvas;
}

function draw(canvas, video, heat) {
  const g = canvas.getContext('2d');
  for (const layer of heat.width > 0 ? [video, heat] : [video]) g.drawImage(layer, 0, 0, canvas.width, canvas.height);
}

// save hands a file to the viewer.
export function save(address, name) {
  const a = document.createElement('a');
  a.href = address;
  a.download = name;
  a.click();
}

// fileName is safe on every system: "demo 2026-01-31 10.15.07.png".
export function fileName(stream, time, extension) {
  const t = new Date(time - new Date(time).getTimezoneOffset() * 60_000).toISOString();
  return `${stream} ${t.slice(0, 10)} ${t.slice(11, 19).replaceAll(':', '.')}.${extension}`.replace(/[^\w .-]/g, '_');
}

// film films what is on screen until stop is called, at most 15 seconds; done gives the film (a Blob, empty when it failed). It returns
// null where there is no picture, and when this browser cannot film.
export function film(video, heat) {
  const type = typeof MediaRecorder === 'undefined' ? undefined : types.find((t) => MediaRecorder.isTypeSupported(t));
  const canvas = picture(video, heat, widest);
  if (!type || !canvas?.captureStream) return null;
  const chunks = [];
  const media = canvas.captureStream();
  const recorder = new MediaRecorder(media, {mimeType: type, videoBitsPerSecond: bits});
  const next = () => {
    if (recorder.state !== 'recording') return;
    draw(canvas, video, heat);
    if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(next);
    else requestAnimationFrame(next);
  };
  const stop = () => { if (recorder.state !== 'inactive') recorder.stop(); };
  const timer = setTimeout(stop, longest);
  const done = new Promise((resolve) => {
    recorder.addEventListener('dataavailable', (e) => chunks.push(e.data));
    recorder.addEventListener('stop', resolve);
    recorder.addEventListener('error', resolve);
  }).then(() => {
    clearTimeout(timer);
    media.getTracks().forEach((t) => t.stop());
    return new Blob(chunks, {type: recorder.mimeType});
  });
  recorder.start();
  next();
  return {stop, done};
}
