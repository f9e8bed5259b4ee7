#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes statistics.json: what other programs compute from the same numbers.

Python 3.11.7, numpy 2.4.6, scipy 1.17.1, statsmodels 0.15.0. What those have no function for
(Hodges-Lehmann intervals, Geyer's sequence, variance components) is computed here from its definition,
with exact integers where counts are counted. Data come from numpy's PCG64 with the seed below.

    python make_statistics.py > statistics.json
"""

import itertools
import json
import math
from fractions import Fraction

import numpy
import scipy
import statsmodels
from scipy import special, stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower

SEED = 20261121
EXPECTED = {"numpy": "2.4.6", "scipy": "1.17.1", "statsmodels": "0.15.0"}
SIDES = ["two-sided", "less", "greater"]


def listed(values):
    return [float(v) for v in values]


def finite(value):
    return None if value is None or math.isnan(value) else float(value)


def distributions():
    normal = [
        {"x": x, "below": stats.norm.cdf(x), "above": stats.norm.sf(x)}
        for x in [-38.0, -8.0, -1.96, -0.3, 0.0, 0.5, 2.5758, 9.0]
    ]
    quantiles = [
        {"p": p, "x": stats.norm.ppf(p)}
        for p in [1e-300, 1e-12, 0.001, 0.025, 0.2, 0.5, 0.8, 0.975, 0.9999]
    ]
    student = [
        {"x": x, "freedom": f, "below": stats.t.cdf(x, f)}
        for x in [-30.0, -2.2, -0.01, 0.0, 0.7, 3.5]
        for f in [1.0, 2.0, 4.5, 30.0, 1000.0]
    ]
    student_quantiles = [
        {"p": p, "freedom": f, "x": stats.t.ppf(p, f)}
        for p in [0.0005, 0.025, 0.2, 0.8, 0.975, 0.9995]
        for f in [1.0, 2.0, 7.0, 29.0, 500.0]
    ]
    beta = [
        {"x": x, "a": a, "b": b, "share": special.betainc(a, b, x)}
        for x in [0.001, 0.2, 0.5, 0.9, 0.9999]
        for a, b in [(0.5, 0.5), (1, 3), (40, 2.5), (300, 301), (5000, 60)]
    ]
    binomial = [
        {"n": n, "p": p, "k": k, "atMost": stats.binom.cdf(k, n, p)}
        for n in [1, 7, 60, 2000]
        for p in [0.01, 0.5, 0.99]
        for k in sorted({0, 1, n // 3, n // 2, n - 1, n})
    ]
    return {
        "normal": normal, "normalQuantiles": quantiles, "student": student,
        "studentQuantiles": student_quantiles, "beta": beta, "binomial": binomial,
    }


def percentiles(random):
    cases = []
    for n in [1, 2, 5, 10, 37, 100, 400, 1500]:
        values = numpy.exp(random.normal(size=n))
        for p in [0, 1, 10, 25, 50, 90, 99, 99.9, 100]:
            low = high = None
            if 0 < p < 100 and n > 1:
                interval = stats.quantile_test(values, q=0.0, p=p / 100).confidence_interval(0.95)
                low, high = finite(interval.low), finite(interval.high)
            cases.append({
                "sample": f"n{n}", "p": float(p),
                "value": float(numpy.percentile(values, p)), "low": low, "high": high})
        cases[-1]["values"] = listed(values)
    samples = {c["sample"]: c.pop("values") for c in cases if "values" in c}
    return {"samples": samples, "cases": cases}


def signed_rank(random):
    cases = []

    def add(differences):
        entry = {"differences": listed(differences), "exact": None}
        kept = differences[differences != 0]
        clean = len(kept) == len(differences) and len(set(abs(kept))) == len(kept)
        if clean and len(kept) <= 60:
            entry["exact"] = [
                stats.wilcoxon(differences, alternative=s, method="exact").pvalue for s in SIDES]
        entry["asymptotic"] = [
            stats.wilcoxon(
                differences, alternative=s, method="asymptotic", correction=True,
                zero_method="wilcox").pvalue for s in SIDES]
        cases.append(entry)

    for n in [1, 2, 5, 6, 12, 25, 60]:
        add(random.normal(0.3, 1, n))
    add(numpy.round(random.normal(0.5, 2, 30)))
    add(numpy.round(random.normal(-0.2, 1, 200), 1))
    add(random.normal(0.1, 1, 300))
    return cases


def rank_sum(random):
    cases = []

    def add(x, y):
        both = numpy.concatenate([x, y])
        entry = {"x": listed(x), "y": listed(y), "exact": None}
        if len(set(both)) == len(both):
            entry["exact"] = [
                stats.mannwhitneyu(x, y, alternative=s, method="exact").pvalue for s in SIDES]
        entry["asymptotic"] = [
            stats.mannwhitneyu(x, y, alternative=s, method="asymptotic").pvalue for s in SIDES]
        cases.append(entry)

    for n, m in [(1, 1), (1, 5), (3, 4), (8, 8), (12, 7), (20, 30), (50, 50)]:
        add(random.normal(0, 1, n), random.normal(0.4, 1, m))
    add(numpy.round(random.normal(0, 2, 30)), numpy.round(random.normal(1, 2, 20)))
    add(numpy.round(random.normal(0, 1, 300), 1), random.normal(0.1, 1, 150))
    return cases


def signed_rank_counts(n):
    counts = [1]
    for rank in range(1, n + 1):
        longer = counts + [0] * rank
        for at, ways in enumerate(counts):
            longer[at + rank] += ways
        counts = longer
    return counts


def rank_sum_counts(m, n):
    # ways[k] by sum: subsets of size k of the ranks 1..m+n
    ways = [{0: 1}] + [{} for _ in range(m)]
    for rank in range(1, m + n + 1):
        for size in range(m, 0, -1):
            for total, count in ways[size - 1].items():
                ways[size][total + rank] = ways[size].get(total + rank, 0) + count
    least = m * (m + 1) // 2
    return [ways[m].get(least + u, 0) for u in range(m * n + 1)]


def outer_rank(counts, tail):
    """The largest c with P(statistic <= c - 1) <= tail; 0 when there is none."""
    total, seen, rank = sum(counts), 0, 0
    for ways in counts:
        seen += ways
        if Fraction(seen, total) > tail:
            return rank
        rank += 1
    return rank


def hodges_lehmann(random):
    one, two = [], []
    for n, digits in [(1, 6), (4, 6), (6, 6), (13, 6), (30, 1), (50, 6)]:
        x = numpy.round(numpy.exp(random.normal(0, 1, n)), digits)
        walsh = sorted((a + b) / 2 for a, b in itertools.combinations_with_replacement(x, 2))
        rank = outer_rank(signed_rank_counts(n), Fraction(1, 40))
        one.append({
            "x": listed(x), "centre": float(numpy.median(walsh)),
            "interval": None if rank == 0 else listed([walsh[rank - 1], walsh[-rank]])})
    for n, m, digits in [(1, 1, 6), (4, 4, 6), (5, 9, 6), (20, 12, 1), (30, 40, 6)]:
        x = numpy.round(random.normal(10, 1, n), digits)
        y = numpy.round(random.normal(11, 1, m), digits)
        shifts = sorted(b - a for a in x for b in y)
        rank = outer_rank(rank_sum_counts(n, m), Fraction(1, 40))
        two.append({
            "x": listed(x), "y": listed(y), "shift": float(numpy.median(shifts)),
            "interval": None if rank == 0 else listed([shifts[rank - 1], shifts[-rank]])})
    return {"oneSample": one, "twoSample": two}


def adjustments(random):
    cases = []
    for p in [[0.04], [0.01, 0.01, 0.03], [0.5, 0.9, 1.0], listed(random.uniform(size=20) ** 3)]:
        fdr = multipletests(p, method="fdr_bh")[1]
        assert numpy.allclose(fdr, stats.false_discovery_control(p), rtol=1e-14)
        cases.append({
            "p": p, "holm": listed(multipletests(p, method="holm")[1]),
            "benjaminiHochberg": listed(fdr)})
    return cases


def effective_size(values):
    """Geyer 1992, initial monotone sequence, autocovariances over n."""
    n = len(values)
    centred = values - values.mean()

    def covariance(lag):
        return float(numpy.dot(centred[: n - lag], centred[lag:])) / n

    total, last, pair = 0.0, math.inf, 0
    while 2 * pair + 1 < n:
        gamma = covariance(2 * pair) + covariance(2 * pair + 1)
        if gamma <= 0:
            break
        last = min(last, gamma)
        total += last
        pair += 1
    return n * covariance(0) / (2 * total - covariance(0))


def series(random):
    cases = []
    for n, rho in [(50, 0.0), (400, 0.6), (400, -0.4)]:
        values = [random.normal()]
        for _ in range(n - 1):
            values.append(rho * values[-1] + random.normal())
        cases.append({"values": listed(values), "size": effective_size(numpy.array(values))})
    return cases


def components(random):
    cases = []
    for sizes, between, within in [([5, 5, 5, 5], 0.05, 0.02), ([3, 9, 2, 14, 6], 0.03, 0.04),
                                   ([8, 8, 8], 0.0, 0.05)]:
        launches = [
            numpy.exp(centre + random.normal(0, within, n))
            for n, centre in zip(sizes, random.normal(0, between, len(sizes)))]
        logs = [numpy.log(x) for x in launches]
        total, k = sum(sizes), len(sizes)
        mean_within = sum(((x - x.mean()) ** 2).sum() for x in logs) / (total - k)
        # The mean square between from scipy's F = between / within.
        mean_between = float(stats.f_oneway(*logs).statistic) * mean_within
        size = (total - sum(n * n for n in sizes) / total) / (k - 1)
        variance = max(0.0, (mean_between - mean_within) / size)
        cases.append({
            "launches": [listed(x) for x in launches], "between": math.sqrt(variance),
            "within": math.sqrt(mean_within), "share": variance / (variance + mean_within)})
    return cases


def statistics_of_launches(random):
    values = numpy.exp(random.normal(0, 0.3, 23))
    return {
        "values": listed(values), "minimum": float(values.min()),
        "p10": float(numpy.percentile(values, 10)), "p25": float(numpy.percentile(values, 25)),
        "median": float(numpy.median(values)), "mean": float(values.mean()),
        "trimmed-mean": float(stats.trim_mean(values, 0.1))}


def power():
    cases = []
    for n in [6, 8, 10, 20, 40, 80, 300]:
        effect = TTestPower().solve_power(nobs=n, alpha=0.05, power=0.8, alternative="two-sided")
        # The fewest of n of one sign that the two-sided exact test rejects with.
        critical = next(k for k in range(n // 2, n + 1) if stats.binomtest(k, n).pvalue <= 0.05
                        and 2 * k > n)
        low, high = 0.5, 1.0
        for _ in range(200):
            middle = (low + high) / 2
            low, high = (low, middle) if stats.binom.sf(critical - 1, n, middle) >= 0.8 else (middle, high)
        cases.append({"n": n, "student": float(effect), "critical": critical, "chance": high})
    return cases


def main():
    versions = {"numpy": numpy.__version__, "scipy": scipy.__version__,
                "statsmodels": statsmodels.__version__}
    if versions != EXPECTED:
        raise SystemExit(f"needs {EXPECTED}, found {versions}")
    random = numpy.random.Generator(numpy.random.PCG64(SEED))
    print(json.dumps({
        "distributions": distributions(), "percentiles": percentiles(random),
        "signedRank": signed_rank(random), "rankSum": rank_sum(random),
        "hodgesLehmann": hodges_lehmann(random), "adjustments": adjustments(random),
        "series": series(random), "components": components(random),
        "launchStatistics": statistics_of_launches(random), "power": power(),
    }, default=float, allow_nan=False).replace("}, {", "},\n{"))


if __name__ == "__main__":
    main()
