"""Reads a store with the other implementations, each by its own name."""
import numpy as np
import tensorstore
import zarr


def zarr_python(path):
    """zarr-python with its own codecs."""
    with zarr.config.set({"codec_pipeline.path": "zarr.core.codec_pipeline.BatchedCodecPipeline"}):
        return np.asarray(zarr.open_array(path, mode="r")[...])


def zarrs(path):
    """zarrs through its pipeline, without falling back on zarr-python's codecs."""
    with zarr.config.set({"codec_pipeline.path": "zarrs.ZarrsCodecPipeline", "codec_pipeline.strict": True}):
        return np.asarray(zarr.open_array(path, mode="r")[...])


def tensorstore_v3(path):
    return _tensorstore("zarr3", path)


def tensorstore_v2(path):
    return _tensorstore("zarr", path)


def _tensorstore(driver, path):
    spec = {"driver": driver, "kvstore": {"driver": "file", "path": f"{path}/"}}
    return np.asarray(tensorstore.open(spec, read=True).result().read().result())


V3 = {"zarr-python": zarr_python, "zarrs": zarrs, "TensorStore": tensorstore_v3}
V2 = {"zarr-python": zarr_python, "TensorStore": tensorstore_v2}


def readers(zarr_format=3, codec="none", dtype=""):
    """Who is able to read a store with that codec and dtype."""
    able = dict(V3 if zarr_format == 3 else V2)
    if codec == "numcodecs.lz4":  # registered by numcodecs alone
        able = {"zarr-python": zarr_python}
    if dtype == "bfloat16":  # zarr-python has no such dtype, and hands zarrs its metadata
        able = {"TensorStore": able["TensorStore"]}
    return able
