# SPDX-License-Identifier: Apache-2.0
"""Tacho's samplers against Optuna's: medians, and an exact sign test over paired seeds.

    python compare.py tacho.csv optuna.csv > table.md

Both files have the columns function, sampler, seed, trials, score. Scores are regrets (less is better), for the
functions of several objectives hypervolumes (more is better). Equal scores count for nobody. p-values are of "Tacho is
worse", one-sided, and of "Tacho is better".
"""
import csv
import math
import sys
from collections import defaultdict
from statistics import median

VOLUMES = {"zdt1", "zdt2", "zdt3", "dtlz2"}


def read(path):
    scores = defaultdict(dict)
    for row in csv.DictReader(open(path)):
        key = (row["function"], row["sampler"], int(row["trials"]))
        scores[key][int(row["seed"])] = float(row["score"])
    return scores


def tail(wins, losses):
    """P(at least this many wins of wins + losses fair coins)."""
    n = wins + losses
    return sum(math.comb(n, k) for k in range(wins, n + 1)) / 2**n if n else 1.0


def main():
    ours, theirs = read(sys.argv[1]), read(sys.argv[2])
    print("| function | sampler | trials | seeds | Tacho median | Optuna median | better : worse "
          "| p worse | p better |")
    print("|---|---|---|---|---|---|---|---|---|")
    for key in sorted(ours.keys() & theirs.keys()):
        seeds = sorted(ours[key].keys() & theirs[key].keys())
        if not seeds:
            continue
        sign = -1 if key[0] in VOLUMES else 1
        a = [sign * ours[key][s] for s in seeds]
        b = [sign * theirs[key][s] for s in seeds]
        better = sum(x < y for x, y in zip(a, b))
        worse = sum(x > y for x, y in zip(a, b))
        print(f"| {key[0]} | {key[1]} | {key[2]} | {len(seeds)} | {sign * median(a):.3g} "
              f"| {sign * median(b):.3g} | {better} : {worse} | {tail(worse, better):.2g} "
              f"| {tail(better, worse):.2g} |")


if __name__ == "__main__":
    sys.exit(main())
