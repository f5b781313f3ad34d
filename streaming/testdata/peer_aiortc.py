"""A WHEP or WHIP client on aiortc: watch ADDRESS SECTIONS or publish ADDRESS SECTIONS, where SECTIONS are kinds and directions such as
video:recvonly,audio:recvonly. With `ungrouped` behind them the offer goes without its BUNDLE group. It prints what came of each section, as
JSON, once 20 frames have come or gone."""

import asyncio
import fractions
import json
import sys
import urllib.parse
import urllib.request

import av
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import VideoStreamTrack


class Picture(VideoStreamTrack):
    """Grey frames, each a little lighter."""

    sent = 0

    async def recv(self):
        pts, base = await self.next_timestamp()
        frame = av.VideoFrame(320, 180, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes([self.sent % 200 + 20]) * plane.buffer_size)
        frame.pts, frame.time_base = pts, fractions.Fraction(base)
        self.sent += 1
        return frame


async def main(what, address, sections, grouped):
    pc = RTCPeerConnection()
    picture, counts = Picture(), []
    for section in sections.split(","):
        kind, direction = section.split(":")
        sends = what == "publish" and kind == "video"
        pc.addTransceiver(picture if sends else kind, direction=direction)

    async def count(track, place):
        while True:
            await track.recv()
            counts[place] += 1

    reading = []
    await pc.setLocalDescription(await pc.createOffer())
    offer = pc.localDescription.sdp
    if not grouped:
        offer = "".join(line for line in offer.splitlines(keepends=True) if not line.startswith("a=group:"))
    request = urllib.request.Request(address, offer.encode(), {"Content-Type": "application/sdp"})
    with urllib.request.urlopen(request) as response:
        answer, location = response.read().decode(), response.headers["Location"]
    await pc.setRemoteDescription(RTCSessionDescription(sdp=answer, type="answer"))
    for transceiver in pc.getTransceivers():
        counts.append(0)
        if what == "watch" and transceiver.currentDirection in ("recvonly", "sendrecv"):
            reading.append(asyncio.create_task(count(transceiver.receiver.track, len(counts) - 1)))
    for _ in range(300):
        if picture.sent > 40 or sum(counts) >= 20:
            break
        await asyncio.sleep(0.1)
    print(json.dumps([{"direction": t.currentDirection, "frames": n} for t, n in zip(pc.getTransceivers(), counts)]))
    for task in reading:
        task.cancel()
    urllib.request.urlopen(urllib.request.Request(urllib.parse.urljoin(address, location), method="DELETE")).close()
    await pc.close()


asyncio.run(main(*sys.argv[1:4], grouped=sys.argv[4:] != ["ungrouped"]))
