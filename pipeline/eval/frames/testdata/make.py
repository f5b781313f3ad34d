"""Makes the films with B-frames beside it, which GStreamer's free encoders cannot: 250 frames of 40 ms, each with its number in ten bars.

    pip install av==18.1.0 numpy && python make.py
"""
import av
import numpy

W, H, BITS, FRAMES = 160, 96, 10, 250


def film(name, rate=25, **options):
    with av.open(name, "w", options=options) as out:
        stream = out.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = W, H, "yuv420p"
        stream.options = {"bf": "2", "g": "50", "crf": "35", "x264-params": "b-adapt=0:scenecut=0"}
        for n in range(FRAMES):
            picture = numpy.zeros((H, W, 3), numpy.uint8)
            for x in range(W):
                picture[:, x] = 255 * (n >> (x * BITS // W) & 1)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(stream.encode())


film("b.mp4")
film("b.ts")
film("b-fragmented.mp4", movflags="frag_keyframe+empty_moov+default_base_moof")
