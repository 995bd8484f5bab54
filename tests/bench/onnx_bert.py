"""The shipped encoder as an ONNX graph in float32, made of its safetensors: what a peer's runtime is given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import load_file

from ml.language.bert import CONFIG, WEIGHTS, read_config

OPSET, FORMAT = 20, 9  # Gelu is an operator from 20 on
Tensors = dict[str, np.ndarray]


class Graph:
    """Nodes and weights, each node's output under a name of its own."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.weights: list[Any] = []

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        name = f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], **attributes))
        return name

    def keep(self, value: Any, kind: type = np.float32) -> str:
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.array(value, dtype=kind, order="C"), name))
        return name


class Builder:
    """BERT layer by layer, in the words of the checkpoint."""

    def __init__(self, config: dict[str, Any], tensors: Tensors) -> None:
        self.graph, self.config, self.tensors = Graph(), config, tensors

    def dense(self, x: str, name: str) -> str:
        weight = self.graph.keep(self.tensors[f"{name}.weight"].T)
        return self.graph.add("Add", self.graph.add("MatMul", x, weight), self.graph.keep(self.tensors[f"{name}.bias"]))

    def norm(self, x: str, name: str) -> str:
        scale, shift = (self.graph.keep(self.tensors[f"{name}.{part}"]) for part in ("weight", "bias"))
        return self.graph.add("LayerNormalization", x, scale, shift, axis=-1, epsilon=self.config["layer_norm_eps"])

    def embedded(self) -> str:
        """(b, t, d) of the ids; both sentences' kind is the first."""
        graph, root = self.graph, "embeddings"
        length = graph.add("Gather", graph.add("Shape", "ids"), graph.keep(1, np.int64))
        places = graph.add("Range", graph.keep(0, np.int64), length, graph.keep(1, np.int64))
        words = graph.add("Gather", graph.keep(self.tensors[f"{root}.word_embeddings.weight"]), "ids")
        steps = graph.add("Gather", graph.keep(self.tensors[f"{root}.position_embeddings.weight"]), places)
        kind = graph.keep(self.tensors[f"{root}.token_type_embeddings.weight"][0])
        return self.norm(graph.add("Add", graph.add("Add", words, steps), kind), f"{root}.LayerNorm")

    def attention(self, x: str, bias: str, root: str) -> str:
        graph, heads = self.graph, self.config["num_attention_heads"]
        size = self.config["hidden_size"] // heads
        split, joined = graph.keep([0, 0, heads, size], np.int64), graph.keep([0, 0, heads * size], np.int64)
        query, key, value = (
            graph.add("Transpose", graph.add("Reshape", self.dense(x, f"{root}.self.{part}"), split), perm=perm)
            for part, perm in (("query", (0, 2, 1, 3)), ("key", (0, 2, 3, 1)), ("value", (0, 2, 1, 3)))
        )
        scores = graph.add("Div", graph.add("MatMul", query, key), graph.keep(np.sqrt(size)))
        shares = graph.add("Softmax", graph.add("Add", scores, bias), axis=-1)
        mixed = graph.add("Transpose", graph.add("MatMul", shares, value), perm=(0, 2, 1, 3))
        return self.dense(graph.add("Reshape", mixed, joined), f"{root}.output.dense")

    def block(self, x: str, bias: str, root: str) -> str:
        graph = self.graph
        x = self.norm(graph.add("Add", x, self.attention(x, bias, f"{root}.attention")),
                      f"{root}.attention.output.LayerNorm")
        inner = graph.add("Gelu", self.dense(x, f"{root}.intermediate.dense"))
        return self.norm(graph.add("Add", x, self.dense(inner, f"{root}.output.dense")), f"{root}.output.LayerNorm")

    def pooled(self, x: str, weight: str) -> str:
        """(b, d) unit rows: the mean of the tokens under the mask."""
        graph, tokens, width = self.graph, self.graph.keep([1], np.int64), self.graph.keep([-1], np.int64)
        total = graph.add("ReduceSum", graph.add("Mul", x, weight), tokens, keepdims=0)
        mean = graph.add("Div", total, graph.add("ReduceSum", weight, tokens, keepdims=0))
        return graph.add("Div", mean, graph.add("ReduceL2", mean, width, keepdims=1))


def model(folder: Path) -> ModelProto:
    """Ids and mask, (b, t) int32 → (b, d) float32 unit rows, of a model folder."""
    config = read_config(folder)
    tensors = {name: value.astype(np.float32) for name, value in load_file(folder / WEIGHTS).items()}
    builder = Builder(config, tensors)
    graph = builder.graph
    mask = graph.add("Cast", "mask", to=TensorProto.FLOAT)
    hidden = graph.add("Sub", graph.keep(1.0), graph.add("Unsqueeze", mask, graph.keep([1, 2], np.int64)))
    bias, x = graph.add("Mul", hidden, graph.keep(-1e9)), builder.embedded()
    for number in range(config["num_hidden_layers"]):
        x = builder.block(x, bias, f"encoder.layer.{number}")
    rows = builder.pooled(x, graph.add("Unsqueeze", mask, graph.keep([-1], np.int64)))
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT32, ["b", "t"]) for name in ("ids", "mask")]
    outputs = [helper.make_tensor_value_info(rows, TensorProto.FLOAT, ["b", config["hidden_size"]])]
    made = helper.make_graph(graph.nodes, CONFIG, inputs, outputs, graph.weights)
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=FORMAT)


def write(folder: Path, plain: Path, quantized: Path) -> None:
    """The graph of a model folder, and the same with int8 weights, scaled channel by channel."""
    plain.write_bytes(model(folder).SerializeToString())
    quantize_dynamic(plain, quantized, per_channel=True, weight_type=QuantType.QInt8)
