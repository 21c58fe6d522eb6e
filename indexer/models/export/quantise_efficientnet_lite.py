#!/usr/bin/env python3
"""Quantise an exported EfficientNet-Lite embedder to int8 (static, QDQ format).

A one-off tool: nothing of it runs in the service. It needs export_efficientnet_lite.py in the same folder.

- Activations are uint8 with one scale per tensor. The range comes from a percentile of the float net's values on
  calibration crops.
- Weights are int8 with one scale per output channel. They use only -64..64: two products with a uint8 then fit into
  16 bits, so processors without VNNI (AVX2) give the same numbers as those with it.
- Biases absorb the mean error that rounding the weights causes (bias correction). Without it 7 bits are not enough.
- The first convolutions (stem and block 0) stay float32: they cause half of the error and are no faster in int8.
  They must be a stretch that begins at the input. onnxruntime quantises a float convolution between a
  DequantizeLinear and a QuantizeLinear by itself, with one scale for the whole weight tensor.
- The average over positions stays float32, and the ImageNet classes (`logits`) are left out.

    python quantise_efficientnet_lite.py --model ../efficientnet-lite2/model.onnx --out int8.onnx \\
        --csv LIBRARY/library.csv --csv TRAPS/boxes.csv
"""
import argparse
import csv
import hashlib
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from export_efficientnet_lite import fitted, session

BINS = 8192
BATCH = 4


def read_model(path):
    """The float32 net without `logits`: casts of stored weights are carried out."""
    model = onnx.load(path)
    graph = model.graph
    weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    nodes = []
    for node in graph.node:
        if node.op_type == "Cast" and node.input[0] in weights:
            weights[node.output[0]] = weights[node.input[0]].astype(np.float32)
        elif node.output[0] != "logits":
            nodes.append(node)
    used = {name for node in nodes for name in node.input}
    del graph.node[:], graph.initializer[:], graph.output[1:]
    graph.node.extend(nodes)
    graph.initializer.extend(numpy_helper.from_array(a, name) for name, a in weights.items() if name in used)
    return model


def read_crops(file, size, limit, split):
    """Up to `limit` crops of a CSV (path, bboxes and, where present, species and split), species in turn."""
    with open(file, newline="", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row.get("split", split) == split]
    order = np.random.default_rng(0).permutation(len(rows))
    seen, ranked = {}, []
    for index in order:
        species = rows[index].get("species", "")
        seen[species] = seen.get(species, 0) + 1
        ranked.append((seen[species], index))
    crops = []
    for _, index in sorted(ranked):
        boxes = [tuple(map(float, box.split())) for box in rows[index]["bboxes"].split(";") if box.strip()]
        crops += [fitted(Path(file).parent / rows[index]["path"], size, box) for box in boxes or [None]]
    return np.stack(crops[:limit])


def observe(model, crops, percentile):
    """(range per tensor, mean per channel) of everything that will be quantised, over the calibration crops."""
    clipped = {node.input[0] for node in model.graph.node if node.op_type == "Clip"}
    names = [node.output[0] for node in model.graph.node
             if node.op_type in ("Conv", "Clip", "Add") and node.output[0] not in clipped]
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    watched.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names)
    net = session_of(watched)

    def passes():
        for start in range(0, len(crops), BATCH):
            yield zip(names, net.run(names, {"images": crops[start:start + BATCH]}))

    low, high, mean = dict.fromkeys(names, np.inf), dict.fromkeys(names, -np.inf), dict.fromkeys(names, 0)
    for values in passes():
        for name, value in values:
            low[name], high[name] = min(low[name], float(value.min())), max(high[name], float(value.max()))
            mean[name] = mean[name] + value.mean(axis=(2, 3)).sum(axis=0) / len(crops)
    counts = {name: np.zeros(BINS, np.int64) for name in names}
    for values in passes():
        for name, value in values:
            # Every fifth value is enough for a percentile and saves most of the time.
            bins = (value.reshape(-1)[::5] - low[name]) * (BINS / (high[name] - low[name]))
            counts[name] += np.bincount(np.minimum(bins.astype(np.int64), BINS - 1), minlength=BINS)
    ranges, tail = {}, 1 - percentile / 100
    for name in names:
        share = np.cumsum(counts[name]) / counts[name].sum()
        edges = np.linspace(low[name], high[name], BINS + 1)
        if low[name] < 0:
            ranges[name] = (edges[np.searchsorted(share, tail / 2, side="right")],
                            edges[1:][min(np.searchsorted(share, 1 - tail / 2), BINS - 1)])
        else:
            ranges[name] = (0.0, edges[1:][min(np.searchsorted(share, 1 - tail), BINS - 1)])
    return ranges, mean


