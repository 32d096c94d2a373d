"""Mean average precision and nms beside pycocotools and torchvision, on the same data in one run, by turns, on one thread.

Usage: detection_bench.py PROGRAM      (build/release/tests/bench/detection_bench; needs torch, torchvision, pycocotools)
"""
import contextlib
import io
import subprocess
import sys
import tempfile
import time

import numpy as np
import torch
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from torchvision import ops

IMAGES, BOXES, DETECTIONS, CLASSES = 5000, 36000, 100, 80


def scenes(random):
    """Truth as rows of image, corners, class; detections as rows of image, corners, score, class: an object's, moved, or any box."""
    image = np.sort(random.integers(0, IMAGES, BOXES))
    size = np.exp(random.uniform(np.log(8), np.log(300), (BOXES, 2)))
    low = random.uniform(0, 1, (BOXES, 2)) * (640 - size)
    truth = np.column_stack([image, low, low + size, random.integers(0, CLASSES, BOXES)])
    found = []
    for i in range(IMAGES):
        objects = truth[image == i]
        low = random.uniform(0, 500, (DETECTIONS, 2))
        rows = np.column_stack([np.full(DETECTIONS, i), low, low + random.uniform(5, 140, (DETECTIONS, 2)),
                                random.uniform(0, 0.6, DETECTIONS), random.integers(0, CLASSES, DETECTIONS)])
        if len(objects):
            chosen = objects[random.integers(0, len(objects), DETECTIONS // 2)]
            moved = chosen[:, 1:5] + random.normal(0, 6, (DETECTIONS // 2, 4))
            rows[: DETECTIONS // 2, 1:5] = np.column_stack([moved[:, :2], np.maximum(moved[:, 2:], moved[:, :2] + 1)])
            rows[: DETECTIONS // 2, 5] = random.uniform(0.2, 1, DETECTIONS // 2)
            rows[: DETECTIONS // 2, 6] = chosen[:, 5]
        found.append(rows)
    return truth.astype(np.float32), np.concatenate(found).astype(np.float32)


def coco_set(rows, is_truth):
    coco = COCO()
    annotations = []
    for i, row in enumerate(rows.astype(float).tolist()):
        w, h = row[3] - row[1], row[4] - row[2]
        annotations.append({"id": i + 1, "image_id": int(row[0]), "category_id": int(row[-1]), "area": w * h, "iscrowd": 0,
                            "bbox": [row[1], row[2], w, h], **({} if is_truth else {"score": row[5]})})
    coco.dataset = {"info": {}, "images": [{"id": i} for i in range(IMAGES)],
                    "categories": [{"id": k} for k in range(CLASSES)], "annotations": annotations}
    coco.createIndex()
    return coco


def pycocotools(truth, found):
    start = time.perf_counter()
    evaluation = COCOeval(truth, found, "bbox")
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    return time.perf_counter() - start, evaluation.stats


def sets_of_boxes(random):
    """Rows of corners, score, class: boxes that hardly overlap, and a crowd around 200 objects."""
    low = random.uniform(0, 4000, (10000, 2))
    apart = np.column_stack([low, low + random.uniform(10, 100, (10000, 2))])
    low = random.uniform(0, 900, (200, 2))
    objects = np.column_stack([low, low + random.uniform(30, 200, (200, 2))])
    crowd = objects[random.integers(0, 200, 10000)] + random.normal(0, 4, (10000, 4))
    crowd[:, 2:] = np.maximum(crowd[:, 2:], crowd[:, :2] + 1)
    for name, boxes in (("apart", apart), ("crowd", crowd)):
        yield name, np.column_stack([boxes, random.uniform(0, 1, 10000), random.integers(0, CLASSES, 10000)]).astype(np.float32)


def best_time(function, rounds=7):
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        kept = function()
        times.append(time.perf_counter() - start)
    return min(times), len(kept)


def run(*arguments):
    return list(map(float, subprocess.run([sys.argv[1], *arguments], capture_output=True, text=True, check=True).stdout.split()))


torch.set_num_threads(1)
random = np.random.default_rng(1)
with tempfile.TemporaryDirectory() as folder:
    for name, rows in sets_of_boxes(random):
        rows.tofile(f"{folder}/{name}.bin")
        tensor = torch.from_numpy(rows)
        boxes, scores, labels = tensor[:, :4].contiguous(), tensor[:, 4].contiguous(), tensor[:, 5].long()
        for function, theirs in (("nms", lambda: ops.nms(boxes, scores, 0.5)),
                                 ("batched_nms", lambda: ops.batched_nms(boxes, scores, labels, 0.5))):
            pairs = [(run(folder, function, f"{name}.bin"), best_time(theirs)) for _ in range(3)]
            ours, torchvision = min(p[0][0] for p in pairs), min(p[1][0] for p in pairs)
            print(f"{function} of 10000 boxes, {name}: {ours * 1e3:.2f} ms, torchvision {torchvision * 1e3:.2f} ms, "
                  f"{torchvision / ours:.1f} x; kept {pairs[0][0][1]:.0f} and {pairs[0][1][1]}")
    truth, found = scenes(random)
    truth.tofile(f"{folder}/truth.bin")
    found.tofile(f"{folder}/detections.bin")
    with contextlib.redirect_stdout(io.StringIO()):
        sets = coco_set(truth, True), coco_set(found, False)
        first = run(folder, "mean_average_precision")
        seconds, stats = pycocotools(*sets)
        second = run(folder, "mean_average_precision")
    ours = max(first[0], second[0])
    print(f"mean average precision of {IMAGES} images, {BOXES} boxes, {len(found)} detections: {first[0]:.2f} and {second[0]:.2f} s, "
          f"pycocotools {seconds:.2f} s, {seconds / ours:.0f} x")
    print(f"map, map_50, mar_100: {first[1:4]}, pycocotools {[float(stats[i]) for i in (0, 1, 8)]}")
