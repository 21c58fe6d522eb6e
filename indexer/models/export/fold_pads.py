#!/usr/bin/env python3
"""Move the explicit Pad nodes of a QDQ model into the convolutions that follow them.

A one-off tool: nothing of it runs in the service. A Pad between two pairs of QuantizeLinear and DequantizeLinear is
computed in float32 and costs a third of the detector's time. A convolution pads with the same zeros for nothing, so
the outputs stay the same bit for bit.

    python fold_pads.py IN.onnx OUT.onnx
"""
import sys

import numpy as np
import onnx
from onnx import numpy_helper


def fold(model):
    """Changes the model; returns how many Pad nodes it removed."""
    graph = model.graph
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    values.update((node.output[0], numpy_helper.to_array(node.attribute[0].t))
                  for node in graph.node if node.op_type == "Constant")
    made_by = {name: node for node in graph.node for name in node.output}
    readers = {}
    for node in graph.node:
        for name in node.input:
            readers.setdefault(name, []).append(node)

    def only_reader(node, op):
        found = readers.get(node.output[0], [])
        return found[0] if len(found) == 1 and found[0].op_type == op else None

    def same_scale(one, other):
        return all(np.array_equal(values[a], values[b]) for a, b in zip(one.input[1:], other.input[1:]))

    folded = 0
    for pad in [node for node in graph.node if node.op_type == "Pad"]:
        amounts = values.get(pad.input[1])
        fill = values.get(pad.input[2], 0) if len(pad.input) > 2 and pad.input[2] else 0
        quantise = only_reader(pad, "QuantizeLinear")
        restore = quantise and only_reader(quantise, "DequantizeLinear")
        conv = restore and only_reader(restore, "Conv")
        if conv is None or amounts is None or np.any(fill) or np.any(amounts[[0, 1, 4, 5]]) or np.any(amounts < 0):
            continue
        before = made_by.get(pad.input[0])
        if before is not None and before.op_type == "DequantizeLinear" and same_scale(before, restore):
            conv.input[0] = before.output[0]
            graph.node.remove(quantise)
            graph.node.remove(restore)
        else:
            quantise.input[0] = pad.input[0]
        graph.node.remove(pad)
        pads = next(attribute for attribute in conv.attribute if attribute.name == "pads").ints
        pads[:] = [own + int(more) for own, more in zip(pads, amounts[[2, 3, 6, 7]])]
        folded += 1
    used = {name for node in graph.node for name in node.input}
    for tensor in [tensor for tensor in graph.initializer if tensor.name not in used]:
        graph.initializer.remove(tensor)
    onnx.checker.check_model(model)
    return folded


def main():
    source, target = sys.argv[1:]
    model = onnx.load(source)
    print(f"{fold(model)} Pad nodes folded")
    onnx.save(model, target)


if __name__ == "__main__":
    main()
