// A viewer that measures. measure(overlay, frames) returns the place in measured at which the figures appear.
window.measured = [];
window.measure = (overlay, frames) => {
	const found = { answer: 0, first: 0, received: [], shown: [], error: "" };
	const id = measured.push(found) - 1;
	watch(overlay, frames, found).catch((e) => { found.error = String(e); });
	return id;
};

async function watch(overlay, frames, found) {
	const began = performance.now();
	const pc = new RTCPeerConnection();
	pc.addTransceiver("video", { direction: "recvonly" });
	const video = document.createElement("video");
	video.muted = video.autoplay = true;
	document.body.append(video);
	pc.ontrack = (e) => { video.srcObject = new MediaStream([e.track]); };
	const over = new Promise((resolve) => look(video, frames, found, began, resolve));
	await pc.setLocalDescription();
	const asked = performance.now();
	const response = await fetch("/whep/demo?overlay=" + overlay, {
		method: "POST", headers: { "Content-Type": "application/sdp" }, body: pc.localDescription.sdp,
	});
	const text = await response.text();
	found.answer = performance.now() - asked;
	if (response.status !== 201) throw new Error(response.status + " " + text);
	await pc.setRemoteDescription({ type: "answer", sdp: text });
	await over;
	await fetch(response.headers.get("Location"), { method: "DELETE" });
	pc.close();
	video.remove();
}

// look reads the time that is stamped into each frame: 16 bits of milliseconds, each 16 pixels wide.
function look(video, frames, found, began, done) {
	const canvas = document.createElement("canvas");
	canvas.width = 256;
	canvas.height = 16;
	const context = canvas.getContext("2d", { willReadFrequently: true });
	const wall = Date.now() - performance.now(); // frames bear the wall clock's time
	const next = (_, meta) => {
		const now = performance.now();
		context.drawImage(video, 0, 0, 256, 16, 0, 0, 256, 16);
		const pixels = context.getImageData(0, 8, 256, 1).data;
		let made = 0;
		for (let bit = 0; bit < 16; bit++) if (pixels[(bit * 16 + 8) * 4] > 127) made |= 1 << bit;
		if (!found.first) found.first = now - began;
		found.shown.push(since(made, now + wall));
		found.received.push(since(made, meta.receiveTime + wall));
		if (found.shown.length < frames) video.requestVideoFrameCallback(next);
		else done();
	};
	video.requestVideoFrameCallback(next);
}

// since is the time from a 16-bit stamp on; a little less than nothing is possible, as the stamp has no fractions.
const since = (made, now) => {
	const age = ((now - made) % 65536 + 65536) % 65536;
	return age > 65000 ? age - 65536 : age;
};
