"""Makes torchvision/: what torchvision's box operations, losses and gradients are. The inputs are drawn as torchvision_test.cpp draws them.

    python3 -m venv VENV && VENV/bin/pip install torch torchvision
    VENV/bin/python torchvision_reference.py torchvision

Made with torchvision 0.29.
"""
import sys
from pathlib import Path

import torch
from torchvision import ops
from reference_random import ReferenceRandom

OUT = Path(sys.argv[1])
DIRECTION = torch.tensor([1, -2, 3, -5, 7, -4, 6, -8], dtype=torch.float64)  # of the derivatives of the random pairs
FUNCTIONS = [ops.box_iou, ops.generalized_box_iou, ops.distance_box_iou, ops.complete_box_iou,
             ops.generalized_box_iou_loss, ops.distance_box_iou_loss, ops.complete_box_iou_loss]


def evaluated(function, numbers):
    """The value for two boxes in one tensor of 8 numbers, and its gradient."""
    numbers = numbers.clone().requires_grad_()
    value = function(numbers[None, :4], numbers[None, 4:]).sum()
    return value.item(), torch.autograd.grad(value, numbers)[0]


def text(numbers):
    return " ".join("nan" if x != x else f"{x:.9g}" for x in map(float, numbers))


def random_pair(random):
    scale = 1 / 8 if random.below(2) == 0 else 1 / 4096
    x, y = random.below(3000), random.below(3000)
    a = [x, y, x + 1 + random.below(1000), y + 1 + random.below(1000)]
    if random.below(4) == 0:
        x, y = random.below(3000), random.below(3000)
        b = [x, y, x + 1 + random.below(1000), y + 1 + random.below(1000)]
    else:  # near the first
        x, y = a[0] + random.below(401) - 200, a[1] + random.below(401) - 200
        b = [x, y, max(x + 1, a[2] + random.below(401) - 200), max(y + 1, a[3] + random.below(401) - 200)]
    return torch.tensor(a + b, dtype=torch.float64) * scale


def pairs():
    random = ReferenceRandom(1)
    lines = []
    for _ in range(1000):
        numbers = random_pair(random)
        results = [evaluated(f, numbers) for f in FUNCTIONS]
        lines.append(text([value for value, _ in results] + [gradient @ DIRECTION for _, gradient in results]))
    (OUT / "pairs.txt").write_text("\n".join(lines) + "\n")


def hard_pairs():
    """Each line: both boxes, the values and all gradients."""
    box = [8, 8, 24, 16]
    others = [box, [24, 8, 40, 16], [24, 16, 30, 20], [8, 8, 16, 12], [10, 10, 20, 14], [4, 4, 40, 40], [12, 4, 20, 20],
              [8, 8, 8, 16], [8, 8, 24, 8], [16, 12, 16, 12], [40, 40, 40, 40], [23, 15, 25, 17], [8, 16, 24, 24],
              [4000, 3000, 4096, 3072], [-24, -16, -8, -8], [8, 8, 24.125, 16], [12, 8, 20, 16]]
    lines = []
    for scale in (1, 1 / 1024, 32):
        for other in others[:16]:
            numbers = torch.tensor(box + other, dtype=torch.float64) * scale
            results = [evaluated(f, numbers) for f in FUNCTIONS]
            lines.append(text(torch.cat([numbers, torch.tensor([v for v, _ in results]), *[g for _, g in results]])))
    for a, b in (([16, 12, 16, 12], [16, 12, 16, 12]), (box, others[16]), ([8, 8, 8, 16], [4, 12, 12, 12])):
        numbers = torch.tensor(a + b, dtype=torch.float64)
        results = [evaluated(f, numbers) for f in FUNCTIONS]
        lines.append(text(torch.cat([numbers, torch.tensor([v for v, _ in results]), *[g for _, g in results]])))
    (OUT / "hard_pairs.txt").write_text("\n".join(lines) + "\n")


def focal():
    """Each line: the values and the derivatives by the logits for one alpha and gamma, 60 logits and targets drawn anew."""
    random = ReferenceRandom(2)
    lines = []
    for alpha, gamma in ((0.25, 2), (-1, 2), (0.75, 0.5), (0, 1), (1, 3), (0.5, 0)):
        logits = torch.tensor([(random.below(1601) - 800) / 32 for _ in range(60)], dtype=torch.float64)
        targets = torch.tensor([min(random.below(7), 4) / 4 for _ in range(60)], dtype=torch.float64)
        logits.requires_grad_()
        loss = ops.sigmoid_focal_loss(logits, targets, alpha, gamma)
        lines.append(text(torch.cat([loss.detach(), torch.autograd.grad(loss.sum(), logits)[0]])))
    (OUT / "focal.txt").write_text("\n".join(lines) + "\n")


def boxes_with_ties(random, count, cells):
    """Boxes on a coarse grid with few scores, so that equal IoUs, IoUs at the threshold and equal scores are frequent."""
    boxes, scores, classes = [], [], []
    for _ in range(count):
        x, y = random.below(cells), random.below(cells)
        boxes.append([x, y, x + random.below(5), y + random.below(5)])
        scores.append(random.below(20) / 20)
        classes.append(random.below(3))
    return torch.tensor(boxes).reshape(-1, 4), torch.tensor(scores), torch.tensor(classes, dtype=torch.int64)


def batched(boxes, scores, classes, threshold):
    """Equal scores in the order of the boxes; torchvision leaves it to chance where boxes are many."""
    indices = ops.batched_nms(boxes, scores, classes, threshold).sort().values
    return indices[scores[indices].sort(stable=True, descending=True).indices]


def kept():
    """Each line: what nms, and what batched_nms keeps, behind its length."""
    random = ReferenceRandom(3)
    lines = []
    for dtype in (torch.float32, torch.float64):
        for count, cells in ((1, 4), (2, 2), (12, 4), (60, 8), (150, 12), (300, 30), (1200, 60)):
            for threshold in (0, 0.25, 0.5, 1 / 3, 0.7, 1):
                boxes, scores, classes = boxes_with_ties(random, count, cells)
                boxes, scores = boxes.to(dtype), scores.to(dtype)
                for indices in (ops.nms(boxes, scores, threshold), batched(boxes, scores, classes, threshold)):
                    if len(indices) > 60:  # a hash stands for the rest
                        hashed = 0
                        for i in indices.tolist():
                            hashed = (hashed * 31 + i) % 1000000007
                        lines.append(" ".join(map(str, [len(indices), *indices.tolist()[:10], hashed])))
                    else:
                        lines.append(" ".join(map(str, [len(indices), *indices.tolist()])))
    (OUT / "nms.txt").write_text("\n".join(lines) + "\n")


pairs()
hard_pairs()
focal()
kept()
