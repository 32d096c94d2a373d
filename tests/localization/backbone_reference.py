"""Makes backbones/*.json: what the feature maps of torchvision's and timm's networks are, for weights by a formula.

    python3 -m venv VENV && VENV/bin/pip install torch torchvision timm
    VENV/bin/python backbone_reference.py backbones

Made with torchvision 0.29 and timm 1.0.31.
"""
import json
import os
import sys

import timm
import torch
import torchvision

OUT = sys.argv[1]
SHAPE = (2, 3, 71, 100)  # neither side is a multiple of the stride
SAMPLES = 24  # of each map


def numbers(name, count):
    """Numbers in [-0.5, 0.5) that follow from a name: the same in backbone_test.cpp."""
    key = 0x811C9DC5
    for byte in name.encode():
        key = (key ^ byte) * 0x01000193 % 2**32
    x = (torch.arange(1, count + 1) * 2654435761 + key) % 2**32
    x = ((x >> 15) ^ x) * 40503 % 2**32
    return (((x >> 13) ^ x) % 2**24).double() / 2**24 - 0.5


def fill(state):
    for name, tensor in state.items():
        if not tensor.is_floating_point():
            continue
        u = numbers(name, tensor.numel()).view(tensor.shape)
        if tensor.dim() == 4:
            tensor.copy_(u * (12 / tensor[0].numel()) ** 0.5)
        elif name.endswith("running_var"):
            tensor.copy_(1 + u)
        else:
            tensor.copy_(u * 0.5 + (1 if name.endswith("weight") else 0))


def features(name):
    if name.startswith("resnet"):
        model = getattr(torchvision.models, name)(weights=None).double()
        nodes = {"layer3": "16", "layer4": "32"}
        extract = torchvision.models.feature_extraction.create_feature_extractor(model, nodes)
        run = lambda x: [extract(x)["16"], extract(x)["32"]]
    else:
        model = timm.create_model(name, features_only=False).double()

        def run(x):
            x = model.bn1(model.conv_stem(x))
            maps = []
            for block in model.blocks:
                x = block(x)
                maps.append(x)
            return [maps[4], maps[6]]

    model.eval()
    with torch.no_grad():
        fill(model.state_dict())
        return model, run(numbers("images", torch.Size(SHAPE).numel()).view(SHAPE) * 4)


def main():
    for name in ["resnet18", "resnet34", "efficientnet_lite0", "tf_efficientnet_lite0"]:
        model, maps = features(name)
        reference = {"tensors": sorted(model.state_dict()), "maps": []}
        for map in maps:
            flat = map.flatten()
            step = flat.numel() // SAMPLES
            reference["maps"].append({"shape": list(map.shape), "mean": flat.mean().item(), "std": flat.std().item(),
                                      "step": step, "samples": flat[::step][:SAMPLES].tolist()})
        with open(os.path.join(OUT, name + ".json"), "w") as file:
            json.dump(reference, file, indent=0)
            file.write("\n")


main()
