#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes edivisive.json: the E-divisive statistic summed pair by pair, and exact permutation p-values.

Python 3.11.7, numpy 2.2.0, scipy 1.16.3, apache-otava 0.8.0. Q is computed from its definition with three
nested loops over doubled midranks; Otava's calculator, which computes all Q of a series from cumulative sums,
must agree, or nothing is written. p-values are counted over every permutation of a short series. Data come
from numpy's PCG64 with the seed below.

    python make_edivisive.py > edivisive.json
"""

import importlib.metadata
import itertools
import json
import sys

import numpy
import scipy
from otava.change_point_divisive.calculator import PairDistanceCalculator
from scipy.stats import rankdata

SEED = 20261122
EXPECTED = {"numpy": "2.2.0", "scipy": "1.16.3", "apache-otava": "0.8.0"}


def q(before, after):
    n, m = len(before), len(after)
    across = sum(abs(x - y) for x in before for y in after)
    first = sum(abs(x - y) for x, y in itertools.combinations(before, 2))
    second = sum(abs(x - y) for x, y in itertools.combinations(after, 2))
    return n * m / (n + m) * (
        2 / (n * m) * across - first / (n * (n - 1) / 2) - second / (m * (m - 1) / 2))


def best(ranks, least, stretch):
    """The split, the end and Q of the largest Q; of equals the first in order of end, then of split."""
    found = None
    n = len(ranks)
    for end in range(2 * least, n + 1) if stretch else [n]:
        for split in range(least, end - least + 1):
            value = q(ranks[:split], ranks[split:end])
            if found is None or value > found[2] + 1e-9:
                found = (split, end, value)
    return found


def check(ranks):
    matrix = PairDistanceCalculator(numpy.array(ranks, dtype=float))._get_Q_vals(0, len(ranks))
    for split in range(2, len(ranks) - 1):
        for end in range(split + 2, len(ranks) + 1):
            mine = q(ranks[:split], ranks[split:end])
            theirs = matrix[split - 1, end - 2]
            assert abs(mine - theirs) < 1e-8 * (1 + abs(mine)), (split, end, mine, theirs)


def doubled(values):
    return [int(2 * rank) for rank in rankdata(values)]


def scans(random):
    cases = []
    for n, step, ties in [
        (10, 0, False), (11, 2, False), (23, 1, True), (24, 3, False), (40, 0, True),
        (60, 1, False), (60, 2, True), (61, 0, False),
    ]:
        values = random.normal(0, 1, n)
        values[n // 3:] += step
        if ties:
            values = numpy.round(values, 0)
        ranks = doubled(values)
        check(ranks)
        for least in [2, 5]:
            entry = {"values": [float(v) for v in values], "minimumSegment": least}
            for name, stretch in [("rest", False), ("stretch", True)]:
                split, end, value = best(ranks, least, stretch)
                entry[name] = {"index": split, "end": end, "q": value}
            cases.append(entry)
    return cases


def exact(random):
    cases = []
    for n, least, step in [(7, 2, 0), (7, 2, 2), (8, 3, 3), (8, 4, 0)]:
        values = random.normal(0, 1, n)
        values[n // 2:] += step
        ranks = doubled(values)
        for name, stretch in [("rest", False), ("stretch", True)]:
            observed = best(ranks, least, stretch)[2]
            total = larger = 0
            for order in itertools.permutations(ranks):
                total += 1
                larger += best(order, least, stretch)[2] >= observed - 1e-9
            cases.append({
                "values": [float(v) for v in values], "minimumSegment": least, "extent": name,
                "p": larger / total})
    return cases


if __name__ == "__main__":
    versions = {"numpy": numpy.__version__, "scipy": scipy.__version__,
                "apache-otava": importlib.metadata.version("apache-otava")}
    if versions != EXPECTED:
        sys.exit(f"expected {EXPECTED}, this is {versions}")
    random = numpy.random.default_rng(SEED)
    json.dump({"scans": scans(random), "exact": exact(random)}, sys.stdout, indent=1)
    print()
