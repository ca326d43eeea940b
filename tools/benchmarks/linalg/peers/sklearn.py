"""scikit-learn's PCA: batch by batch, randomized, and by the covariance matrix."""
import numpy as np
from sklearn import config_context
from sklearn.decomposition import PCA, IncrementalPCA

solver = "randomized"


def use(variant):
    global solver
    solver = variant


def open(path):
    return np.load(path, mmap_mode="r")


def pca(x, components, memory):
    with config_context(assume_finite=True):
        if solver == "incremental":
            model = IncrementalPCA(components, batch_size=max(5 * x.shape[1], 4096))
            for first in range(0, len(x), model.batch_size):
                model.partial_fit(x[first:first + model.batch_size])
        else:
            model = PCA(components, svd_solver=solver, random_state=1).fit(x)
    return model.components_, model.explained_variance_
