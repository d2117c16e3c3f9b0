# Times of SciPy for death times: distances alone, and the spanning tree from them.
#
#   /usr/bin/python3 test/bench/scipyTrees.py
#
# reads one JSON request a line ({"points", "dim", "tree"}) and answers with a line of milliseconds:
# of pdist, and of minimum_spanning_tree on its square form (null where "tree" is false).

import json
import sys
import time

import numpy as np
import scipy
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import pdist, squareform

print(json.dumps({"scipy": scipy.__version__}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    shape = request["points"], request["dim"]
    points = np.random.default_rng(0).normal(size=shape)
    start = time.perf_counter()
    distances = pdist(points)
    between = time.perf_counter()
    lengths = minimum_spanning_tree(squareform(distances)).data if request["tree"] else None
    end = time.perf_counter()
    assert lengths is None or len(lengths) == shape[0] - 1
    tree = 1000 * (end - between) if request["tree"] else None
    print(json.dumps({"distances": 1000 * (between - start), "tree": tree}), flush=True)
