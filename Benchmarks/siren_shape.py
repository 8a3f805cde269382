"""The SIREN paper's recipe for shapes in PyTorch, to compare `siren fit SHAPE` with at equal time.

One network of four sine layers of 256, Adam at 1e-4, and the objective of section 4.2 of Sitzmann et al. (arXiv
2006.09661) with the factors of the authors' program: 3000 on the value and 100 on the normals at points of the surface,
50 on the length of the gradient, and 100 on values near 0 elsewhere. Half of each batch lies on the surface. The result is
written as a model that `siren evaluate-shape` reads.

    python3 Benchmarks/siren_shape.py shape.obj model.safetensors --seconds 60
"""

import argparse
import json
import struct
import time

import numpy
import torch

import fields


def sample(path, count, generator):
    vertices, faces = [], []
    with open(path) as lines:
        for line in lines:
            words = line.split()
            if words and words[0] == "v":
                vertices.append([float(word) for word in words[1:4]])
            elif words and words[0] == "f":
                corners = [int(word.split("/")[0]) - 1 for word in words[1:]]
                faces += [[corners[0], b, c] for b, c in zip(corners[1:], corners[2:])]
    vertices, faces = numpy.array(vertices), numpy.array(faces)
    used = vertices[numpy.unique(faces)]
    low, high = used.min(0), used.max(0)
    centre, side = (low + high) / 2, (high - low).max()
    corners = ((vertices - centre) * (1.8 / side))[faces]
    normals = numpy.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    areas = numpy.linalg.norm(normals, axis=1)
    chosen = generator.choice(len(faces), count, p=areas / areas.sum())
    root, share = numpy.sqrt(generator.random((count, 1))), generator.random((count, 1))
    a, b, c = corners[chosen].transpose(1, 0, 2)
    points = a * (1 - root) + b * root * (1 - share) + c * root * share
    normals = normals[chosen] / areas[chosen, None]
    return torch.tensor(points).float(), torch.tensor(normals).float(), centre, side


def save(arrays, path, metadata):
    """Writes a safetensors file, which is so simple that this needs no package."""
    header, blocks, end = {"__metadata__": metadata}, [], 0
    for name, array in arrays.items():
        block = array.contiguous().numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [end, end + len(block)]}
        blocks.append(block)
        end += len(block)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blocks))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("shape")
    parser.add_argument("model")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--points", type=int, default=20_000)
    parser.add_argument("--batch", type=int, default=2_800)
    parser.add_argument("--no-normals", action="store_true")
    options = parser.parse_args()
    torch.manual_seed(1)
    points, normals, centre, side = sample(options.shape, options.points, numpy.random.default_rng(1))
    network = fields.siren(3)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-4)
    start, updates = time.time(), 0
    while time.time() - start < options.seconds:
        chosen = torch.randint(len(points), (options.batch // 2,))
        elsewhere = torch.rand(options.batch // 2, 3) * 2 - 1
        x = torch.cat([points[chosen], elsewhere]).requires_grad_()
        value = network(x)
        slope, = torch.autograd.grad(value.sum(), x, create_graph=True)
        half, total = len(chosen), len(x)
        length = slope.norm(dim=1)
        loss = 3e3 * value[:half].abs().sum() + 50 * (length - 1).abs().sum()
        loss = loss + 100 * torch.exp(-100 * value[half:].abs()).sum()
        if not options.no_normals:
            cosine = torch.nn.functional.cosine_similarity(slope[:half], normals[chosen], dim=1)
            loss = loss + 100 * (1 - cosine).sum()
        optimizer.zero_grad()
        (loss / total).backward()
        optimizer.step()
        updates += 1
    arrays = {f"net.{name}": array for name, array in network.state_dict().items()}
    architecture = {
        "coordinates": 3, "hiddenWidth": 256, "hiddenLayers": 3, "outputs": 1, "omegaFirst": 30, "omegaHidden": 30}
    signal = {"kind": "shape", "centre": list(map(float, centre)), "largest_side": float(side)}
    save(
        arrays, options.model,
        {"kind": "siren field", "architecture": json.dumps(architecture), "signal": json.dumps(signal)})
    print(f"{updates} updates in {time.time() - start:.1f} s")


if __name__ == "__main__":
    main()
