"""The residual network of `siren-hyper train` in PyTorch: one update on 16 pictures of 32x32."""
import torch
import torch.nn.functional as F
from torch import nn

from updates import update


def convolution(inputs, outputs, side=3):
    return nn.Conv2d(inputs, outputs, side, padding=side // 2)


class ResidualNetwork(nn.Module):
    "Residual blocks on grids of 16, 8 and 4, with learned numbers per position. Patches of 2x2 are channels."

    def __init__(self, widths, size, inputs, channels):
        super().__init__()
        block = lambda width: nn.ModuleList([convolution(width, width) for _ in range(2)])
        pairs = list(zip(widths, widths[1:]))
        self.stem, self.head = convolution(4 * inputs, widths[0]), convolution(widths[0], 4 * (channels + 1))
        self.encode, self.decode = nn.ModuleList(map(block, widths)), nn.ModuleList(map(block, widths[:-1]))
        self.down = nn.ModuleList([convolution(4 * a, b, 1) for a, b in pairs])
        self.up = nn.ModuleList([convolution(b, 4 * a, 1) for a, b in pairs])
        sides = [size >> (level + 1) for level in range(len(widths))]
        self.places = nn.ParameterList([nn.Parameter(torch.zeros(1, w, s, s)) for w, s in zip(widths, sides)])

    @staticmethod
    def residual(x, layers):
        return x + layers[1](F.gelu(layers[0](F.gelu(x))))

    def loss(self, features, scale, missing, hidden):
        x, skipped = self.stem(F.pixel_unshuffle(features, 2)), []
        for level, layers in enumerate(self.encode):
            x = self.residual(x + self.places[level], layers)
            if level < len(self.down):
                skipped.append(x)
                x = self.down[level](F.pixel_unshuffle(x, 2))
        for level in reversed(range(len(self.down))):
            x = self.residual(skipped[level] + F.pixel_shuffle(self.up[level](x), 2), self.decode[level])
        predicted = F.pixel_shuffle(self.head(F.gelu(x)), 2)
        channels = missing.shape[1]
        errors, logarithms = predicted[:, :channels] * scale - missing, predicted[:, channels:]
        absolute = errors.detach().abs().mean(1, keepdim=True)
        likelihood = ((absolute * (-logarithms).exp() + logarithms) * hidden).mean()
        return errors.square().mean() + 0.05 * likelihood


def step(widths, pictures=16, size=32, channels=3):
    def prepare(compiled):
        torch.manual_seed(1)
        inputs = 3 * channels + 2
        layout = dict(memory_format=torch.channels_last)
        model = ResidualNetwork(widths, size, inputs, channels).to(**layout)
        loss_of = torch.compile(model.loss) if compiled else model.loss
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, betas=(0.9, 0.98))
        features = torch.randn(pictures, inputs, size, size).contiguous(**layout)
        scale = torch.rand(pictures, 1, size, size)
        hidden = (torch.rand(pictures, 1, size, size) > 0.1).float()
        missing = torch.randn(pictures, channels, size, size).contiguous(**layout)
        return update(model, loss_of, optimizer, features, scale, missing, hidden)

    return prepare


def workloads(scale=1):
    return [("residual-network", step([max(8, width // scale) for width in (48, 64, 96)]), True)]
