"""The work of `siren-hyper bench` in PyTorch: one training step of each prior, 32 pictures of 32x32."""
import math

import torch
import torch.nn.functional as F

from fields import grid
from updates import update


class SetEncoder(torch.nn.Module):
    def __init__(self, inputs, width):
        super().__init__()
        self.layers = torch.nn.ModuleList([torch.nn.Linear(inputs if k == 0 else width, width) for k in range(4)])

    def forward(self, points):
        for layer in self.layers:
            points = torch.sin(30 * layer(points))
        return points.mean(1)


class FullPrior(torch.nn.Module):
    "A set encoder, and a network for each weight and bias of a SIREN (arXiv 2006.09661, section 4.4)."

    def __init__(self, width, hidden=3):
        super().__init__()
        self.sizes = [2] + [width] * (hidden + 1) + [3]
        self.encoder = SetEncoder(5, width)
        counts = [n for i, o in zip(self.sizes, self.sizes[1:]) for n in (i * o, o)]
        self.heads = torch.nn.ModuleList()
        for n in counts:
            last = torch.nn.Linear(width, n)
            torch.nn.init.normal_(last.weight, std=math.sqrt(2 / width) / 100)
            first, second = torch.nn.Linear(width, width), torch.nn.Linear(width, width)
            self.heads.append(torch.nn.Sequential(first, torch.nn.ReLU(), second, torch.nn.ReLU(), last))

    def loss(self, points, where, truth):
        latent = self.encoder(points)
        parts = [head(latent) for head in self.heads]
        x = where
        for k, (i, o) in enumerate(zip(self.sizes, self.sizes[1:])):
            x = torch.baddbmm(parts[2 * k + 1][:, None], x, parts[2 * k].view(-1, o, i).transpose(1, 2))
            if k < len(self.sizes) - 2:
                x = torch.sin(30 * x)
        weights = sum(p.square().sum() for p in parts) / sum(p.numel() for p in parts)
        return (x - truth).square().mean() + 0.1 * latent.square().mean() + 100 * weights


class Attention(torch.nn.Module):
    def __init__(self, width, heads=4):
        super().__init__()
        self.heads, self.norm, self.mlp_norm = heads, torch.nn.LayerNorm(width), torch.nn.LayerNorm(width)
        self.query, self.key, self.value, self.output = (torch.nn.Linear(width, width) for _ in range(4))
        self.mlp = torch.nn.Sequential(torch.nn.Linear(width, 2 * width), torch.nn.GELU(), torch.nn.Linear(2 * width, width))

    def forward(self, state, seen=None):
        own = self.norm(state)
        seen = own if seen is None else seen
        split = lambda t: t.unflatten(-1, (self.heads, -1)).transpose(1, 2)
        mixed = F.scaled_dot_product_attention(split(self.query(own)), split(self.key(seen)), split(self.value(seen)))
        state = state + self.output(mixed.transpose(1, 2).flatten(2))
        return state + self.mlp(self.mlp_norm(state))


class ModulatedPrior(torch.nn.Module):
    "Learned queries attend to the points; a base SIREN gets scales and shifts, its last layer a closed-form fit."

    def __init__(self, width, field, tokens=16, blocks=2, hidden=3, octaves=6):
        super().__init__()
        self.octaves, self.field = octaves, field
        self.embed = torch.nn.Sequential(torch.nn.Linear(5 + 4 * octaves, width), torch.nn.GELU(), torch.nn.Linear(width, width))
        self.empty, self.queries = torch.nn.Parameter(torch.randn(1, width) / 50), torch.nn.Parameter(torch.randn(tokens, width))
        self.points_norm, self.norm = torch.nn.LayerNorm(width), torch.nn.LayerNorm(width)
        self.blocks = torch.nn.ModuleList([Attention(width) for _ in range(2 * blocks)])
        self.base = torch.nn.ModuleList([torch.nn.Linear(2 if k == 0 else field, field) for k in range(hidden + 1)])
        self.last = torch.nn.Linear(field, 3)
        for k, layer in enumerate(self.base):
            bound = 0.5 if k == 0 else math.sqrt(6 / field) / 30
            torch.nn.init.uniform_(layer.weight, -bound, bound)
        self.trunk = torch.nn.Linear(tokens * width, 256)
        self.changes = torch.nn.ModuleList([torch.nn.Linear(256, 2 * field) for _ in self.base])
        self.output = torch.nn.Linear(256, 3 * (field + 1))
        self.log_precision = torch.nn.Parameter(torch.zeros(field + 1))

    def loss(self, points, where, truth):
        at, values = points[..., :2], points[..., 2:]
        angles = [at * (math.pi / 2 * 2**k) for k in range(self.octaves)]
        waves = [w for a in angles for w in (a.sin(), a.cos())]
        embedded = self.embed(torch.cat([points] + waves, -1))
        count = len(points)
        seen = self.points_norm(torch.cat([self.empty.expand(count, 1, -1), embedded], 1))
        state = self.queries.expand(count, -1, -1)
        for index, block in enumerate(self.blocks):
            state = block(state, seen if index % 2 == 0 else None)
        trunk = F.gelu(self.trunk(self.norm(state).flatten(1)))
        x = torch.cat([at, where], 1)
        for layer, change in zip(self.base, self.changes):
            scale, shift = change(trunk).chunk(2, -1)
            x = F.linear(x, layer.weight)
            x = torch.sin(30 * ((1 + scale)[:, None] * x + (shift + layer.bias)[:, None]))
        out = self.output(trunk)
        weight = out[:, : 3 * self.field].view(-1, 3, self.field) + self.last.weight
        generated = x @ weight.transpose(1, 2) + (out[:, 3 * self.field :] + self.last.bias)[:, None]
        n = at.shape[1]
        features = torch.cat([x, torch.ones_like(x[..., :1])], -1)
        own, precision = features[:, :n], self.log_precision.exp() + 1e-3
        residual = values - generated[:, :n]
        if n < features.shape[-1]:
            weighted = own / precision
            kernel = weighted @ own.transpose(1, 2) + torch.eye(n)
            solved = torch.cholesky_solve(residual, torch.linalg.cholesky(kernel))
            change = weighted.transpose(1, 2) @ solved
        else:
            gram = own.transpose(1, 2) @ own + torch.diag(precision)
            change = torch.cholesky_solve(own.transpose(1, 2) @ residual, torch.linalg.cholesky(gram))
        before = generated[:, n:]
        after = before + features[:, n:] @ change
        return (after - truth).square().mean() + 0.1 * (before - truth).square().mean()


def step(make, pictures, context, targets):
    def prepare(compiled):
        torch.manual_seed(1)
        model = make()
        loss_of = torch.compile(model.loss) if compiled else model.loss
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
        where = grid(32, 32)
        chosen = torch.stack([torch.randperm(1024)[:context] for _ in range(pictures)])
        asked = torch.stack([torch.randperm(1024)[:targets] for _ in range(pictures)])
        points = torch.cat([where[chosen], torch.rand(pictures, context, 3) * 2 - 1], -1)
        truth = torch.rand(pictures, targets, 3) * 2 - 1
        return update(model, loss_of, optimizer, points, where[asked], truth)

    return prepare


def workloads(scale=1):
    small = lambda n: max(8, n // scale)
    pictures = max(2, 32 // scale)
    return [
        ("hypernetwork", step(lambda: FullPrior(small(256)), pictures, 200, 1024), True),
        ("prior", step(lambda: ModulatedPrior(small(128), small(128)), pictures, 200, 256), True),
    ]
