"""Zarr v3 arrays by zarr-python: every codec Tessera reads, sharded and not, alone and in chains."""
import numcodecs
import zarr
from zarr import codecs

from .catalogue import numbers, smooth

PRODUCER = f"zarr-python {zarr.__version__}, numcodecs {numcodecs.__version__}"
LITTLE, BIG = codecs.BytesCodec(endian="little"), codecs.BytesCodec(endian="big")


def make(catalogue):
    for compressor in ["lz4", "lz4hc", "zstd", "zlib"]:
        for shuffle in ["noshuffle", "shuffle", "bitshuffle"]:
            blosc = codecs.BloscCodec(cname=compressor, shuffle=shuffle, typesize=4, clevel=5)
            save(catalogue, f"blosc-{compressor}-{shuffle}", "float32", [LITTLE, blosc], sharded=True)
    _blosc_shapes(catalogue)
    chains = {
        "raw": [LITTLE],
        "big-endian": [BIG],
        "gzip": [LITTLE, codecs.GzipCodec(level=6)],
        "zstd": [LITTLE, codecs.ZstdCodec(level=3)],
        "zstd-checksum": [LITTLE, codecs.ZstdCodec(level=1, checksum=True)],
        "numcodecs-lz4": [LITTLE, codecs.LZ4()],
        "crc32c": [LITTLE, codecs.Crc32cCodec()],
        "zstd-crc32c": [BIG, codecs.ZstdCodec(level=3), codecs.Crc32cCodec()],
        "transpose": [codecs.TransposeCodec(order=(1, 0)), LITTLE],
        "transpose-blosc": [codecs.TransposeCodec(order=(1, 0)), LITTLE, codecs.BloscCodec(typesize=4)],
    }
    for name, chain in chains.items():
        save(catalogue, name, "int32", chain)
        save(catalogue, f"{name}-sharded", "int32", chain, sharded=True)
    _three_axes(catalogue)


def _blosc_shapes(catalogue):
    """Frames of several blocks, other type sizes, bytes that do not compress, and the fastest level."""
    cases = {
        "blosc-blocks": ("int16", dict(cname="lz4", shuffle="shuffle", typesize=2, blocksize=1024), smooth),
        "blosc-blocks-bit": ("int64", dict(cname="lz4", shuffle="bitshuffle", typesize=8, blocksize=2048), smooth),
        "blosc-blocks-zstd": ("float64", dict(cname="zstd", shuffle="shuffle", typesize=8, blocksize=4096), smooth),
        "blosc-stored": ("uint64", dict(cname="lz4", shuffle="shuffle", typesize=8, clevel=0), smooth),
        "blosc-noise": ("uint32", dict(cname="lz4", shuffle="shuffle", typesize=4), numbers),
        "blosc-bytes": ("uint8", dict(cname="lz4", shuffle="noshuffle", typesize=1), smooth),
        "blosc-complex": ("complex128", dict(cname="lz4", shuffle="shuffle", typesize=16), smooth),
        "blosc-odd-typesize": ("int16", dict(cname="lz4", shuffle="shuffle", typesize=3), smooth),
    }
    for name, (dtype, options, fill) in cases.items():
        chain = [LITTLE, codecs.BloscCodec(**options)]
        save(catalogue, name, dtype, chain, shape=(100, 40), chunks=(48, 40), fill=fill)


def _three_axes(catalogue):
    order = codecs.TransposeCodec(order=(2, 0, 1))
    for name, chain in {
        "transpose-3d": [order, LITTLE], "transpose-3d-twice": [order, codecs.TransposeCodec(order=(1, 0, 2)), BIG],
    }.items():
        save(catalogue, name, "uint16", chain, shape=(7, 5, 6), chunks=(3, 2, 4))
    outer = [codecs.TransposeCodec(order=(1, 2, 0)), codecs.ShardingCodec(chunk_shape=(2, 2, 2), codecs=[LITTLE])]
    save(catalogue, "transpose-outside-shard", "uint16", outer, shape=(7, 5, 6), chunks=(4, 4, 4))


def save(catalogue, name, dtype, chain, shape=(30, 23), chunks=(8, 10), sharded=False, fill=numbers,
         producer=PRODUCER, folder="zarr-python", features=()):
    """Writes one v3 array; `chain` is its codecs, inside a shard of 2 x 2 chunks when `sharded`."""
    path = f"{folder}/{name}.zarr"
    values = fill(name, dtype, shape)
    outer_chunks = chunks
    if sharded:
        chain = [codecs.ShardingCodec(chunk_shape=chunks, codecs=chain)]
        outer_chunks = tuple(2 * n for n in chunks)
    filters = [codec for codec in chain if isinstance(codec, codecs.TransposeCodec)]
    rest = chain[len(filters):]
    array = zarr.create_array(
        catalogue.place(path), shape=shape, dtype=dtype, chunks=outer_chunks, filters=filters or None,
        serializer=rest[0], compressors=rest[1:] or None, fill_value=0)
    array[...] = values
    catalogue.add(path, "zarr3", producer, values, [*(["sharded"] if sharded else []), *features])
