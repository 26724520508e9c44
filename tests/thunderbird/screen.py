"""An X server that draws into a file, and pictures of its screen."""

import os
import select
import struct
import time
import zlib

from child import start

_SIZE = "1000x720x24"


class Screen:
    def __init__(self, folder):
        self.folder = folder
        told, tell = os.pipe()
        options = ["-screen", "0", _SIZE, "-fbdir", str(folder), "-nocursor", "-nolisten", "tcp"]
        self.server = start(["Xvfb", "-displayfd", str(tell), *options], folder / "xvfb.log", pass_fds=[tell])
        os.close(tell)
        if not select.select([told], [], [], 60)[0]:
            raise RuntimeError("Xvfb does not start")
        with os.fdopen(told) as display:
            self.display = ":" + display.readline().strip()

    def picture(self, path):
        """Returns a PNG of the whole screen, once it stops changing or has not done so for long."""
        dump = self._dump()
        for _ in range(10):
            time.sleep(0.3)
            before, dump = dump, self._dump()
            if dump == before:
                break
        path.write_bytes(_png(dump))
        return path

    def _dump(self):
        return (self.folder / "Xvfb_screen0").read_bytes()


def _png(dump):
    """Converts an X window dump with 32 bits a pixel (<X11/XWDFile.h>), whose header is big-endian."""
    header = struct.unpack(">25I", dump[:100])
    width, height, line, colors = header[4], header[5], header[12], header[19]
    start_of_pixels = header[0] + 12 * colors
    rows = bytearray()
    for row in range(height):
        pixels = dump[start_of_pixels + row * line :][: 4 * width]
        colored = bytearray(3 * width)
        colored[0::3], colored[1::3], colored[2::3] = pixels[2::4], pixels[1::4], pixels[0::4]
        rows += b"\0" + colored  # no filter
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in (
            (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
            (b"IDAT", zlib.compress(rows, 9)),
            (b"IEND", b""),
        )
    )
