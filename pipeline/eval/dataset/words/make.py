"""Makes youcook.json: verbs and objects that spaCy finds in YouCook-Interactions' captions.

`python3 make.py final_dataset_segments.pkl youcookii_annotations_trainval.json` (spaCy 3.8, en_core_web_sm 3.8.0). The rule is that of
the paper's code: every token tagged VERB; of every noun chunk the root, after its last adjective if the root is a NOUN. Captions stand
there as the first 16 digits of their sha256; other captions can be tagged with --plain, which writes the captions themselves.
"""
import hashlib
import json
import pickle
import sys

import spacy

nlp = spacy.load("en_core_web_sm")
plain = "--plain" in sys.argv
segments, captions = [a for a in sys.argv[1:] if a != "--plain"]
database = json.load(open(captions))["database"]
table = {}
for video, start, end in sorted(pickle.load(open(segments, "rb"))):
    for a in database[video]["annotations"]:
        if a["segment"] != [start, end]:
            continue
        caption = " ".join(a["sentence"].split())
        doc, objects = nlp(caption), []
        for chunk in doc.noun_chunks:
            adjectives = [t.text for t in chunk if t != chunk.root and t.pos_ == "ADJ"] if chunk.root.pos_ == "NOUN" else []
            objects.append(" ".join(adjectives[-1:] + [chunk.root.text]))
        key = caption if plain else hashlib.sha256(caption.encode()).hexdigest()[:16]
        table[key] = {"verbs": list(dict.fromkeys(t.text for t in doc if t.pos_ == "VERB")), "objects": list(dict.fromkeys(objects))}
print("{\n" + ",\n".join(json.dumps(k) + ": " + json.dumps(table[k]) for k in sorted(table)) + "\n}")
