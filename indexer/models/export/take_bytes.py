#!/usr/bin/env python3
"""Let a quantised model take a picture's bytes, pixel by pixel, in place of fractions, channel by channel.

A one-off tool: nothing of it runs in the service. Where a model turns its input into fractions, normalises them and
quantises them again, and where the scale is such that byte p becomes the number p, all of that is computed for nothing.
The tool checks this for all 256 bytes of the model. The outputs stay the same bit for bit.

    python take_bytes.py IN.onnx OUT.onnx
"""
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper


def chain_to_first_conv(graph):
    """The nodes from the input to the first convolution, and the last pair of them, which quantises for it."""
    name, chain = graph.input[0].name, []
    while True:
        node, = [node for node in graph.node if name in node.input]
        if node.op_type == "Conv":
            return chain, node
        chain.append(node)
        name = node.output[0]


def quantised(model, name):
    """What the model makes of a picture that shows every byte in every channel."""
    probe = onnx.ModelProto()
    probe.CopyFrom(model)
    probe.graph.output.append(helper.make_tensor_value_info(name, TensorProto.UINT8, None))
    every = np.tile(np.arange(256, dtype=np.float32).reshape(16, 16), (2, 2)) / 255
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(probe.SerializeToString(), options, providers=["CPUExecutionProvider"])
    picture = np.broadcast_to(every, (1, 3, 32, 32))
    return session.run([name], {model.graph.input[0].name: picture})[0], np.rint(picture * 255)


def take_bytes(model):
    graph = model.graph
    chain, _ = chain_to_first_conv(graph)
    quantise, restore = chain[-2:]
    found, expected = quantised(model, quantise.output[0])
    if not np.array_equal(found, expected):
        raise SystemExit("Expected byte p to become the number p, but it becomes another one.")
    for node in chain[:-1]:
        graph.node.remove(node)
    name = graph.input[0].name
    graph.input[0].CopyFrom(helper.make_tensor_value_info(name, TensorProto.UINT8, ["batch", "height", "width", 3]))
    graph.node.insert(0, helper.make_node("Transpose", [name], ["channels_first"], "channels_first", perm=[0, 3, 1, 2]))
    restore.input[0] = "channels_first"
    used = {name for node in graph.node for name in node.input}
    needed = [node for node in graph.node if node.op_type != "DequantizeLinear" or node.output[0] in used]
    del graph.node[:]
    graph.node.extend(needed)
    used = {name for node in graph.node for name in node.input}
    for tensor in [tensor for tensor in graph.initializer if tensor.name not in used]:
        graph.initializer.remove(tensor)
    del graph.value_info[:]
    onnx.checker.check_model(model)


def main():
    source, target = sys.argv[1:]
    model = onnx.load(source)
    take_bytes(model)
    onnx.save(model, target)


if __name__ == "__main__":
    main()
