"""Two members of the Neural Process family in PyTorch, written from their papers, for compare_peers.py.

ConvCNP: Gordon et al., "Convolutional Conditional Neural Processes" (ICLR 2020), section 4, the version on a grid.
TNP-D:   Nguyen and Grover, "Transformer Neural Processes" (ICML 2022), section 3, the diagonal version.

Both predict a Gaussian for every channel of every pixel from some observed pixels. Values are 0...1.
"""
import math

import torch
from torch import nn
from torch.nn import functional


class ConvCNP(nn.Module):
    """A set convolution onto the pixels' grid, residual blocks of separable convolutions, a Gaussian per value."""

    def __init__(self, channels, width=128, kernel=9, blocks=4):
        super().__init__()
        self.density = nn.Conv2d(channels, channels, kernel, padding=kernel // 2, groups=channels, bias=False)
        self.embed = nn.Conv2d(2 * channels, width, 1)
        self.blocks = nn.ModuleList(
            nn.ModuleList([nn.Conv2d(width, width, kernel, padding=kernel // 2, groups=width), nn.Conv2d(width, width, 1)])
            for _ in range(blocks)
        )
        self.head = nn.Sequential(nn.ReLU(), nn.Conv2d(width, width, 1), nn.ReLU(), nn.Conv2d(width, 2 * channels, 1))

    def forward(self, pictures, mask):
        """`[b, c, h, w]` and `[b, 1, h, w]` (1 is observed) to mean and deviation, `[b, c, h, w]` each."""
        mask = mask.expand_as(pictures)
        weights = self.density.weight.abs()
        convolve = lambda x: functional.conv2d(x, weights, padding=self.density.padding, groups=self.density.groups)
        density, signal = convolve(mask), convolve(pictures * mask)
        x = self.embed(torch.cat([density, signal / density.clamp(min=1e-5)], 1))
        for spatial, pointwise in self.blocks:
            x = x + pointwise(functional.relu(spatial(functional.relu(x))))
        mean, raw = self.head(x).chunk(2, 1)
        return mean, 0.01 + 0.99 * functional.softplus(raw)

    def loss(self, pictures, mask):
        """The negative log-likelihood per value of all pixels."""
        mean, deviation = self(pictures, mask)
        return -torch.distributions.Normal(mean, deviation).log_prob(pictures).mean()


class TNPD(nn.Module):
    """A transformer over observed and asked pixels; the latter attend to the observed ones alone."""

    def __init__(self, channels, width=64, heads=4, layers=6, feed_forward=128, embedding=4):
        super().__init__()
        self.channels = channels
        parts = [nn.Linear(2 + channels, width)]
        for _ in range(embedding - 1):
            parts += [nn.ReLU(), nn.Linear(width, width)]
        self.embed = nn.Sequential(*parts)
        layer = nn.TransformerEncoderLayer(width, heads, feed_forward, dropout=0, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)
        self.head = nn.Sequential(nn.Linear(width, feed_forward), nn.ReLU(), nn.Linear(feed_forward, 2 * channels))

    def predict(self, places, values, asked):
        """Context `[b, n, 2]` and `[b, n, c]`, targets `[b, m, 2]` to mean and deviation, `[b, m, c]` each."""
        count, targets = places.shape[1], asked.shape[1]
        context = torch.cat([places, values - 0.5], 2)
        target = torch.cat([asked, torch.zeros(*asked.shape[:2], self.channels)], 2)
        closed = torch.ones(count + targets, count + targets, dtype=torch.bool)
        closed[:, :count] = False
        closed.fill_diagonal_(False)
        out = self.encoder(self.embed(torch.cat([context, target], 1)), mask=closed)[:, count:]
        mean, raw = self.head(out).chunk(2, 2)
        return mean + 0.5, raw.exp()

    @staticmethod
    def places(height, width):
        """The pixels' positions, rows before columns, each axis -1...1: `[h * w, 2]`."""
        axes = [torch.linspace(-1, 1, length) for length in (height, width)]
        return torch.stack(torch.meshgrid(*axes, indexing="ij"), 2).reshape(-1, 2)

    def forward(self, pictures, mask):
        """One picture `[1, c, h, w]` and its mask `[1, 1, h, w]` to mean and deviation, `[1, c, h, w]` each."""
        _, channels, height, width = pictures.shape
        places, observed = self.places(height, width), mask.flatten() > 0
        values = pictures[0].reshape(channels, -1).T
        mean, deviation = self.predict(places[observed][None], values[observed][None], places[None])
        back = lambda x: x[0].T.reshape(1, channels, height, width)
        return back(mean), back(deviation)

    def loss(self, pictures, random):
        """The protocol of the paper: 3 to 197 context points, targets up to 200 points in all, per value."""
        batch, channels, height, width = pictures.shape
        context = int(random.integers(3, 198))
        targets = int(random.integers(3, 201 - min(context, 196)))
        order = torch.from_numpy(random.permuted([range(height * width)] * batch, axis=1)[:, : context + targets])
        places = self.places(height, width)[order]
        values = pictures.reshape(batch, channels, -1).transpose(1, 2)
        values = torch.gather(values, 1, order[..., None].expand(-1, -1, channels))
        mean, deviation = self.predict(places[:, :context], values[:, :context], places[:, context:])
        return -torch.distributions.Normal(mean, deviation).log_prob(values[:, context:]).mean()


def train(network, pictures, seconds, batch, rate, random, clock):
    """Adam with a cosine to zero over the given time; returns the number of updates."""
    optimizer = torch.optim.Adam(network.parameters(), rate)
    start, step = clock(), 0
    while (passed := clock() - start) < seconds:
        for group in optimizer.param_groups:
            group["lr"] = rate * 0.5 * (1 + math.cos(math.pi * passed / seconds))
        chosen = pictures[torch.from_numpy(random.integers(0, len(pictures), batch))]
        if isinstance(network, TNPD):
            loss = network.loss(chosen, random)
        else:
            size = chosen.shape[2] * chosen.shape[3]
            counts = torch.from_numpy(random.integers(3, 198, batch))
            ranks = torch.rand(batch, size).argsort(1).argsort(1)
            mask = (ranks < counts[:, None]).float().reshape(batch, 1, *chosen.shape[2:])
            loss = network.loss(chosen, mask)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1)
        optimizer.step()
        step += 1
    return step
