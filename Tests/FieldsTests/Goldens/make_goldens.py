#!/usr/bin/env python3
"""Golden runs of small SIRENs, differentiated by JAX in float64, which shares no code with this project.

Each run starts from float32 weights, measures value, gradient and Laplacian at some points, then takes 20
full-batch steps of Adam (rate 1e-4, betas 0.9 and 0.999, epsilon 1e-8) and keeps the loss BEFORE each step.

    pip install jax numpy safetensors
    python make_goldens.py            # writes <name>.json and <name>.safetensors beside itself

Kinds of loss, y being the network's values [n, c] at coordinates x [n, d]:
    value      mean over points and channels of (y - target)^2, targets [n, c]
    gradient   mean over points of |dy/dx - target|^2, one channel, targets [n, d]
    laplacian  mean over points of (sum_k d2y/dx_k^2 - target)^2, one channel, targets [n, 1]
"""
import json, math, pathlib

import jax
import jax.numpy as jnp
import numpy as np
from safetensors.numpy import save_file

jax.config.update("jax_enable_x64", True)
SEED, STEPS, RATE = 0, 20, 1e-4
folder = pathlib.Path(__file__).parent


def grid(size, axes):
    "Corner-aligned coordinates in -1...1, the first axis slowest, in float32."
    axis = np.linspace(-1, 1, size)
    return np.stack(np.meshgrid(*[axis] * axes, indexing="ij"), -1).reshape(-1, axes).astype(np.float32)


def start(random, coordinates, width, hidden, outputs, omega):
    "Weights as the notebook of arXiv 2006.09661 starts them, named as it names them."
    weights = {}
    sizes = [coordinates] + [width] * (hidden + 1) + [outputs]
    for k, (i, o) in enumerate(zip(sizes, sizes[1:])):
        name = f"net.{k}" if k == len(sizes) - 2 else f"net.{k}.linear"
        bound = 1 / i if k == 0 else math.sqrt(6 / i) / omega
        weights[f"{name}.weight"] = random.uniform(-bound, bound, (o, i)).astype(np.float32)
        weights[f"{name}.bias"] = random.uniform(-1 / math.sqrt(i), 1 / math.sqrt(i), o).astype(np.float32)
    return weights


def network(weights, x, omegas):
    "Values [c] at one point [d]."
    for k, omega in enumerate(omegas):
        x = jnp.sin(omega * (weights[f"net.{k}.linear.weight"] @ x + weights[f"net.{k}.linear.bias"]))
    k = len(omegas)
    return weights[f"net.{k}.weight"] @ x + weights[f"net.{k}.bias"]


def run(name, loss_kind, x, targets, outputs=1, width=24, hidden=2, omega_first=30.0, omega=30.0, exact_phase=False):
    random = np.random.default_rng([SEED, *name.encode()])
    stored = start(random, x.shape[1], width, hidden, outputs, omega)
    if exact_phase:
        # Multiples of 2^-9 at coordinates that are multiples of 2^-5: float32 holds the first layer's
        # phases, up to 6,000, exactly, or their rounding alone would hide smaller errors.
        for part in ("weight", "bias"):
            stored[f"net.0.linear.{part}"] = np.round(stored[f"net.0.linear.{part}"] * 512) / np.float32(512)
    save_file(stored, folder / f"{name}.safetensors")

    weights = {k: jnp.asarray(v, jnp.float64) for k, v in stored.items()}
    points, target = jnp.asarray(x, jnp.float64), jnp.asarray(targets, jnp.float64)
    omegas = [omega_first] + [omega] * hidden
    value = lambda w, p: network(w, p, omegas)
    gradient = lambda w, p: jax.jacrev(value, 1)(w, p)  # [c, d]
    laplacian = lambda w, p: jnp.trace(jax.jacfwd(jax.jacrev(value, 1), 1)(w, p), axis1=1, axis2=2)  # [c]
    each = lambda f: jax.vmap(f, (None, 0))

    def loss(w):
        if loss_kind == "value":
            return ((each(value)(w, points) - target) ** 2).mean()
        if loss_kind == "gradient":
            return ((each(gradient)(w, points)[:, 0] - target) ** 2).sum(-1).mean()
        return ((each(laplacian)(w, points) - target) ** 2).mean()

    probes = np.arange(0, len(x), 5)
    initial = {
        "values": each(value)(weights, points[probes]),
        "gradients": each(gradient)(weights, points[probes]),
        "laplacians": each(laplacian)(weights, points[probes]),
    }
    step = jax.jit(jax.value_and_grad(loss))
    losses, first, second, moving = [], {k: 0.0 for k in weights}, {k: 0.0 for k in weights}, dict(weights)
    for t in range(1, STEPS + 1):
        now, slopes = step(moving)
        losses.append(float(now))
        for k, g in slopes.items():
            first[k] = 0.9 * first[k] + 0.1 * g
            second[k] = 0.999 * second[k] + 0.001 * g * g
            corrected = jnp.sqrt(second[k] / (1 - 0.999**t)) + 1e-8
            moving[k] = moving[k] - RATE * first[k] / (1 - 0.9**t) / corrected

    flat32 = lambda a: [float(str(v)) for v in np.asarray(a, np.float32).reshape(-1)]
    flat64 = lambda a: [float(f"{v:.12g}") for v in np.asarray(a).reshape(-1)]
    record = {
        "name": name,
        "made_with": f"jax {jax.__version__}, numpy {np.__version__}, float64, seed {SEED}",
        "architecture": {
            "coordinates": x.shape[1], "hiddenWidth": width, "hiddenLayers": hidden, "outputs": outputs,
            "omegaFirst": omega_first, "omegaHidden": omega,
        },
        "loss": loss_kind,
        "learningRate": RATE,
        "coordinates": flat32(x),
        "targets": flat32(targets),
        "probes": [int(i) for i in probes],
        **{k: flat64(v) for k, v in initial.items()},
        "losses": flat64(losses),
    }
    lines = [f" {json.dumps(k)}: {json.dumps(v)}" for k, v in record.items()]
    (folder / f"{name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(name, losses[0], "->", losses[-1])


picture = grid(8, 2)
y, x = picture[:, :1].astype(np.float64), picture[:, 1:].astype(np.float64)
run("image", "value", picture, 0.7 * np.sin(3 * y + x) * np.cos(2 * x))
run("image_rgb", "value", picture, np.concatenate([np.sin(2 * y), x * y, np.cos(3 * x) * 0.5], 1), outputs=3, width=16)
sound = grid(65, 1)
run("audio", "value", sound, 0.8 * np.sin(40 * sound.astype(np.float64) ** 2), width=32, omega_first=3000.0, exact_phase=True)
run("poisson_gradient", "gradient", picture, np.concatenate([2 * y * x + 1, y**2 - 3 * x], 1))
run("poisson_laplacian", "laplacian", picture, 4 * np.exp(-2 * (x**2 + y**2)) - 1)
