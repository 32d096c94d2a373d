"""Makes coco.txt: pycocotools' twelve figures and the mAP of three classes for scenes that are drawn as coco_scenes.h draws them.

    python3 -m venv VENV && VENV/bin/pip install pycocotools numpy
    VENV/bin/python coco_reference.py coco.txt

Made with pycocotools 2.0.11.
"""
import contextlib
import io
import sys
from pathlib import Path

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

sys.path.insert(0, str(Path(__file__).parent.parent / "ops"))
from reference_random import ReferenceRandom  # noqa: E402

NO_DETECTIONS, NO_TRUTH, NOTHING, TIES, CROWDS, MANY, AREAS_AT_LIMITS = range(200, 207)


def scene(index):
    """Images, each with truths (x, y, w, h, area, label, crowd) and detections (x, y, w, h, score, label). Sizes are quarters of pixels."""
    random = ReferenceRandom(index + 1)
    count, classes = 1 + random.below(5), 1 + random.below(3)
    if index >= NO_DETECTIONS:
        count = 5
    fine = random.below(2)
    images = []
    for i in range(count):
        truths, detections = random.below(7), random.below(12)
        if index % 10 == 9 and i == 0 or index == MANY:
            truths, detections = 20, 130
        if index in (NO_DETECTIONS, NOTHING):
            detections = 0
        if index in (NO_TRUTH, NOTHING):
            truths = 0
        objects = []
        for _ in range(truths):
            side = random.below(4)
            w, h = 4 * (8 + random.below(200)), 4 * (8 + random.below(200))
            if side < 2:
                w = h = 4 * (32 if side == 0 else 96)
            x, y = random.below(1600), random.below(1600)
            area = w * h / 16
            if random.below(5) == 0:
                area /= 2
            if index == AREAS_AT_LIMITS:
                area = [1024, 1024.25, 1023.75, 9216, 9216.25, 9215.75][random.below(6)]
            crowd = int(random.below(8) == 0 or index == CROWDS)
            objects.append((x, y, w, h, area, 1 + random.below(1 if index == MANY else classes), crowd))
        found = []
        for _ in range(detections):
            if objects and random.below(4) != 0:
                x, y, w, h, _, label, _ = objects[random.below(len(objects))]
                jitter = 8 * random.below(4)
                x, y = x + random.below(2 * jitter + 1) - jitter, y + random.below(2 * jitter + 1) - jitter
                w, h = w + random.below(2 * jitter + 1) - jitter, h + random.below(2 * jitter + 1) - jitter
                if random.below(10) == 0:
                    label = 1 + random.below(classes)
            else:
                x, y, w, h = random.below(1600), random.below(1600), 1 + random.below(800), 1 + random.below(800)
                label = 1 + random.below(classes)
            score = random.below(1000) / 1000 if fine else random.below(20) / 20
            found.append((x, y, w, h, 0.5 if index == TIES else score, label))
        images.append((1000 - 7 * i, objects, found))
    return images


def data_set(images, annotations):
    coco = COCO()
    coco.dataset = {"info": {}, "images": [{"id": i, "width": 800, "height": 800} for i in images],
                    "categories": [{"id": k} for k in (1, 2, 3)], "annotations": annotations}
    coco.createIndex()
    return coco


def figures(images):
    truth, found = [], []
    for image, objects, detections in images:
        for x, y, w, h, area, label, crowd in objects:
            truth.append({"id": len(truth) + 1, "image_id": image, "category_id": label, "area": area, "iscrowd": crowd,
                          "bbox": [x / 4, y / 4, w / 4, h / 4]})
        for x, y, w, h, score, label in detections:
            found.append({"id": len(found) + 1, "image_id": image, "category_id": label, "area": w * h / 16, "iscrowd": 0,
                          "bbox": [x / 4, y / 4, w / 4, h / 4], "score": score})
    ids = [image for image, _, _ in images]
    evaluation = COCOeval(data_set(ids, truth), data_set(ids, found), "bbox")
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    of_class = []
    for k in range(3):
        precision = evaluation.eval["precision"][:, :, k, 0, 2]
        of_class.append(precision[precision > -1].mean() if (precision > -1).any() else -1)
    return [*evaluation.stats, *of_class]


lines = []
with contextlib.redirect_stdout(io.StringIO()):
    for index in range(207):
        lines.append(" ".join(f"{value:.9g}" for value in np.array(figures(scene(index)), dtype=float)))
Path(sys.argv[1]).write_text("\n".join(lines) + "\n")
