"""The work of `siren bench` in PyTorch: one step of each fit, and rendering.

Same networks, sizes, losses and optimizer; a rendering goes in blocks of 65,536 points, so that memory stays
bounded. `workloads(scale)` gives (name, function that makes the work, whether torch.compile may be tried).
"""
import math

import torch


class Sine(torch.nn.Module):
    def __init__(self, inputs, outputs, first, omega):
        super().__init__()
        self.linear, self.omega = torch.nn.Linear(inputs, outputs), omega
        bound = 1 / inputs if first else math.sqrt(6 / inputs) / omega
        torch.nn.init.uniform_(self.linear.weight, -bound, bound)

    def forward(self, x):
        return torch.sin(self.omega * self.linear(x))


def siren(inputs, width=256, hidden=3, outputs=1, omega_first=30.0, omega=30.0):
    last = torch.nn.Linear(width, outputs)
    bound = math.sqrt(6 / width) / omega
    torch.nn.init.uniform_(last.weight, -bound, bound)
    layers = [Sine(inputs, width, True, omega_first)] + [Sine(width, width, False, omega) for _ in range(hidden)]
    return torch.nn.Sequential(*layers, last)


def grid(*sizes):
    axes = torch.meshgrid(*[torch.linspace(-1, 1, n) for n in sizes], indexing="ij")
    return torch.stack(axes, -1).reshape(-1, len(sizes))


def gradient(y, x, keep):
    return torch.autograd.grad(y, x, torch.ones_like(y), create_graph=keep)[0]


def laplacian(y, x, keep):
    slopes = gradient(y, x, True)
    parts = [gradient(slopes[:, k : k + 1], x, True if keep else k + 1 < x.shape[1])[:, k : k + 1] for k in range(x.shape[1])]
    return sum(parts)


def step(sizes, kind, omega_first=30.0):
    def prepare(compiled):
        torch.manual_seed(1)
        network = siren(len(sizes), omega_first=omega_first)
        optimizer = torch.optim.Adam(network.parameters(), lr=1e-4)
        x = grid(*sizes)
        target = torch.sin(7 * x[:, :1])
        forward = torch.compile(network) if compiled else network

        def work():
            if kind == "value":
                loss = (forward(x) - target).square().mean()
            else:
                point = x.clone().requires_grad_(True)
                y = forward(point)
                slope = gradient(y, point, True) if kind == "gradient" else laplacian(y, point, True)
                loss = (slope - target).square().sum(-1).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

        return work

    return prepare


def cells(height, width, updates=24, tile=29.7, points=289, layers=((2, 32, 20.0), (32, 32, 30.0))):
    "Updates of a grid of small networks, all at once by batched matrix products."

    def prepare(compiled):
        torch.manual_seed(1)
        count = max(1, round(height / tile)) * max(1, round(width / tile))
        uniform = lambda bound, *shape: torch.empty(count, *shape).uniform_(-bound, bound).requires_grad_(True)
        parameters = []
        for index, (inputs, outputs, omega) in enumerate(layers):
            bound = 1 / inputs if index == 0 else math.sqrt(6 / inputs) / omega
            parameters += [uniform(bound, inputs, outputs), uniform(1 / math.sqrt(inputs), 1, outputs)]
        last = layers[-1][1]
        parameters += [uniform(math.sqrt(6 / last) / 30, last, 3), uniform(1 / math.sqrt(last), 1, 3)]
        optimizer = torch.optim.Adam(parameters, lr=3e-3, betas=(0.9, 0.99))
        x = torch.rand(count, points, 2) * 2 - 1
        target = torch.sin(7 * x[..., :1]).expand(-1, -1, 3)

        def loss_of(x):
            for index, (_, _, omega) in enumerate(layers):
                x = torch.sin(omega * torch.baddbmm(parameters[2 * index + 1], x, parameters[2 * index]))
            values = torch.baddbmm(parameters[-1], x, parameters[-2])
            return (values - target).square().mean((1, 2)).sum()

        loss_of = torch.compile(loss_of) if compiled else loss_of

        def work():
            for _ in range(updates):
                loss = loss_of(x)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()

        return work

    return prepare


def rendering(size, kind, block=65536):
    def prepare(compiled):
        torch.manual_seed(1)
        network = siren(2)
        x = grid(size, size)
        forward = torch.compile(network) if compiled else network

        def work():
            for part in x.split(block):
                if kind == "value":
                    with torch.no_grad():
                        forward(part)
                else:
                    point = part.clone().requires_grad_(True)
                    y = forward(point)
                    (gradient if kind == "gradient" else laplacian)(y, point, False)

        return work

    return prepare


def workloads(scale=1):
    side = lambda n: max(8, n // scale)
    # torch.compile does not support second derivatives.
    return [
        ("image", step([side(256)] * 2, "value"), True),
        ("gradient", step([side(128)] * 2, "gradient"), False),
        ("laplacian", step([side(128)] * 2, "laplacian"), False),
        ("audio", step([max(64, 308207 // scale)], "value", 3000.0), True),
        ("grid", cells(side(512), side(768)), True),
        ("render", rendering(side(2048), "value"), True),
        ("render-gradient", rendering(side(1024), "gradient"), True),
        ("render-laplacian", rendering(side(1024), "laplacian"), False),
    ]
