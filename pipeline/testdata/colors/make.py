# Makes the videos of this folder: `pip install av==18.1.0 numpy && python make.py`. Eight patches below a grey half, in known colours.
import av
import numpy as np

PATCHES = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0), (64, 64, 64), (200, 150, 120), (20, 80, 30)]
K = {"601": (0.299, 0.114), "709": (0.2126, 0.0722)}


def planes(w, h, matrix, full):
    kr, kb = K[matrix]
    picture = np.full((h, w, 3), 128.0)
    for i, p in enumerate(PATCHES):
        picture[h // 2 :, i * w // 8 : (i + 1) * w // 8] = p
    r, g, b = (picture[..., i] / 255 for i in range(3))
    y = kr * r + (1 - kr - kb) * g + kb * b
    u, v = ((b - y) / (2 * (1 - kb)))[::2, ::2], ((r - y) / (2 * (1 - kr)))[::2, ::2]
    y, u, v = (255 * y, 255 * u + 128, 255 * v + 128) if full else (16 + 219 * y, 128 + 224 * u, 128 + 224 * v)
    return np.concatenate([np.clip(np.rint(p), 0, 255).astype(np.uint8).ravel() for p in (y, u, v)]).reshape(h * 3 // 2, w)


def write(name, codec, w, h, matrix, full, options, frames=10):
    out = av.open(name, "w")
    s = out.add_stream(codec, rate=5, options=options)
    s.width, s.height, s.pix_fmt = w, h, "yuvj420p" if full else "yuv420p"
    c = s.codec_context
    c.colorspace = 1 if matrix == "709" else 6
    c.color_primaries = c.color_trc = c.colorspace
    c.color_range = 2 if full else 1
    if codec == "mjpeg":
        c.qmin = c.qmax = 2
    data = planes(w, h, matrix, full)
    for k in range(frames):
        f = av.VideoFrame.from_ndarray(data, format=s.pix_fmt)
        f.colorspace, f.color_range, f.pts = c.colorspace, c.color_range, k
        out.mux(s.encode(f))
    out.mux(s.encode())
    out.close()


for height, width in ((360, 640), (720, 1280)):
    for matrix in K:
        for full in (False, True):
            write(f"{matrix}-{'full' if full else 'limited'}-{height}.mp4", "libx264", width, height, matrix, full, {"crf": "8", "preset": "slow", "bf": "0"})
write("mjpeg-360.mkv", "mjpeg", 640, 360, "601", True, {}, 3)
