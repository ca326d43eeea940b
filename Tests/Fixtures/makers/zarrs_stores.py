"""Zarr v3 arrays that zarrs encodes, through its pipeline for zarr-python."""
import zarr
import zarrs
from zarr import codecs

from .catalogue import smooth
from .zarr_python_codecs import BIG, LITTLE, save

PRODUCER = f"zarrs {zarrs.__version__} through zarr-python {zarr.__version__}"


def make(catalogue):
    chains = {
        "raw": [LITTLE], "big-endian": [BIG], "zstd": [LITTLE, codecs.ZstdCodec(level=5)],
        "gzip": [LITTLE, codecs.GzipCodec(level=5)], "crc32c": [LITTLE, codecs.Crc32cCodec()],
        "transpose": [codecs.TransposeCodec(order=(1, 0)), LITTLE],
    }
    for compressor in ["lz4", "lz4hc", "zstd", "zlib"]:
        for shuffle in ["noshuffle", "shuffle", "bitshuffle"]:
            chains[f"blosc-{compressor}-{shuffle}"] = [
                LITTLE, codecs.BloscCodec(cname=compressor, shuffle=shuffle, typesize=8)]
    # Strict: without it the pipeline hands what zarrs lacks back to zarr-python, and says so in a warning.
    with zarr.config.set({"codec_pipeline.path": "zarrs.ZarrsCodecPipeline", "codec_pipeline.strict": True}):
        for name, chain in chains.items():
            _save(catalogue, f"{name}-sharded", chain, sharded=True)
        for name in ["raw", "zstd", "blosc-lz4-shuffle"]:
            _save(catalogue, name, chains[name])
        start = codecs.ShardingCodec(chunk_shape=(8, 10), codecs=[LITTLE], index_location="start")
        _save(catalogue, "index-start", [start])
        _save(catalogue, "large-frames", chains["blosc-lz4-shuffle"], shape=(150, 80), chunks=(75, 80))


def _save(catalogue, name, chain, sharded=False, shape=(30, 23), chunks=None):
    is_shard = isinstance(chain[0], codecs.ShardingCodec)
    save(catalogue, name, "float64", chain, shape=shape, chunks=chunks or ((16, 20) if is_shard else (8, 10)),
         sharded=sharded, fill=smooth, producer=PRODUCER, folder="zarrs")
