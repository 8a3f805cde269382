"""Writes baseline_goldens.json: what SciPy and scikit-image make of small random observations.

    pip install numpy==2.4.6 scipy==1.17.1 scikit-image==0.26.0
    python make_baseline_goldens.py

The versions that were used are stored in the file. Linear and nearest use positions at fractions
of 1/1024 pixel, which float32 holds exactly and where no two distances and no four circles tie;
biharmonic uses random masks, among them a narrow picture and one with a single observed pixel.
"""

import json
import pathlib

import numpy as np
import scipy
import skimage
from scipy.interpolate import griddata
from skimage.restoration import inpaint_biharmonic


def numbers(array):
    return [round(float(value), 10) for value in np.asarray(array).ravel()]


def case(method, height, width, channels, positions, values, expected):
    return {
        "method": method,
        "width": width,
        "height": height,
        "channels": channels,
        "positions": numbers(positions),
        "values": numbers(values),
        "expected": numbers(expected),
    }


def scattered(rng, height, width, channels, count):
    steps = rng.integers(0, [(height - 1) * 1024 + 1, (width - 1) * 1024 + 1], (count, 2))
    positions = steps / 1024
    values = rng.random((count, channels)).astype(np.float32)
    grid = tuple(np.mgrid[0:height, 0:width])
    nearest = griddata(positions, values, grid, method="nearest")
    linear = griddata(positions, values, grid, method="linear")
    linear = np.where(np.isnan(linear), nearest, linear)
    yield case("nearest", height, width, channels, positions, values, nearest)
    yield case("linear", height, width, channels, positions, values, linear)


def masked(rng, height, width, channels, count):
    pixels = np.sort(rng.choice(height * width, count, replace=False))
    values = rng.random((count, channels)).astype(np.float32).astype(np.float64)
    image = np.zeros((height * width, channels))
    image[pixels] = values
    mask = np.ones(height * width, bool)
    mask[pixels] = False
    expected = inpaint_biharmonic(
        image.reshape(height, width, channels), mask.reshape(height, width), channel_axis=-1)
    positions = np.stack([pixels // width, pixels % width], axis=1)
    yield case("biharmonic", height, width, channels, positions, values, expected)


def main():
    rng = np.random.default_rng(20180)
    cases = []
    for height, width, channels, count in [(12, 16, 1, 40), (16, 9, 3, 12), (8, 8, 1, 4)]:
        cases += scattered(rng, height, width, channels, count)
    for height, width, channels, count in [
        (14, 17, 1, 30), (9, 12, 3, 60), (3, 11, 1, 5), (16, 16, 1, 4), (20, 13, 1, 250),
        (6, 6, 1, 1)]:
        cases += masked(rng, height, width, channels, count)
    document = {
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "scikit-image": skimage.__version__,
        "cases": cases,
    }
    path = pathlib.Path(__file__).with_name("baseline_goldens.json")
    lines = ",\n".join("  " + json.dumps(case, separators=(",", ":")) for case in cases)
    document["cases"] = []
    head = json.dumps(document)[: -len("[]}")]
    path.write_text(head + "[\n" + lines + "\n]}\n")


if __name__ == "__main__":
    main()
