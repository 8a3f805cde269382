"""The SIREN paper's Helmholtz recipe in PyTorch for a given time, and its error against the Hankel function.

Sitzmann et al. 2020 (arXiv 2006.09661), section 4.3 and supplement 6, as in the authors' code: a network of three
hidden layers of 256 sines (omega 30) from place to a complex field, wave number 20, a source of variance 1e-4 and a
perfectly matched layer of width 0.5. The loss is the mean absolute residual, with the points of the source apart, and
Adam has a learning rate of 2e-5. Points are drawn anew for each step.

    .build/bench-venv/bin/python Benchmarks/siren_helmholtz.py --seconds 120
"""

import argparse
import math
import time

import numpy
import torch
from scipy.special import hankel2

import fields


def product(a, b):
    real = a[:, 0] * b[:, 0] - a[:, 1] * b[:, 1]
    return torch.stack([real, a[:, 0] * b[:, 1] + a[:, 1] * b[:, 0]], 1)


def quotient(a, b):
    return product(a, b * torch.tensor([1.0, -1.0])) / (b * b).sum(1, keepdim=True)


def derivative(y, x, axis):
    parts = [
        torch.autograd.grad(y[:, part].sum(), x, create_graph=True)[0][:, axis] for part in range(2)
    ]
    return torch.stack(parts, 1)


def residual(network, x, wave_number, layer=0.5, strength=5.0):
    x.requires_grad_(True)
    y = network(x)

    def stretch(place):
        depth = torch.clamp(place.abs() - (1 - layer), min=0) / layer
        return torch.stack([torch.ones_like(depth), -strength * depth * depth], 1)

    first, second = stretch(x[:, 0]), stretch(x[:, 1])
    a = derivative(product(quotient(second, first), derivative(y, x, 0)), x, 0)
    b = derivative(product(quotient(first, second), derivative(y, x, 1)), x, 1)
    return a + b + wave_number**2 * product(product(first, second), y)


def error(network, wave_number, variance, layer=0.5):
    axis = (torch.arange(100) + 0.5) / 50 - 1
    grid = torch.stack(torch.meshgrid(axis, axis, indexing="ij"), -1).reshape(-1, 2)
    radius = grid.norm(dim=1)
    inside = (grid.abs().max(1).values <= 1 - layer) & (radius >= 5 * math.sqrt(variance))
    with torch.no_grad():
        found = network(grid[inside]).numpy()
    found = found[:, 0] + 1j * found[:, 1]
    # laplacian u + k^2 u = (1 + i) delta, with waves of exp(i omega t) that leave.
    truth = (1 + 1j) * 0.25j * hankel2(0, wave_number * radius[inside].numpy())
    return numpy.linalg.norm(found - truth) / numpy.linalg.norm(truth)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--points", type=int, default=4096, help="the authors take 52,900")
    parser.add_argument("--learning-rate", type=float, default=2e-5)
    parser.add_argument("--wave-number", type=float, default=20)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    variance = 1e-4
    network = fields.siren(2, outputs=2)
    optimizer = torch.optim.Adam(network.parameters(), lr=options.learning_rate)
    start, steps = time.time(), 0
    while time.time() - start < options.seconds:
        x = torch.rand(options.points, 2) * 2 - 1
        x[:100] = torch.randn(100, 2) * math.sqrt(variance)
        density = torch.exp(-(x * x).sum(1) / (2 * variance)) / (2 * math.pi * variance)
        source = density[:, None] * torch.ones(1, 2)
        source[source < 1e-5] = 0
        difference = residual(network, x, options.wave_number)
        on = source != 0
        loss = ((difference - source).abs() * on).sum() * options.points / 1e3 / options.points
        loss = loss + (difference.abs() * ~on).sum() / options.points
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        steps += 1
    print(
        f"{steps} steps in {time.time() - start:.0f} s, "
        f"relative L2 error {error(network, options.wave_number, variance):.3f}"
    )


if __name__ == "__main__":
    main()
