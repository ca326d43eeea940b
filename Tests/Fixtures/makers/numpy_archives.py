"""`.npz` archives as NumPy writes them: stored and deflated, one member and several, 0-d and empty ones."""
import numpy as np

from .catalogue import numbers, smooth

PRODUCER = f"numpy {np.__version__}"


def make(catalogue):
    members = {
        "features": smooth("features", "float32", (40, 12)),
        "labels": numbers("labels", "int64", (40,)),
        "scalar": np.float64(2.5),
        "empty": np.zeros((0, 3), dtype="uint8"),
        "fortran": np.asfortranarray(numbers("fortran", "int16", (6, 7))),
        "big": numbers("big", ">f8", (3, 3)),
    }
    for name, save in [("stored", np.savez), ("deflated", np.savez_compressed)]:
        path = f"npz/{name}.npz"
        save(catalogue.place(path), **members)
        for member, values in members.items():
            catalogue.add(f"{path}/{member}", "npz", PRODUCER, values, [name])
        # One array: the archive alone names it.
        alone = smooth(name, "uint16", (50, 20))
        path = f"npz/{name}-one.npz"
        save(catalogue.place(path), alone)
        catalogue.add(path, "npz", PRODUCER, alone, [name, "one"])
    path = "npz/with-objects.npz"
    good = numbers("good", "int32", (4, 4))
    np.savez(catalogue.place(path), good=good, bad=np.array([{}], dtype=object))
    catalogue.add(f"{path}/good", "npz", PRODUCER, good, ["stored"])
    catalogue.refuse(f"{path}/bad", "npz", PRODUCER, "object", ["object", "pickle"])
    for name, save in [("nested-names-stored", np.savez), ("nested-names-deflated", np.savez_compressed)]:
        path = f"npz/{name}.npz"
        inner = {"layer/weight": smooth("weight", "float32", (8, 8)), "layer/bias": numbers("bias", "float32", (8,))}
        save(catalogue.place(path), **inner)
        for member, values in inner.items():
            catalogue.add(f"{path}/{member}", "npz", PRODUCER, values, ["names with a slash"])
