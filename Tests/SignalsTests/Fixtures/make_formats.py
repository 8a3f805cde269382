"""Makes formats/: small pictures in the formats and types that are read.

Needs numpy, tifffile, imagecodecs and Pillow. The tests know the samples by the same formulas.
"""

import io
import os

import numpy as np
import tifffile
from PIL import Image, ImageCms

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "formats")
HEIGHT, WIDTH = 5, 7


def pattern(kind, channels=1):
    """Samples [HEIGHT, WIDTH, channels] (without the last axis for 1), by the tests' formulas."""
    y, x, c = np.meshgrid(np.arange(HEIGHT), np.arange(WIDTH), np.arange(channels), indexing="ij")
    whole = 3701 * y + 1103 * x + 503 * c + 7
    values = {
        "u1": whole % 256, "u2": whole * 3 % 65536, "u4": whole * 100003, "u8": whole * 10**12,
        "i1": whole % 256 - 128, "i2": whole * 3 % 65536 - 32768, "i4": whole * 1003 - 9 * 10**6,
        "i8": whole * 10**12 - 10**16,
        "f2": (whole % 1000) / 8 - 50, "f4": whole / 1024 - 3, "f8": whole / 3.0 - 1000,
    }[kind].astype(kind)
    return values[..., 0] if channels == 1 else values


def tiff(name, data, **options):
    options.setdefault("photometric", "minisblack" if data.ndim == 2 else "rgb")
    options.setdefault("metadata", None)
    writer = {k: options.pop(k) for k in ("bigtiff", "byteorder", "imagej", "ome") if k in options}
    tifffile.imwrite(os.path.join(FOLDER, name), data, **writer, **options)


def profile():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def main():
    os.makedirs(FOLDER, exist_ok=True)
    for kind in ["u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f2", "f4", "f8"]:
        tiff(f"grey-{kind}.tif", pattern(kind))
        np.save(os.path.join(FOLDER, f"grey-{kind}.npy"), pattern(kind))
    for kind in ["u1", "u2", "f4"]:
        tiff(f"rgb-{kind}.tif", pattern(kind, 3))
        np.save(os.path.join(FOLDER, f"rgb-{kind}.npy"), pattern(kind, 3))
    for kind in ["u1", "u2"]:
        tiff(f"rgba-{kind}.tif", pattern(kind, 4), extrasamples=["unassalpha"])
        tiff(f"greyalpha-{kind}.tif", pattern(kind, 2), photometric="minisblack",
             extrasamples=["unassalpha"], planarconfig="contig")
    for compression in ["lzw", "zlib", "packbits", "zstd", "lzma"]:
        tiff(f"grey-u2-{compression}.tif", pattern("u2"), compression=compression)
    tiff("grey-u2-predictor.tif", pattern("u2"), compression="zlib", predictor=True)
    tiff("grey-f4-predictor.tif", pattern("f4"), compression="zlib", predictor=True)
    tiff("rgb-u1-webp.tif", pattern("u1", 3), compression="webp", compressionargs={"level": 101})
    tiff("rgb-u2-planar.tif", np.moveaxis(pattern("u2", 3), -1, 0), planarconfig="separate")
    tiff("grey-u2-tiled.tif", pattern("u2"), tile=(16, 16))
    tiff("rgb-u2-tiledplanar.tif", np.moveaxis(pattern("u2", 3), -1, 0), planarconfig="separate",
         tile=(16, 16), compression="zlib")
    tiff("grey-u2-strips.tif", pattern("u2"), rowsperstrip=2)
    tiff("grey-u2-big.tif", pattern("u2"), bigtiff=True)
    tiff("grey-u2-bigendian.tif", pattern("u2"), byteorder=">")
    tiff("grey-f8-bigendian.tif", pattern("f8"), byteorder=">")
    tiff("grey-u1-white.tif", pattern("u1"), photometric="miniswhite")
    tiff("grey-u2-12bit.tif", pattern("u2") % 4096, bitspersample=12)
    tiff("grey-f4-imagej.tif", pattern("f4"), imagej=True, resolution=(5.5, 5.5),
         metadata={"unit": "um"})
    tiff("grey-u2-ome.tif", pattern("u2"), ome=True, metadata={"axes": "YX"})
    tiff("rgb-u1-profile.tif", pattern("u1", 3), iccprofile=profile(), resolution=(300, 150),
         resolutionunit="INCH")
    with tifffile.TiffWriter(os.path.join(FOLDER, "pages.tif")) as writer:
        for page in range(3):
            writer.write(pattern("u2") + page, photometric="minisblack", metadata=None)
        writer.write(pattern("u1"), photometric="minisblack", metadata=None)

    palette = Image.fromarray(pattern("u1") % 4, "P")
    palette.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90, 250, 251, 252])
    palette.save(os.path.join(FOLDER, "palette.tif"))
    Image.fromarray(pattern("u1") % 2 == 1).save(
        os.path.join(FOLDER, "bilevel.tif"), compression="group4")
    Image.fromarray(pattern("u1") % 2 == 1).save(
        os.path.join(FOLDER, "bilevel-group3.tif"), compression="group3")
    # A fax that does not say what 0 is: its tag 262 becomes one without a meaning here.
    fax = io.BytesIO()
    Image.fromarray(pattern("u1") % 2 == 1).save(
        fax, "TIFF", compression="group3", tiffinfo={262: 0})
    with open(os.path.join(FOLDER, "bilevel-fax.tif"), "wb") as file:
        file.write(fax.getvalue().replace(b"\x06\x01\x03\x00", b"\x07\x01\x03\x00"))

    np.save(os.path.join(FOLDER, "grey-u2-bigendian.npy"), pattern("u2").astype(">u2"))
    np.save(os.path.join(FOLDER, "grey-f8-fortran.npy"), np.asfortranarray(pattern("f8")))
    np.save(os.path.join(FOLDER, "rgb-f4-fortran.npy"), np.asfortranarray(pattern("f4", 3)))
    np.save(os.path.join(FOLDER, "boolean.npy"), pattern("u1") % 2 == 1)
    np.save(os.path.join(FOLDER, "complex.npy"), pattern("f4").astype("c8"))
    np.save(os.path.join(FOLDER, "line.npy"), pattern("f4")[0])
    np.savez(os.path.join(FOLDER, "arrays.npz"), first=pattern("u2"), second=pattern("f4"))
    np.savez_compressed(os.path.join(FOLDER, "compressed.npz"), only=pattern("f8"))

    rgb, rgba = Image.fromarray(pattern("u1", 3)), Image.fromarray(pattern("u1", 4))
    rgb.save(os.path.join(FOLDER, "rgb-u1.webp"), lossless=True, icc_profile=profile())
    rgba.save(os.path.join(FOLDER, "rgba-u1.webp"), lossless=True, exact=True)
    rgb.save(os.path.join(FOLDER, "rgb-u1-profile.png"), icc_profile=profile(), dpi=(300, 150))
    rgb.save(os.path.join(FOLDER, "profile.jpg"), icc_profile=profile(), dpi=(300, 150),
             quality=95, subsampling=0)
    turned = Image.fromarray(pattern("u2"))
    turned.save(os.path.join(FOLDER, "grey-u2.png"))
    tiff("turned.tif", np.rot90(pattern("u2")), extratags=[(274, "H", 1, 6, True)])
    with open(os.path.join(FOLDER, "sRGB.icc"), "wb") as file:
        file.write(profile())


if __name__ == "__main__":
    main()
