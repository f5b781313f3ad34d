"""Makes the pickles that TestPython reads: `python3 make.py` in this folder (Python 3.11, NumPy 2.4)."""
import collections
import pickle

import numpy as np

plain = {
    "none": None, "yes": True, "no": False, "small": 7, "negative": -70000, "large": 1 << 40, "lowest": -(1 << 63), "float": 0.1,
    "text": "crème 'brûlée'\n\\ \U0001F373", "bytes": b"\x00\xff", "empty": [(), [], {}, ""], "tuple": (1, (2, 3), 4, (5,)),
    "set": {"a"}, "frozen": frozenset({(1, "b")}), "ordered": collections.OrderedDict([("x", 1), ("y", 2)]),
    "default": collections.defaultdict(list, {"k": [1]}), 5: "int key", ("a", 1.5): "tuple key",
}
shared = ["shared"]
plain["twice"] = [shared, shared]

arrays = {
    "f8": np.array([[0.1, -2.5], [3.0, 4.0]]), "f4": np.array([1.5, 2.5], np.float32), "fortran": np.asfortranarray([[1, 2, 3], [4, 5, 6]]),
    "i2": np.array([-1, 2], np.int16), "u8": np.array([1, 1 << 63], np.uint64), "bool": np.array([True, False]),
    "big": np.array([1, -2], ">i4"), "empty": np.zeros((0, 4)), "scalar": np.float64(0.25), "int": np.int64(-3),
    "flag": np.bool_(True), "text": np.str_("é"), "objects": np.array([1, None, "x"], object), "cube": np.arange(24.).reshape(2, 3, 4),
}

for protocol in range(6):
    with open(f"plain{protocol}.pkl", "wb") as f:
        pickle.dump(plain, f, protocol)
    with open(f"arrays{protocol}.pkl", "wb") as f:
        pickle.dump(arrays, f, protocol)
