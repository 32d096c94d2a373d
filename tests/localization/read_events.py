"""Reads the event files of a run with TensorBoard's own reader (pip install tensorboard) and compares them with results.csv.

python3 tests/localization/read_events.py RUN_FOLDER
"""
import csv
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

folder = sys.argv[1]
events = EventAccumulator(folder, size_guidance={"scalars": 0, "images": 0, "tensors": 0})
events.Reload()
rows = list(csv.DictReader(open(f"{folder}/results.csv")))
tags = events.Tags()
columns = {"loss/train": "train_loss", "loss/validation": "val_loss"}
known = {"epoch", "learning_rate", "train_loss", "val_loss", "images_per_second", "wait_share", "seconds"}
columns.update({f"metric/{name}": name for name in rows[0] if name not in known})
for tag, column in columns.items():
    scalars = events.Scalars(tag)
    assert len(scalars) == len(rows), f"{tag}: expected {len(rows)} values, got {len(scalars)}"
    steps = [scalar.step for scalar in scalars]
    assert steps == sorted(set(steps)), f"{tag}: steps are not in order: {steps}"
    for scalar, row in zip(scalars, rows):
        assert abs(scalar.value - float(row[column])) <= 1e-5 * max(1, abs(scalar.value)), (tag, scalar, row[column])
for tag in ("predictions", "worst"):
    for image in events.Images(tag):
        png = open(f"{folder}/{tag}.png", "rb").read()
        assert image.encoded_image_string == png and png.startswith(b"\x89PNG"), f"{tag} is not the picture in the folder"
assert tags["images"], "there are no pictures"
print(f"{len(columns)} scalars of {len(rows)} epochs, pictures {', '.join(sorted(tags['images']))}: as they should be")
