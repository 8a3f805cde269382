"""Makes the sounds and derivatives that SignalsTests compares with.

    python3 -m venv venv && venv/bin/pip install numpy scipy soundfile
    venv/bin/python make_sound_fixtures.py

The files beside this script were made with the versions noted in derivatives.json. The picture is
the integer pattern that the tests write a second time.
"""

import json
import os

import numpy as np
import scipy
import scipy.ndimage
import soundfile

here = os.path.dirname(os.path.abspath(__file__))

rate, frames = 16000, 4000
tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(frames) / rate)
stereo = np.stack([tone, -tone], axis=1)
soundfile.write(os.path.join(here, "tone.wav"), stereo, rate, subtype="PCM_16")
soundfile.write(os.path.join(here, "tone.flac"), stereo, rate, subtype="PCM_16")
soundfile.write(os.path.join(here, "tone.ogg"), stereo, rate, subtype="VORBIS")

height, width = 5, 7
y, x = np.mgrid[0:height, 0:width]
picture = ((37 * x + 101 * y + 7 * x * y) % 256) / 255
json.dump(
    {
        "versions": {
            "numpy": np.__version__, "scipy": scipy.__version__,
            "soundfile": soundfile.__version__,
        },
        "height": height, "width": width,
        "sobel_y": scipy.ndimage.sobel(picture, axis=0).ravel().tolist(),
        "sobel_x": scipy.ndimage.sobel(picture, axis=1).ravel().tolist(),
        "laplacian": scipy.ndimage.laplace(picture).ravel().tolist(),
    },
    open(os.path.join(here, "derivatives.json"), "w"), indent=1)
