"""The SIREN paper's recipe for videos in PyTorch, to compare `siren fit CLIP` with at equal time.

One network of four sine layers of 1,024 for the whole clip, Adam at 1e-4, 0.38% of the samples per update (Sitzmann et
al., arXiv 2006.09661, supplement 6, and the authors' train_video.py). The clip is decoded by ffmpeg. The network is
evaluated on every pixel of ten frames.

    python3 Benchmarks/siren_video.py clip.mp4 --minutes 10
"""

import argparse
import subprocess
import time

import numpy
import torch


class Siren(torch.nn.Module):
    def __init__(self, inputs=3, width=1024, hidden=3, outputs=3, omega=30.0):
        super().__init__()
        sizes = [inputs] + [width] * (hidden + 1) + [outputs]
        self.layers = torch.nn.ModuleList(torch.nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.omega = omega
        with torch.no_grad():
            for index, layer in enumerate(self.layers):
                count = layer.in_features
                bound = 1 / count if index == 0 else (6 / count) ** 0.5 / omega
                layer.weight.uniform_(-bound, bound)

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.sin(self.omega * layer(x))
        return self.layers[-1](x)


def read(path):
    probe = subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height", "-of",
         "csv=p=0", path], check=True, capture_output=True, text=True)
    width, height = (int(number) for number in probe.stdout.strip().split(","))
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], check=True,
        capture_output=True).stdout
    return numpy.frombuffer(raw, numpy.uint8).reshape(-1, height, width, 3)


def coordinates(index, shape):
    parts = numpy.unravel_index(index, shape)
    return torch.tensor(
        numpy.stack([2 * part / (size - 1) - 1 for part, size in zip(parts, shape)], 1), dtype=torch.float32)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("clip")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--updates", type=int, help="as many updates, however long they take")
    parser.add_argument("--piece", type=int, default=16384, help="points at a time, which bounds the memory")
    options = parser.parse_args()
    torch.manual_seed(1)
    clip = read(options.clip)
    shape = clip.shape[:3]
    pixels = clip.reshape(-1, 3)
    random = numpy.random.default_rng(1)
    count = int(0.0038 * len(pixels))
    network = Siren()
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-4)
    start, step = time.time(), 0
    while step < options.updates if options.updates else time.time() - start < 60 * options.minutes:
        chosen = random.integers(0, len(pixels), count)
        optimizer.zero_grad()
        total = 0.0
        for begin in range(0, count, options.piece):
            part = chosen[begin:begin + options.piece]
            target = torch.tensor(pixels[part] / 127.5 - 1, dtype=torch.float32)
            loss = ((network(coordinates(part, shape)) - target) ** 2).sum() / (3 * count)
            loss.backward()
            total += loss.item()
        optimizer.step()
        step += 1
        print(f"update {step}, {time.time() - start:.0f} s, PSNR of the batch "
              f"{10 * numpy.log10(4 / total):.2f} dB", flush=True)
    errors = []
    with torch.no_grad():
        for frame in numpy.linspace(0, shape[0] - 1, 10).astype(int):
            index = numpy.arange(shape[1] * shape[2]) + frame * shape[1] * shape[2]
            values = torch.cat([network(coordinates(part, shape)) for part in numpy.array_split(index, 12)])
            errors.append(((values.clamp(-1, 1).numpy() / 2 + 0.5 - pixels[index] / 255) ** 2).mean())
    print(f"{step} updates of {count} points in {time.time() - start:.0f} s: "
          f"{-10 * numpy.log10(numpy.mean(errors)):.2f} dB on ten frames")


main()
