"""Nothing but zlib over a deflated member: what reading one takes at least, as the stream can only be begun at its start."""
import builtins
import zlib

from .archive import member

PIECE = 1 << 20


def open(path, form):
    return path


def columns(path):
    archive, entry, start = member(path)
    stream, left, count = zlib.decompressobj(-zlib.MAX_WBITS), entry.compress_size, 0
    with builtins.open(archive, "rb") as file:
        file.seek(start)
        while left:
            piece = file.read(min(left, PIECE))
            left -= len(piece)
            count += len(stream.decompress(piece))
    return [count]
