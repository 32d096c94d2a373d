"""Resizes every image of a folder with Pillow, antialiased and from its full size: the references of resize_quality.

Usage: pillow_resize.py IMAGES REFERENCES SIDE      (needs Pillow)
"""
import os
import sys

from PIL import Image

images, references, side = sys.argv[1], sys.argv[2], int(sys.argv[3])
os.makedirs(references, exist_ok=True)
for name in sorted(os.listdir(images)):
    image = Image.open(os.path.join(images, name)).convert("RGB").resize((side, side), Image.BILINEAR)
    image.save(os.path.join(references, os.path.splitext(name)[0] + ".png"))
