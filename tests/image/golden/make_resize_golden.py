"""Writes resize.txt: what Pillow's resize makes of images that a formula gives. Needs numpy and Pillow (made with 11.3).

Pillow went along the rows first, and so do torchvision and this library; since version 13 it goes along the columns
first for some sizes, which is another image where a cubic overshoots.

Usage: make_resize_golden.py > resize.txt
Each line: filter, channels, height and width of the source, height and width of the output, the output's bytes in hex.
"""
import sys

import numpy as np
from PIL import Image

FILTERS = {"nearest": Image.NEAREST, "bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC}
# Height and width before and after: up, down, odd, even, one axis only, very flat, to and from one pixel.
PAIRS = [
    ((7, 5), (13, 11)), ((64, 48), (17, 23)), ((33, 47), (32, 46)), ((16, 16), (8, 8)), ((100, 3), (7, 9)),
    ((1, 1), (3, 2)), ((20, 30), (30, 20)), ((97, 61), (10, 7)), ((5, 200), (6, 11)), ((31, 31), (31, 15)),
    ((31, 31), (16, 31)), ((40, 40), (1, 1)), ((2, 2), (16, 17)), ((300, 200), (9, 33)), ((12, 700), (12, 5)),
]


def source(height, width, channels):
    """A mix of noise, which finds overshoot, and a ramp; the test has the same formula."""
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(channels), indexing="ij")
    mixed = (y * 7919 + x * 104729 + c * 1299709 + x * y * 15485863).astype(np.uint32)
    mixed = (mixed ^ (mixed >> 13)) * np.uint32(1274126177)
    noise = (mixed >> 24) & 255
    ramp = (x * 255 // max(width - 1, 1)).astype(np.uint32)
    return np.where((x + y) % 3 == 0, ramp, noise).astype(np.uint8)


def has_tie(before, after):
    """True where a new pixel's center lies between two old ones: which is nearest, rounding decides in Pillow."""
    return any((2 * i + 1) * before % (2 * after) == 0 for i in range(after))


for name, pillow in FILTERS.items():
    for (h, w), (oh, ow) in PAIRS:
        if name == "nearest" and (has_tie(h, oh) or has_tie(w, ow)):
            continue
        channels = 1 if oh * ow > 250 else 3
        pixels = source(h, w, channels)
        image = Image.fromarray(pixels if channels == 3 else pixels[..., 0])
        out = np.asarray(image.resize((ow, oh), pillow))
        sys.stdout.write(f"{name} {channels} {h} {w} {oh} {ow} {out.tobytes().hex()}\n")
