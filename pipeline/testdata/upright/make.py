# Makes the files of this folder: `pip install av==18.1.0 numpy pillow && python make.py`. Upright or squared, each but the mirrored one is
# 128x64 and red at the left edge; mirrored.mp4 is 64x128 as it is stored, and red at the right edge when it is shown.
import struct

import av
import numpy as np
from PIL import Image

MATRICES = {"turned": (0, 0x10000, -0x10000, 0), "mirrored": (-0x10000, 0, 0, 0x10000), "anamorphic": None}
red = np.full((64, 128, 3), 90, np.uint8)
red[:, :32] = (200, 20, 20)
for name, matrix in MATRICES.items():
    stored = {"turned": np.rot90(red), "mirrored": np.ascontiguousarray(np.rot90(red, 2).swapaxes(0, 1)[:, :][::1]), "anamorphic": red[:, ::2]}[name]
    if name == "mirrored":
        stored = np.full((128, 64, 3), 90, np.uint8)
        stored[:, :16] = (200, 20, 20)
    out = av.open(name + ".mp4", "w")
    s = out.add_stream("libx264", rate=10, options={"crf": "20", "bf": "0"})
    s.height, s.width, s.pix_fmt = stored.shape[0], stored.shape[1], "yuv420p"
    if name == "anamorphic":
        s.codec_context.sample_aspect_ratio = 2
    for k in range(10):
        f = av.VideoFrame.from_ndarray(np.ascontiguousarray(stored), format="rgb24")
        f.pts = k
        out.mux(s.encode(f))
    out.mux(s.encode())
    out.close()
    if matrix:
        data = bytearray(open(name + ".mp4", "rb").read())
        at = data.index(b"tkhd") + 4 + 40  # version 0
        a, b, c, d = matrix
        data[at : at + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 0x40000000)
        open(name + ".mp4", "wb").write(data)
exif = Image.Exif()
exif[274] = 6
Image.fromarray(np.ascontiguousarray(np.rot90(red))).save("exif6.jpg", exif=exif, quality=90)
