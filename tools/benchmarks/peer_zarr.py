"""zarr-python, with its own codecs (`python`) or with the zarrs pipeline (`zarrs`)."""
import numpy as np
import zarr
from zarr.codecs import BloscCodec

PIPELINES = {"python": "zarr.core.codec_pipeline.BatchedCodecPipeline", "zarrs": "zarrs.ZarrsCodecPipeline"}


def use(variant):
    zarr.config.set({"codec_pipeline.path": PIPELINES[variant]})


def write(values, store, codec, chunks, shards):
    lz4 = BloscCodec(cname="lz4", shuffle="shuffle", typesize=values.itemsize, clevel=5)
    array = zarr.create_array(
        store, shape=values.shape, dtype=values.dtype, chunks=chunks, shards=shards, fill_value=0,
        compressors=lz4 if codec == "lz4" else None)
    array[...] = values


def open(store):
    return zarr.open_array(store, mode="r")


def read_rows(array, first, last):
    return array[first:last]


def read_box(array, first, last, left, right):
    return array[first:last, left:right]


def gather(array, rows):
    # Sorted, each chunk is visited once: the best case for a reader without a cache of decoded chunks.
    return array.oindex[np.unique(rows)][np.unique(rows, return_inverse=True)[1]]
