"""Makes torchvision/: what torchvision v2 does to one picture, its boxes and its keypoints with the numbers that boxfeed drew.

    python3 -m venv VENV && VENV/bin/pip install torch torchvision pillow numpy
    boxfeed_transforms_tests "[reference]" | VENV/bin/python torchvision_reference.py torchvision

Made with torchvision 0.29.
"""
import json
import os
import sys

import numpy as np
import torch
from PIL import Image
from torchvision import tv_tensors
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional as F

OUT = sys.argv[1]
HEIGHT, WIDTH = 48, 64
PICTURES = 2  # of each case, the first draws
BOXES = [[10, 8, 40, 30], [0, 0, 64, 48], [50.5, 35.25, 62, 46]]
KEYPOINTS = [[12, 9], [33.5, 20.25], [60, 40]]


def source():
    """Smooth waves in each channel, with an edge."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH] + 0.5
    red = 128 + 90 * np.sin(x / 9) * np.cos(y / 7)
    green = 120 + 80 * np.sin((x + 2 * y) / 11) + 20 * np.cos(x / 4)
    blue = 100 + 60 * np.cos((x - y) / 8) + 40 * (np.hypot(x - 40, y - 20) < 12)
    return np.clip(np.stack([red, green, blue], -1), 0, 255).astype(np.uint8)


def blur(inpt, sigma):
    return F.gaussian_blur(inpt, [5, 5], [sigma, sigma])


def flip(inpt, kernel, axis):
    """torchvision mirrors keypoints at the middle of the pixels 0 to W - 1, boxes and pixels at that of [0, W]; here all do."""
    if not isinstance(inpt, tv_tensors.KeyPoints):
        return kernel(inpt)
    out = kernel(inpt).as_subclass(torch.Tensor)
    out[..., axis] += 1
    return tv_tensors.KeyPoints(out, canvas_size=inpt.canvas_size)


def apply(name, p, inpt):
    bilinear = InterpolationMode.BILINEAR
    number = lambda key: p[key][0]
    whole = lambda key: [int(v) for v in p[key]]
    if name == "horizontal_flip":
        return flip(inpt, F.horizontal_flip, 0)
    if name == "vertical_flip":
        return flip(inpt, F.vertical_flip, 1)
    if name in ("resize", "resize_larger", "scale_jitter"):
        return F.resize(inpt, whole("size"), antialias=True)
    if name.startswith("center_crop"):
        return F.center_crop(inpt, whole("size"))
    if name == "crop":
        return F.crop(inpt, *whole("top"), *whole("left"), *whole("size"))
    if name in ("pad", "zoom_out"):
        return F.pad(inpt, whole("padding"))
    if name == "resized_crop":
        return F.resized_crop(inpt, *whole("top"), *whole("left"), *whole("size"), size=[40, 40], antialias=True)
    if name == "rotation":
        return F.rotate(inpt, number("angle"), interpolation=bilinear, fill=0)
    if name == "affine":
        return F.affine(inpt, number("angle"), whole("translate"), number("scale"), p["shear"], interpolation=bilinear, fill=0)
    if name == "perspective":
        ends = whole("endpoints")
        start = [[0, 0], [WIDTH - 1, 0], [WIDTH - 1, HEIGHT - 1], [0, HEIGHT - 1]]
        return F.perspective(inpt, start, [ends[i : i + 2] for i in (0, 2, 4, 6)], interpolation=bilinear, fill=0)
    if name == "crop_flip_rotation":
        inpt = F.resized_crop(inpt, *whole("top"), *whole("left"), *whole("size"), size=[48, 48], antialias=True)
        return F.rotate(flip(inpt, F.horizontal_flip, 0), number("angle"), interpolation=bilinear, fill=0)
    if not isinstance(inpt, tv_tensors.Image):
        return inpt
    if name in ("brightness", "contrast", "saturation", "hue"):
        return getattr(F, f"adjust_{name}")(inpt, number(name))
    if name == "saturation_high":
        return F.adjust_saturation(inpt, number("saturation"))
    if name == "grayscale":
        return F.rgb_to_grayscale(inpt, 3)
    if name == "posterize":
        return F.posterize(inpt, 3)
    if name == "blur":
        return blur(inpt, number("sigma"))
    return {"equalize": F.equalize, "autocontrast": F.autocontrast}[name](inpt)


os.makedirs(OUT, exist_ok=True)
pixels = source()
Image.fromarray(pixels).save(f"{OUT}/source.png")
reference = {}
for line in sys.stdin:
    if not line.startswith("{"):
        continue
    case = json.loads(line)
    parameters = {}
    for key, values in case["parameters"]:
        parameters.setdefault(key, values)
    name, draw = case["case"], case["draw"]
    image = apply(name, parameters, tv_tensors.Image(torch.from_numpy(pixels).permute(2, 0, 1)))
    boxes = apply(name, parameters, tv_tensors.BoundingBoxes(torch.tensor(BOXES, dtype=torch.float64), format="XYXY", canvas_size=(HEIGHT, WIDTH)))
    keypoints = apply(name, parameters, tv_tensors.KeyPoints(torch.tensor(KEYPOINTS, dtype=torch.float64), canvas_size=(HEIGHT, WIDTH)))
    entry = {
        "parameters": case["parameters"],
        "size": list(image.shape[-2:]),
        "boxes": [[round(v, 5) for v in box] for box in boxes.tolist()],
        "keypoints": [[round(v, 5) for v in point] for point in keypoints.tolist()],
    }
    if draw < PICTURES:
        entry["picture"] = f"{name}_{draw}.png"
        Image.fromarray(image.permute(1, 2, 0).numpy()).save(f"{OUT}/{entry['picture']}", optimize=True)
    reference.setdefault(name, []).append(entry)
with open(f"{OUT}/reference.json", "w") as f:
    f.write("{\n" + ",\n".join(f'"{name}": [\n ' + ",\n ".join(json.dumps(e) for e in entries) + "]" for name, entries in reference.items()) + "\n}\n")
