"""Makes the files that the tests read: `python3 make.py` in this folder (Python 3.11, SciPy 1.17).

hico.mat has the layout of HICO-DET's anno_bbox.mat, with made-up pictures.
"""
import numpy as np
from scipy.io import savemat

values = {
    "double": np.array([[1.5, 2], [3, -4]]), "small": np.array([[1, 2, 3]], np.uint8), "int16": np.array([[-5]], np.int16), "single": np.float32([[0.25]]),
    "int64": np.array([[1 << 40]]), "logical": np.array([[True, False]]), "text": "crème", "empty": np.zeros((0, 0)), "long": np.arange(40.0).reshape(5, 8),
    "cell": np.array([["a", 1.0, "second text of this cell"]], dtype=object), "struct": {"a": 1.0, "nested": {"b": "x"}},
}
savemat("values.mat", values, do_compression=True)
savemat("plain.mat", values)
savemat("complex.mat", {"z": np.array([[1j]])})


def structs(fields, rows):
    out = np.zeros((1, len(rows)), dtype=[(f, object) for f in fields])
    for i, row in enumerate(rows):
        out[0, i] = tuple(row[f] for f in fields)
    return out


def box(x1, x2, y1, y2):
    return {"x1": x1, "x2": x2, "y1": y1, "y2": y2}


def boxes(*rows):
    return structs(["x1", "x2", "y1", "y2"], rows) if rows else np.zeros((0, 0))


def hoi(id, people, objects, pairs, invis=0):
    return {"id": id, "bboxhuman": boxes(*people), "bboxobject": boxes(*objects), "connection": np.array(pairs, np.uint8), "invis": np.uint8(invis)}


def picture(name, *hois):
    size = structs(["width", "height", "depth"], [{"width": 640, "height": 427, "depth": 3}])
    return {"filename": name, "size": size, "hoi": structs(["id", "bboxhuman", "bboxobject", "connection", "invis"], hois)}


actions = structs(["nname", "vname", "vname_ing"], [
    {"nname": "bicycle", "vname": "ride", "vname_ing": "riding"},
    {"nname": "cell_phone", "vname": "talk_on", "vname_ing": "talking_on"},
    {"nname": "dog", "vname": "no_interaction", "vname_ing": "and"},
]).T
test = structs(["filename", "size", "hoi"], [
    picture("HICO_test2015_00000001.jpg",
            hoi(1, [box(101, 200, 51, 300), box(1, 20, 1, 30)], [box(91, 150, 201, 350)], [[1, 1], [2, 1]]),
            hoi(3, [box(1, 2, 1, 2)], [box(1, 2, 1, 2)], [[1, 1]]),
            hoi(2, [], [], np.zeros((0, 2)), invis=1)),
    picture("HICO_test2015_00000002.jpg", hoi(2, [box(5, 6, 7, 8)], [box(9, 10, 11, 12)], [[1, 1]])),
])
train = structs(["filename", "size", "hoi"], [picture("HICO_train2015_00000001.jpg", hoi(1, [box(5, 6, 7, 8)], [box(9, 10, 11, 12)], [[1, 2]]))])
savemat("hico.mat", {"bbox_train": train, "bbox_test": test, "list_action": actions}, do_compression=True)