def quantise(model, ranges, mean, float_convolutions, bits):
    """The QDQ graph. Tensors keep their names; each quantised one is rounded where it is made."""
    top = 2 ** (bits - 1) - 1 if bits == 8 else 2 ** (bits - 1)
    weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    clip_of = {node.input[0]: node.output[0] for node in model.graph.node if node.op_type == "Clip"}
    nodes, tensors, scales, convolutions = [], {}, {}, 0

    def constant(name, array):
        tensors[name] = array
        return name

    def dequantised(name, whole, scale, axis=None):
        inputs = [constant(f"{name}.whole", whole), constant(f"{name}.scale", np.asarray(scale, np.float32))]
        inputs.append(constant(f"{name}.zero", np.zeros(np.shape(scale), whole.dtype)))
        attributes = {} if axis is None else {"axis": axis}
        nodes.append(helper.make_node("DequantizeLinear", inputs, [name], name=f"{name}.restore", **attributes))
        return name

    def rounded(source, name):
        """`source` as uint8 and back, under the name `name`."""
        low, high = ranges[name]
        scale = np.float32((high - low) / 255)
        zero = np.uint8(np.clip(np.round(-low / scale), 0, 255))
        pair = [constant(f"{name}.scale", scale), constant(f"{name}.zero", zero)]
        nodes.append(helper.make_node("QuantizeLinear", [source, *pair], [f"{name}.whole"], name=f"{name}.round"))
        nodes.append(helper.make_node("DequantizeLinear", [f"{name}.whole", *pair], [name], name=f"{name}.restore"))
        scales[name] = float(scale)

    for node in model.graph.node:
        output = node.output[0]
        if node.op_type == "Conv" and convolutions < float_convolutions:
            convolutions += 1
            nodes.append(node)
            if convolutions == float_convolutions:
                node.output[0] = f"{output}.float"
                rounded(node.output[0], clip_of.get(output, output))
        elif node.op_type == "Conv":
            x, w, b = node.input
            weight, bias = weights[w].astype(np.float64), weights[b].astype(np.float64)
            scale = np.maximum(np.abs(weight).max(axis=(1, 2, 3)) / top, 1e-12)
            # Channels that do nothing but add their bias: the bias must fit into 32 bits.
            scale = np.maximum(scale, np.abs(bias) / scales[x] / 2 ** 30).astype(np.float32).astype(np.float64)
            whole = np.clip(np.round(weight / scale[:, None, None, None]), -top, top)
            error = (whole * scale[:, None, None, None] - weight).sum(axis=(2, 3))
            bias -= error[:, 0] * mean[x] if weight.shape[1] == 1 else error @ mean[x]
            node.input[1] = dequantised(w, whole.astype(np.int8), scale, axis=0)
            node.input[2] = dequantised(b, np.round(bias / scale / scales[x]).astype(np.int32),
                                        scale * scales[x], axis=0)
            node.output[0] = f"{output}.float"
            nodes.append(node)
            # Rounding to a range inside 0..6 clips as well, so ReLU6 needs no node.
            rounded(node.output[0], clip_of.get(output, output))
        elif node.op_type == "Clip" and output in scales:
            continue
        elif node.op_type == "Add" and output in ranges and scales:
            node.output[0] = f"{output}.float"
            nodes.append(node)
            rounded(node.output[0], output)
        else:
            nodes.append(node)
    made = {name for node in nodes for name in node.output}
    used = {name for node in nodes for name in node.input} - made
    tensors.update((name, array) for name, array in weights.items() if name in used)
    result = onnx.ModelProto()
    result.CopyFrom(model)
    graph = result.graph
    del graph.node[:], graph.initializer[:]
    graph.node.extend(nodes)
    graph.initializer.extend(numpy_helper.from_array(np.asarray(array), name) for name, array in tensors.items())
    result.doc_string = (f"{model.doc_string}; quantised to int8 (weights of {bits} bits per output channel, "
                         f"biases corrected, the first {float_convolutions} convolutions float32, no logits)")
    onnx.checker.check_model(result, full_check=True)
    return result


def session_of(model):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def embed(net, crops):
    parts = [net.run(["embedding"], {"images": crops[start:start + BATCH]})[0] for start in range(0, len(crops), BATCH)]
    features = np.sqrt(np.maximum(np.concatenate(parts), 0))
    return features / np.linalg.norm(features, axis=1, keepdims=True)


def pattern(size):
    """A picture that every machine can draw: two waves per colour, as whole pixels."""
    y, x, c = np.mgrid[0:size, 0:size, 0:3].astype(np.float64)
    value = 127.5 + 80 * np.sin(x * (c + 2) / 31 + y / 23) + 45 * np.sin(x * y / (300 * (c + 1)))
    return (np.floor(value + 0.5).astype(np.float32) / np.float32(255)).transpose(2, 0, 1)[None]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", type=Path, required=True, help="float file of export_efficientnet_lite.py")
    parser.add_argument("--csv", type=Path, action="append", required=True,
                        help="photos to calibrate with: path, bboxes; rows whose split is not train are left out")
    parser.add_argument("--limit", type=int, default=640, help="most crops of each CSV")
    parser.add_argument("--percentile", type=float, default=99.999)
    parser.add_argument("--bits", type=int, choices=(7, 8), default=7)
    parser.add_argument("--float-convolutions", type=int, default=3,
                        help="how many stay float, from the input on, at least 1")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--check", type=Path, help="writes the embedding of the drawn picture here, as 32-bit floats")
    args = parser.parse_args()
    model = read_model(args.model)
    size = model.graph.input[0].type.tensor_type.shape.dim[2].dim_value
    crops = np.concatenate([read_crops(file, size, args.limit, "train") for file in args.csv])
    print(f"{len(crops)} calibration crops of {size} px from {len(args.csv)} files")
    before = session(args.model)
    ranges, mean = observe(model, crops, args.percentile)
    result = quantise(model, ranges, mean, args.float_convolutions, args.bits)
    onnx.save(result, args.out)
    after = session(args.out)
    print(f"{args.out}: {args.out.stat().st_size} bytes, "
          f"sha256 {hashlib.sha256(args.out.read_bytes()).hexdigest()}")
    held_out = read_crops(args.csv[0], size, 200, "test")
    cosine = (embed(before, held_out) * embed(after, held_out)).sum(axis=1)
    print(f"cosine with the float file on {len(held_out)} crops left aside (square root taken): "
          f"mean {cosine.mean():.5f}, worst {cosine.min():.5f}")
    check = embed(after, pattern(size))[0]
    print(f"the drawn pattern: cosine with the float file {check @ embed(before, pattern(size))[0]:.6f}; "
          f"first 16 numbers {[round(float(v), 6) for v in check[:16]]}")
    if args.check:
        check.astype("<f4").tofile(args.check)


if __name__ == "__main__":
    main()
