"""Makes the pictures and numbers that SignalsTests compares with.

    python3 -m venv venv && venv/bin/pip install pillow numpy scikit-image
    venv/bin/python make_fixtures.py

The files beside this script were made with the versions noted in expected.json. Patterns are
integer formulas, written a second time in the tests, so that no picture is stored for them.
"""

import io
import json
import os
import struct

import numpy as np
import PIL
import skimage
from PIL import Image, ImageOps
from skimage.metrics import structural_similarity

here = os.path.dirname(os.path.abspath(__file__))
expected = {
    "versions": {
        "pillow": PIL.__version__, "numpy": np.__version__, "scikit-image": skimage.__version__,
    }
}


def path(name):
    return os.path.join(here, name)


def write(name, data):
    with open(path(name), "wb") as file:
        file.write(data)


def jpeg(image, **options):
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=95, **options)
    return buffer.getvalue()


def pixels(data):
    """Pillow's decoding, 0...255, as rows of pixels of channels."""
    image = Image.open(io.BytesIO(data))
    if image.mode == "CMYK":
        image = image.convert("RGB")
    array = np.asarray(image)
    return array.reshape(array.shape[0], array.shape[1], -1).tolist()


def segments(data):
    """(marker, start, end) of each segment up to the scan."""
    offset = 2
    while data[offset + 1] != 0xDA:
        length = struct.unpack(">H", data[offset + 2:offset + 4])[0]
        yield data[offset + 1], offset, offset + 2 + length
        offset += 2 + length


# Pictures of 24 by 16 pixels, smooth so that compression hardly changes them.
y, x = np.mgrid[0:16, 0:24]
color = np.stack([x * 10, y * 15, 255 - x * 5 - y * 8], axis=-1).astype(np.uint8)
jpegs = {
    "grey.jpg": jpeg(Image.fromarray(color[..., 0])),
    "color.jpg": jpeg(Image.fromarray(color), subsampling=0),
    "color_subsampled.jpg": jpeg(Image.fromarray(color), subsampling=2),
    "progressive.jpg": jpeg(Image.fromarray(color), progressive=True),
    "rgb.jpg": jpeg(Image.fromarray(color), keep_rgb=True),
}

# Inks: Pillow and libjpeg write the Adobe marker, and the inks inverted.
inks = np.stack([x * 8, y * 12, 200 - x * 4, 30 + y * 4], axis=-1).astype(np.uint8)
cmyk = jpeg(Image.fromarray(inks, mode="CMYK"))
adobe = next((start, end) for marker, start, end in segments(cmyk) if marker == 0xEE)
jpegs["cmyk.jpg"] = cmyk
# The same bytes, declared to be YCCK by the last byte of the Adobe marker.
jpegs["ycck.jpg"] = cmyk[:adobe[1] - 1] + b"\x02" + cmyk[adobe[1]:]
for name, data in jpegs.items():
    write(name, data)
expected["jpeg"] = {name: pixels(data) for name, data in jpegs.items()}

# Without the marker the stored numbers are the inks themselves.
plain = cmyk[:adobe[0]] + cmyk[adobe[1]:]
write("cmyk_plain.jpg", plain)
stored = 255 - np.asarray(Image.open(io.BytesIO(cmyk))).astype(float)  # as in the file
light = (255 - stored[..., :3]) * (255 - stored[..., 3:]) / 255
expected["jpeg"]["cmyk_plain.jpg"] = np.round(light, 2).tolist()

# One displayed picture, 8 by 4 pixels, stored in the eight EXIF orientations. Quarters of
# 4 by 2 pixels in flat greys.
displayed = np.zeros((4, 8), np.uint8)
displayed[:2, :4], displayed[:2, 4:], displayed[2:, :4], displayed[2:, 4:] = 20, 90, 160, 230
stored_as = {
    1: displayed, 2: displayed[:, ::-1], 3: displayed[::-1, ::-1], 4: displayed[::-1, :],
    5: displayed.T, 6: np.rot90(displayed, 1), 7: np.rot90(displayed, 2).T,
    8: np.rot90(displayed, -1),
}
for orientation, array in stored_as.items():
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = jpeg(Image.fromarray(np.ascontiguousarray(array)), exif=exif)
    write(f"orientation_{orientation}.jpg", data)
    turned = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data)))).astype(int)
    assert turned.shape == (4, 8) and abs(turned - displayed).max() < 6, orientation
expected["displayed"] = displayed.tolist()


def pattern(height, width, channels):
    """Numbers 0...1 that the tests make by the same formula."""
    y, x, c = np.mgrid[0:height, 0:width, 0:channels]
    return ((x * 37 + y * 101 + c * 59 + x * y * 7) % 256).astype(np.float32) / np.float32(255)


def disturbed(image):
    height, width, channels = image.shape
    y, x, c = np.mgrid[0:height, 0:width, 0:channels]
    noise = ((x * 13 + y * 29 + c * 5) % 64 - 32).astype(np.float32) / np.float32(255)
    return np.clip(image + noise, 0, 1)


expected["ssim"] = []
for height, width, channels in [(7, 7, 1), (16, 24, 3), (33, 9, 1), (40, 40, 4)]:
    a = pattern(height, width, channels)
    b = disturbed(a)
    value = structural_similarity(
        a.astype(np.float64), b.astype(np.float64), data_range=1.0, channel_axis=-1)
    expected["ssim"].append(
        {"height": height, "width": width, "channels": channels, "value": float(value)})

# Pillow's resampling of 32-bit floating-point pictures, clipped as the tests' subject clips.
def resized(kernel):
    cases = []
    for (height, width), (new_height, new_width) in [
        ((8, 12), (4, 3)), ((10, 15), (7, 4)), ((5, 6), (9, 11)), ((12, 9), (5, 20)),
        ((3, 2), (1, 1)),
    ]:
        image = Image.fromarray(pattern(height, width, 1)[..., 0], mode="F")
        image = image.resize((new_width, height), kernel(width, new_width))
        image = image.resize((new_width, new_height), kernel(height, new_height))
        values = np.clip(np.asarray(image), 0, 1).astype(float).round(7)
        cases.append({
            "from": [height, width], "to": [new_height, new_width],
            "values": values.reshape(-1).tolist(),
        })
    return cases


expected["resized"] = resized(
    lambda old, new: Image.Resampling.BOX if old % new == 0 else Image.Resampling.BICUBIC)
expected["bilinear"] = resized(lambda old, new: Image.Resampling.BILINEAR)

with open(path("expected.json"), "w") as file:
    json.dump(expected, file, separators=(",", ":"))
    file.write("\n")
