// Pictures and clips of what a video element shows.

const longest = 15_000; // ms of a clip

// picture draws the frame on screen with the heat over it (a canvas), at most width pixels wide; null when there is none.
export function picture(video, heat, width = Infinity) {
  if (video.videoWidth === 0) return null;
  const scale = Math.min(1, width / video.videoWidth);
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  const g = canvas.getContext('2d');
  for (const layer of heat.width > 0 ? [video, heat] : [video]) g.drawImage(layer, 0, 0, canvas.width, canvas.height);
  return canvas;
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

// record films a stream until stop is called, at most 15 seconds, and gives the clip's address, or '' when this browser
// cannot film.
export function record(video) {
  const media = video.srcObject;
  if (!media || typeof MediaRecorder === 'undefined' || !MediaRecorder.isTypeSupported('video/webm')) return null;
  const chunks = [];
  let recorder;
  try {
    recorder = new MediaRecorder(media, {mimeType: 'video/webm'});
  } catch {
    return null; // the stream has just ended
  }
  const done = new Promise((resolve) => {
    recorder.addEventListener('dataavailable', (e) => { if (e.data.size > 0) chunks.push(e.data); });
    recorder.addEventListener('stop', () => resolve(chunks.length > 0 ? URL.createObjectURL(new Blob(chunks, {type: 'video/webm'})) : ''));
    recorder.addEventListener('error', () => resolve(''));
  });
  recorder.start();
  const stop = () => { if (recorder.state !== 'inactive') recorder.stop(); };
  const timer = setTimeout(stop, longest);
  done.then(() => clearTimeout(timer));
  return {stop, done};
}
