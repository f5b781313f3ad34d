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

# HDR in BT.2020, 10 bits: three colours of BT.709 at up to 90 cd/m2, greys of 1000, 0, 50 and 203, and a colour of skin, below a grey of 50.
TO_2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])  # ITU-R BT.2087
LIGHT = [90 * TO_2020 @ (np.array(c) / 255) ** 2.4 for c in ((200, 60, 60), (60, 200, 60), (60, 60, 200))]
LIGHT += [np.full(3, v) for v in (1000.0, 0.0, 50.0, 203.0)] + [90 * TO_2020 @ (np.array((200, 150, 120)) / 255) ** 2.4]


def pq(light):
    p = (light / 10000) ** (2610 / 16384)
    return ((3424 / 4096 + 2413 / 128 * p) / (1 + 2392 / 128 * p)) ** (2523 / 32)


def hlg(light):
    y = np.array([0.2627, 0.6780, 0.0593]) @ light / 1000
    scene = light / 1000 * (y ** (-0.2 / 1.2) if y > 0 else 0)
    return np.where(scene > 1 / 12, 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073, np.sqrt(3 * scene))


def write_hdr(name, signal, transfer, w=640, h=360):
    picture = np.empty((h, w, 3))
    picture[:] = signal(np.full(3, 50.0))
    for i, light in enumerate(LIGHT):
        picture[h // 2 :, i * w // 8 : (i + 1) * w // 8] = signal(light)
    r, g, b = (picture[..., i] for i in range(3))
    kr, kb = 0.2627, 0.0593
    y = kr * r + (1 - kr - kb) * g + kb * b
    u, v = ((b - y) / (2 * (1 - kb)))[::2, ::2], ((r - y) / (2 * (1 - kr)))[::2, ::2]
    data = np.concatenate([np.rint(p).astype(np.uint16).ravel() for p in (64 + 876 * y, 512 + 896 * u, 512 + 896 * v)]).tobytes()
    out = av.open(name, "w")
    s = out.add_stream("libx265", rate=5, options={"crf": "6", "preset": "medium", "x265-params": f"log-level=none:bframes=0:info=0:colorprim=9:transfer={transfer}:colormatrix=9:range=limited"})
    s.width, s.height, s.pix_fmt, s.codec_tag = w, h, "yuv420p10le", "hvc1"
    c = s.codec_context
    c.colorspace, c.color_primaries, c.color_trc, c.color_range = 9, 9, transfer, 1
    for k in range(10):
        f = av.VideoFrame(w, h, "yuv420p10le")
        at = 0
        for i, plane in enumerate(f.planes):
            pw, ph = (w, h) if i == 0 else (w // 2, h // 2)
            rows = np.zeros((ph, plane.line_size // 2), np.uint16)
            rows[:, :pw] = np.frombuffer(data, np.uint16, pw * ph, at).reshape(ph, pw)
            plane.update(rows.tobytes())
            at += 2 * pw * ph
        f.pts = k
        out.mux(s.encode(f))
    out.mux(s.encode())
    out.close()


write_hdr("pq-360.mp4", pq, 16)
write_hdr("hlg-360.mp4", hlg, 18)
