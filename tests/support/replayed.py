"""What replay.js makes of a film, in Python: the figure of each frame."""

import base64
import copy

import numpy as np


def framed(film, frame, places=None):
    """The figure of a frame; ``places`` where it is a feature map."""
    whole = {"figure": copy.deepcopy(film["figure"])}
    for track in film["tracks"]:
        *names, last = ["figure", *track["path"]]
        within = whole
        for name in names:
            within = within[name]
        within[last] = copy.deepcopy(track["values"][track["at"][frame]])
    for trace in whole["figure"]["data"]:
        if "rows" in trace:
            track = places[trace["xaxis"]]
            found = whole_numbers(track["values"][track["at"][frame]]).reshape(-1, 2)
            trace["x"], trace["y"] = found[whole_numbers(trace.pop("rows"))].T
    return whole["figure"]


def whole_numbers(text):
    return np.frombuffer(base64.b64decode(text), "<i2")


def array(sent):
    """Numbers as plotly writes them into JSON."""
    if isinstance(sent, list):
        return np.asarray(sent)
    found = np.frombuffer(base64.b64decode(sent["bdata"]), sent["dtype"])
    return found.reshape([int(n) for n in sent["shape"].split(",")]) if "shape" in sent else found
