"""The training of `localize train` in PyTorch: the same network, first weights, images in the same order, and
hyper-parameters, for boxes and the small backbone.

dump_batches d/data.csv d/images dump EPOCHS SEED      # what the training sees
python3 tests/localization/pytorch_twin.py dump [THREADS]
localize train --csv d/data.csv --images d/images --epochs EPOCHS --seed SEED     # to be compared
"""
import glob
import math
import sys
import time

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import nn

LR, DECAY, CLIP, AVERAGE, BATCH, BETA = 4e-3, 0.02, 5.0, 0.99, 16, 0.05
folder = sys.argv[1]
torch.set_num_threads(int(sys.argv[2]) if len(sys.argv) > 2 else 1)


class Block(nn.Module):
    def __init__(self, width_in, width, stride, dilation=1):
        super().__init__()
        self.conv = nn.Conv2d(width_in, width, 3, stride, dilation, dilation, bias=False)
        self.norm = nn.BatchNorm2d(width)

    def forward(self, x):
        return self.norm(self.conv(x)).relu_()


class Residual(nn.Module):
    def __init__(self, width, dilation):
        super().__init__()
        self.first = Block(width, width, 1)
        self.second = Block(width, width, 1, dilation)

    def forward(self, x):
        return x + self.second(self.first(x))


class Backbone(nn.Module):
    def __init__(self):
        super().__init__()
        self.block1, self.block2, self.block3 = Block(3, 16, 2), Block(16, 32, 2), Block(32, 64, 2)
        self.residual1, self.block4 = Residual(64, 2), Block(64, 96, 2)
        self.residual2, self.residual3 = Residual(96, 1), Residual(96, 2)

    def forward(self, x):
        fine = self.residual1(self.block3(self.block2(self.block1(x))))
        return fine, self.residual3(self.residual2(self.block4(fine)))


def conv_norm(width_in, width, kernel):
    return nn.Sequential(nn.Conv2d(width_in, width, kernel, padding=kernel // 2, bias=False), nn.BatchNorm2d(width))


class Head(nn.Module):
    def __init__(self):
        super().__init__()
        self.lateral1, self.lateral2, self.join = conv_norm(64, 64, 1), conv_norm(96, 64, 1), conv_norm(64, 64, 3)
        self.cells = nn.Conv2d(66, 5, 1)

    def forward(self, fine, coarse):
        x = self.lateral1(fine)
        x = x + F.interpolate(self.lateral2(coarse), size=x.shape[2:], mode="bilinear", align_corners=False)
        x = self.join(x.relu_()).relu_()
        batch, _, height, width = x.shape
        columns = ((torch.arange(width) + 0.5) / width).view(1, 1, 1, width).expand(1, 1, height, width)
        rows = ((torch.arange(height) + 0.5) / height).view(1, 1, height, 1).expand(1, 1, height, width)
        middles = torch.cat([columns, rows], 1)
        cells = self.cells(torch.cat([x, middles.expand(batch, 2, height, width)], 1))
        weights = cells[:, :1].flatten(2).softmax(2).view(batch, 1, height, width)
        each = torch.cat([middles - cells[:, 1:3].sigmoid(), middles + cells[:, 3:].sigmoid()], 1)
        return (weights * each).sum((2, 3)), each, weights


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone, self.head = Backbone(), Head()

    def forward(self, images):
        return self.head(*self.backbone(images.contiguous(memory_format=torch.channels_last)))


def area(box):
    return (box[:, 2] - box[:, 0]).clamp(min=0) * (box[:, 3] - box[:, 1]).clamp(min=0)


def overlap(a, b):
    both = area(torch.cat([torch.maximum(a[:, :2], b[:, :2]), torch.minimum(a[:, 2:], b[:, 2:])], 1))
    return both, area(a) + area(b) - both


def loss_of(boxes, each, weights, target):
    both, union = overlap(boxes, target)
    hull = torch.cat([torch.minimum(boxes[:, :2], target[:, :2]), torch.maximum(boxes[:, 2:], target[:, 2:])], 1)
    hull = (hull[:, 2] - hull[:, 0]) * (hull[:, 3] - hull[:, 1])
    giou = 1 - both / (union + 1e-7) + (hull - union) / (hull + 1e-7)
    height, width = weights.shape[2:]
    columns, rows = (torch.arange(width) + 0.5) / width, (torch.arange(height) + 0.5) / height
    inside = (rows > target[:, 1:2] - 0.5 / height) & (rows < target[:, 3:4] + 0.5 / height)
    across = (columns > target[:, 0:1] - 0.5 / width) & (columns < target[:, 2:3] + 0.5 / width)
    cells = inside[:, None, :, None] & across[:, None, None, :]
    shares = cells / cells.sum((2, 3), keepdim=True)
    distance = F.smooth_l1_loss(boxes, target, beta=BETA, reduction="none").mean(1)
    wanted = target.view(-1, 4, 1, 1).expand_as(each)
    of_cells = (F.smooth_l1_loss(each, wanted, beta=BETA, reduction="none") * shares).sum((2, 3)).mean(1)
    place = -((weights * cells).sum((2, 3)) + 1e-6).log().squeeze(1)
    return (giou + 2 * distance + 0.5 * of_cells + 0.1 * place).mean()


def share_of_rate(progress):
    if progress < 0.05:
        return max(progress / 0.05, 0.01)
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min((progress - 0.05) / 0.95, 1)))


network, average = Network(), Network()
for one in (network, average):
    one.load_state_dict(load_file(f"{folder}/first.safetensors"))
many = [p for p in network.parameters() if p.dim() > 1]
few = [p for p in network.parameters() if p.dim() <= 1]
optimizer = torch.optim.AdamW([dict(params=many, weight_decay=DECAY), dict(params=few, weight_decay=0.0)], lr=LR)
validation = load_file(f"{folder}/validation.safetensors")
epochs, step, busy, best = len(glob.glob(f"{folder}/epoch-*.safetensors")), 0, 0.0, 0.0
for epoch in range(epochs):
    data = load_file(f"{folder}/epoch-{epoch}.safetensors")
    batches = math.ceil(len(data["images"]) / BATCH)
    network.train()
    start = time.time()
    for i in range(batches):
        images = (data["images"][i * BATCH:(i + 1) * BATCH].float() / 255 - 0.5) / 0.25
        for group in optimizer.param_groups:
            group["lr"] = LR * share_of_rate(step / (epochs * batches))
        optimizer.zero_grad()
        loss_of(*network(images), data["targets"][i * BATCH:(i + 1) * BATCH]).backward()
        nn.utils.clip_grad_norm_(network.parameters(), CLIP)
        optimizer.step()
        weight = 1 - min(AVERAGE, (1 + step) / (10 + step))
        with torch.no_grad():
            for to, now in zip(average.state_dict().values(), network.state_dict().values()):
                to.lerp_(now, weight) if to.is_floating_point() else to.copy_(now)
        step += 1
    busy += time.time() - start
    average.eval()
    with torch.no_grad():
        boxes = torch.cat([average((x.float() / 255 - 0.5) / 0.25)[0] for x in validation["images"].split(64)])
    both, union = overlap(boxes, validation["targets"])
    iou = (both / union).mean().item()
    best = max(best, iou)
    print(f"epoch {epoch + 1:2}/{epochs}  IoU {iou:.3f}", flush=True)
print(f"best IoU {best:.3f}; {busy:.0f} s of training, {step * BATCH / busy:.0f} images/s")
