#!/usr/bin/env python3
"""A golden run of the paper's hypernetwork, differentiated by JAX in float64, which shares no code with this project.

A set encoder sees 4 to 10 pixels of each of three 8x8 pictures (padded to 10, with a mask), a ReLU network for
each weight and bias generates a SIREN 2-8-8-3 (arXiv 2006.09661, section 4.4), and ten steps of Adam (rate 1e-4,
betas 0.9 and 0.999, epsilon 1e-8) minimize

    mean (output - picture)^2 + 0.1 mean latent^2 + 100 mean (generated number)^2

over whole pictures. All four columns are kept BEFORE each step.

    pip install jax numpy safetensors
    python make_goldens.py            # writes hypernetwork.json and hypernetwork.safetensors beside itself
"""
import json, math, pathlib

import jax
import jax.numpy as jnp
import numpy as np
from safetensors.numpy import save_file

jax.config.update("jax_enable_x64", True)
SEED, STEPS, RATE = 0, 10, 1e-4
SIZE, CHANNELS, LATENT, HYPER, DIMS = 8, 3, 16, 16, (2, 8, 8, 3)
COUNTS = (4, 7, 10)
folder = pathlib.Path(__file__).parent
random = np.random.default_rng(SEED)


def uniform(bound, *shape):
    return random.uniform(-bound, bound, shape).astype(np.float32)


stored = {}
for k, (i, o) in enumerate([(2 + CHANNELS, LATENT)] + [(LATENT, LATENT)] * 3):
    stored[f"encoder.layers.{k}.weight"] = uniform(math.sqrt(6 / i) / 30, o, i)
    stored[f"encoder.layers.{k}.bias"] = uniform(1 / math.sqrt(i), o)
for layer, (i, o) in enumerate(zip(DIMS, DIMS[1:])):
    for part, (count, bound) in enumerate([(i * o, 1 / i), (o, 1 / HYPER)]):
        name = f"hyper.heads.{2 * layer + part}"
        for k, n in ((0, LATENT), (2, HYPER)):
            stored[f"{name}.{k}.weight"] = uniform(1 / math.sqrt(n), HYPER, n)
            stored[f"{name}.{k}.bias"] = uniform(1 / math.sqrt(n), HYPER)
        stored[f"{name}.4.weight"] = (random.normal(0, math.sqrt(2 / HYPER) / 100, (count, HYPER))).astype(np.float32)
        stored[f"{name}.4.bias"] = uniform(bound, count)
save_file(stored, folder / "hypernetwork.safetensors")

axis = np.linspace(-1, 1, SIZE)
grid = np.stack(np.meshgrid(axis, axis, indexing="ij"), -1).reshape(-1, 2).astype(np.float32)
y, x = grid.T.astype(np.float64)
pictures = np.stack(
    [np.stack([np.sin((2 + p) * y), x * y - 0.3 * p, 0.6 * np.cos(3 * x + p)], -1) for p in range(3)]
).astype(np.float32)
index = np.stack([random.permutation(SIZE * SIZE)[: max(COUNTS)] for _ in COUNTS])
mask = (np.arange(max(COUNTS))[None] < np.array(COUNTS)[:, None]).astype(np.float64)
points = np.concatenate([grid[index], np.take_along_axis(pictures, index[..., None], 1)], -1).astype(np.float64)
coordinates, target = grid.astype(np.float64), pictures.astype(np.float64)


def one(w, points, mask):
    "Output [pixels, channels], latent and the list of generated arrays for one picture."
    hidden = points
    for k in range(4):
        hidden = jnp.sin(30 * (hidden @ w[f"encoder.layers.{k}.weight"].T + w[f"encoder.layers.{k}.bias"]))
    latent = (hidden * mask[:, None]).sum(0) / mask.sum()
    generated = []
    for head in range(2 * len(DIMS) - 2):
        z = latent
        for k in (0, 2, 4):
            z = w[f"hyper.heads.{head}.{k}.weight"] @ z + w[f"hyper.heads.{head}.{k}.bias"]
            z = jnp.maximum(z, 0) if k < 4 else z
        generated.append(z)
    out = coordinates
    for k, (i, o) in enumerate(zip(DIMS, DIMS[1:])):
        out = out @ generated[2 * k].reshape(o, i).T + generated[2 * k + 1]
        out = jnp.sin(30 * out) if k < len(DIMS) - 2 else out
    return out, latent, generated


def terms(w):
    out, latent, generated = jax.vmap(one, (None, 0, 0))(w, points, mask)
    weight = sum((g**2).sum() for g in generated) / sum(g.size for g in generated)
    image, latent_size = ((out - target) ** 2).mean(), (latent**2).mean()
    return image + 0.1 * latent_size + 100 * weight, (image, latent_size, weight)


weights = {k: jnp.asarray(v, jnp.float64) for k, v in stored.items()}
output, latent, generated = jax.vmap(one, (None, 0, 0))(weights, points, mask)
step = jax.jit(jax.value_and_grad(terms, has_aux=True))
steps, first, second = [], {k: 0.0 for k in weights}, {k: 0.0 for k in weights}
for t in range(1, STEPS + 1):
    (loss, parts), slopes = step(weights)
    steps.append([float(v) for v in (loss, *parts)])
    for k, g in slopes.items():
        first[k] = 0.9 * first[k] + 0.1 * g
        second[k] = 0.999 * second[k] + 0.001 * g * g
        weights[k] = weights[k] - RATE * first[k] / (1 - 0.9**t) / (jnp.sqrt(second[k] / (1 - 0.999**t)) + 1e-8)

flat32 = lambda a: [float(str(v)) for v in np.asarray(a, np.float32).reshape(-1)]
flat64 = lambda a: [float(f"{v:.12g}") for v in np.asarray(a).reshape(-1)]
record = {
    "name": "hypernetwork",
    "made_with": f"jax {jax.__version__}, numpy {np.__version__}, float64, seed {SEED}",
    "size": SIZE, "channels": CHANNELS, "latent": LATENT, "hyperWidth": HYPER, "dims": DIMS, "learningRate": RATE,
    "contextIndex": index.tolist(), "contextCount": COUNTS,
    "pictures": flat32(pictures),
    "initialLatent": flat64(latent), "initialOutput": flat64(output), "initialWeight0": flat64(generated[0]),
    "columns": ["loss", "image", "latent", "weight"], "steps": [flat64(s) for s in steps],
}
lines = [f" {json.dumps(k)}: {json.dumps(v)}" for k, v in record.items()]
(folder / "hypernetwork.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
print(steps[0], "->", steps[-1])
