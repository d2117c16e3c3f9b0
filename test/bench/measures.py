# The benchmark of the measures, in NumPy: every measure of neural collapse in double precision, by
# its formula, on the same features.
#
#   OMP_NUM_THREADS=1 python3 test/bench/measures.py
#
# reads one JSON request a line ({"folder", "dim", "classCount"}; see measures.ts) and answers each
# with {"seconds", "cpuSeconds", "memory": most bytes resident, "values": {name: value}}.
# Tested with numpy 2.4.6.

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np


def cosines(rows):
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return (unit @ unit.T)[np.triu_indices(len(rows), 1)]


def simplex_distance(gram):
    count = len(gram)
    simplex = (np.eye(count) - 1 / count) / np.sqrt(count - 1)
    return np.linalg.norm(gram / np.linalg.norm(gram) - simplex)


def sample_std(values):
    return values.std(ddof=1)


def margins(logits, labels):
    rows = np.arange(len(labels))
    own = logits[rows, labels]
    others = logits.copy()
    others[rows, labels] = -np.inf
    return own - others.max(axis=1)


def measure(features, labels, weights, bias):
    h = features.astype(np.float64)
    w, b = weights.astype(np.float64), bias.astype(np.float64)
    (count, dim), classes = h.shape, len(w)
    counts = np.bincount(labels, minlength=classes)
    order = np.argsort(labels, kind="stable")
    sums = np.add.reduceat(h[order], np.concatenate([[0], np.cumsum(counts)[:-1]]))
    means = sums / counts[:, None]
    global_mean, center = h.mean(axis=0), means.mean(axis=0)
    deviations = h - means[labels]
    within = deviations.T @ deviations / count
    squares = np.einsum("ij,ij->i", deviations, deviations)
    del deviations
    variances = np.bincount(labels, squares, minlength=classes) / counts
    m, shares = means - center, counts / count
    between = m.T @ m / classes
    weighted = ((means - global_mean) * shares[:, None]).T @ (means - global_mean)
    within_values = np.linalg.eigvalsh(within)
    between_values, between_vectors = np.linalg.eigh(between)
    kept = between_values > dim * 2.2e-16 * between_values[-1]
    directions = between_vectors[:, kept]
    distances = np.sum(means**2, axis=1)
    distances = distances[:, None] + distances[None] - 2 * means @ means.T
    pairs = np.triu_indices(classes, 1)
    unit = m / np.linalg.norm(m, axis=1, keepdims=True)
    apart = np.sqrt(2 - 2 * (unit @ unit.T)[pairs])
    side = np.sqrt(2 * classes / (classes - 1))
    w_norms, m_norms = np.linalg.norm(w, axis=1), np.linalg.norm(m, axis=1)
    alignments = np.sum(w * m, axis=1) / (w_norms * m_norms)
    centered_w = w - w.mean(axis=0)
    w_cosines, m_cosines = cosines(w), cosines(m)
    logits = h @ w.T + b
    predicted = logits.argmax(axis=1)
    logit_margins = margins(logits, labels)
    largest = logits.max(axis=1)
    own = logits[np.arange(count), labels]
    np.exp(logits - largest[:, None], out=logits)
    entropy = np.mean(largest + np.log(logits.sum(axis=1)) - own)
    del logits
    # |mu|^2 - 2 mu h about the center: the nearest mean without |h|^2.
    h -= center
    nearest = (np.sum(m**2, axis=1) - 2 * (h @ m.T)).argmin(axis=1)
    norms = np.sqrt(np.einsum("ij,ij->i", h, h))
    cosine_margins = margins(h @ w.T / (norms[:, None] * w_norms), labels)
    h += center
    feature_norms = np.sqrt(np.einsum("ij,ij->i", h, h))

    def stable(name, values):
        top = values.max()
        return {
            f"{name}Rank": int(np.sum(values > dim * 2.2e-16 * top)),
            f"{name}TraceStableRank": values.sum() / top,
            f"{name}FrobeniusStableRank": np.sum(values**2) / top**2,
        }

    def summary(name, values):
        return {f"{name}Mean": values.mean(), f"{name}SampleStd": sample_std(values)}

    total = np.linalg.pinv(within + weighted, rcond=dim * 2.2e-16, hermitian=True)
    values = {
        "accuracy": np.mean(predicted == labels),
        "crossEntropy": entropy,
        "classifierSum": np.linalg.norm(w.sum(axis=0)) / np.linalg.norm(w),
        "biasSum": abs(b.sum()) / np.linalg.norm(w),
        "withinClassVariability": np.sum(directions * (within @ directions) / between_values[kept]) / classes,
        "covarianceTraceRatio": np.trace(within) / np.trace(between),
        "classDistanceNormalizedVariance": np.mean(
            (variances[:, None] + variances[None])[pairs] / (2 * distances[pairs])
        ),
        "variabilityCollapseIndex": 1 - np.sum(total * weighted) / min(dim, classes - 1),
        "meansEquinorm": m_norms.std() / m_norms.mean(),
        "classifierEquinorm": w_norms.std() / w_norms.mean(),
        "meansEquiangularity": m_cosines.std(),
        "classifierEquiangularity": w_cosines.std(),
        "meansMaximalAngle": np.mean(np.abs(m_cosines + 1 / (classes - 1))),
        "classifierMaximalAngle": np.mean(np.abs(w_cosines + 1 / (classes - 1))),
        "meansSimplexDistance": simplex_distance(m @ m.T),
        "classifierSimplexDistance": simplex_distance(centered_w @ centered_w.T),
        "meansLogUniformity": -np.mean(np.log(apart)),
        "meansLogUniformityExcess": -np.mean(np.log(apart)) + np.log(side),
        "meansRieszUniformity": np.mean(1 / apart),
        "meansRieszUniformityExcess": np.mean(1 / apart) - 1 / side,
        "selfDuality": np.linalg.norm(w / np.linalg.norm(w) - m / np.linalg.norm(m)),
        "alignment": np.mean(1 - alignments),
        "alignmentVariance": alignments.var(),
        "nearestClassCenterMismatch": np.mean(nearest != predicted),
        "nearestClassCenterAccuracy": np.mean(nearest == labels),
        "biasCollapse": np.linalg.norm(w @ center + b),
        **stable("withinClass", within_values),
        **stable("betweenClass", between_values),
        **summary("featureNorm", feature_norms),
        **summary("classifierNorm", w_norms),
        **summary("logitMargin", logit_margins),
        "logitMarginSmallest": logit_margins.min(),
        **summary("cosineMargin", cosine_margins),
        "cosineMarginSmallest": cosine_margins.min(),
    }
    return {name: float(value) for name, value in values.items()}


def answer(request):
    folder, dim = Path(request["folder"]), request["dim"]
    features = np.fromfile(folder / "features", np.float32).reshape(-1, dim)
    labels = np.fromfile(folder / "labels", np.int32)
    weights = np.fromfile(folder / "weights", np.float32).reshape(-1, dim)
    bias = np.fromfile(folder / "bias", np.float32)
    start, cpu = time.perf_counter(), time.process_time()
    values = measure(features, labels, weights, bias)
    return {
        "seconds": time.perf_counter() - start,
        "cpuSeconds": time.process_time() - cpu,
        "memory": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        "values": values,
    }


print(json.dumps({"numpy": np.__version__}), flush=True)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
