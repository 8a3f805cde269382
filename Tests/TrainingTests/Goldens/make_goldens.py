#!/usr/bin/env python3
"""Fifty steps of PyTorch's optimizers on the CPU (one tensor at a time), and of Muon, in float32.

Parameters start from, and gradients are taken from, a table of random numbers: the gradient of parameter i
in step t (from 1) is table[(7 i + 13 t) mod 101]. What is kept are the bits of the parameters after 50 steps.

    pip install torch==2.13.0 numpy
    python make_goldens.py            # writes optimizers.json beside itself
"""
import json, pathlib

import numpy as np
import torch

COUNT, STEPS, TABLE = 61, 50, 101
table = np.random.default_rng(3).standard_normal(TABLE).astype(np.float32)
start = np.random.default_rng(4).standard_normal(COUNT).astype(np.float32)
bits = lambda values: [int(v) for v in np.asarray(values, np.float32).reshape(-1).view(np.uint32)]


def gradient(step, count=COUNT):
    return torch.tensor(table[(7 * np.arange(count) + 13 * step) % TABLE])


def run(make):
    parameter = torch.nn.Parameter(torch.tensor(start))
    optimizer = make([parameter])
    for step in range(1, STEPS + 1):
        parameter.grad = gradient(step)
        optimizer.step()
    return bits(parameter.detach().numpy())


def orthogonalized(g, steps=5):
    "Newton-Schulz as github.com/KellerJordan/Muon does it, in float32 instead of bfloat16."
    x = g.T if g.shape[0] > g.shape[1] else g
    x = x / (x.norm() + 1e-7)
    for _ in range(steps):
        a = x @ x.T
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return x.T if g.shape[0] > g.shape[1] else x


def muon(rows, columns, rate, decay, momentum=0.95):
    weight, memory = torch.tensor(start[: rows * columns]).reshape(rows, columns), torch.zeros(rows, columns)
    for step in range(1, STEPS + 1):
        g = gradient(step, rows * columns).reshape(rows, columns)
        memory.lerp_(g, 1 - momentum)
        update = orthogonalized(g.lerp(memory, momentum)) * max(1, rows / columns) ** 0.5
        weight = weight * (1 - rate * decay) - rate * update
    return bits(weight.numpy())


adam = dict(lr=1e-3, betas=(0.9, 0.999), eps=1e-8, foreach=False, fused=False)
sgd = dict(lr=1e-2, foreach=False, fused=False)
record = dict(
    made_with=f"torch {torch.__version__}, numpy {np.__version__}",
    table=bits(table),
    start=bits(start),
    steps=STEPS,
    adam=run(lambda p: torch.optim.Adam(p, **adam)),
    adamw=run(lambda p: torch.optim.AdamW(p, weight_decay=0.05, **adam)),
    sgd=run(lambda p: torch.optim.SGD(p, **sgd)),
    momentum=run(lambda p: torch.optim.SGD(p, momentum=0.9, weight_decay=0.05, **sgd)),
    nesterov=run(lambda p: torch.optim.SGD(p, momentum=0.9, nesterov=True, **sgd)),
    muon_tall=muon(10, 6, 0.02, 0.1),
    muon_wide=muon(5, 12, 0.02, 0.0),
)
lines = [f" {json.dumps(k)}: {json.dumps(v)}" for k, v in record.items()]
(pathlib.Path(__file__).parent / "optimizers.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
