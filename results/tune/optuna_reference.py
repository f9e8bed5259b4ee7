# SPDX-License-Identifier: Apache-2.0
"""Optuna's samplers on the functions of `tacho tune`, at the same budgets.

Writes one row per function, sampler, seed and number of trials: the true regret of the best trial
(for noisy functions of the trial a user would take: the best observed one, among the feasible), or the
hypervolume for several objectives. Versions: README.md beside this file.

    python optuna_reference.py --functions branin,hartmann6 --samplers tpe,gp --seeds 30 > out.csv
"""
import argparse
import math
import sys
import warnings

import numpy as np
import optuna

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)

A = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8],
     [17, 8, 0.05, 10, 0.1, 14]]
P = [[1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991],
     [2348, 1451, 3522, 2883, 3047, 6650], [4047, 8828, 8732, 5743, 1091, 381]]
ALPHA = [1.0, 1.2, 3.0, 3.2]


def reals(trial, count, low, high):
    return [trial.suggest_float(f"x{i + 1}", low, high) for i in range(count)]


def branin(trial):
    x, y = trial.suggest_float("x1", -5, 10), trial.suggest_float("x2", 0, 15)
    return (y - 5.1 / (4 * math.pi**2) * x * x + 5 / math.pi * x - 6)**2 \
        + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10, None


def branin_disk(trial):
    value, _ = branin(trial)
    p = trial.params
    return value, (p["x1"] - 2.5)**2 + (p["x2"] - 7.5)**2 - 50


def gardner(trial):
    x, y = reals(trial, 2, 0, 6)
    return math.sin(x) + y, math.sin(x) * math.sin(y) + 0.95


def hartmann6(trial):
    x = reals(trial, 6, 0, 1)
    return -sum(ALPHA[i] * math.exp(-sum(A[i][j] * (x[j] - P[i][j] / 1e4)**2 for j in range(6)))
                for i in range(4)), None


def ackley(trial):
    x = reals(trial, 5, -15, 30)
    return (-20 * math.exp(-0.2 * math.sqrt(sum(v * v for v in x) / 5))
            - math.exp(sum(math.cos(2 * math.pi * v) for v in x) / 5) + 20 + math.e), None


def rosenbrock_switches(trial):
    x = reals(trial, 3, -2, 2)
    shape = trial.suggest_categorical("shape", ["sphere", "ripple", "valley"])
    side = trial.suggest_categorical("side", ["left", "right"])
    y = x if side == "right" else [-v for v in x]
    offset = 0 if side == "right" else 0.5
    if shape == "sphere":
        return offset + 1 + 10 * sum((v - 1)**2 for v in y), None
    valley = sum(100 * (y[i + 1] - y[i]**2)**2 + (1 - y[i])**2 for i in range(2))
    ripple = 2 + 5 * sum(math.sin(3 * v)**2 for v in y) if shape == "ripple" else 0
    return offset + valley + ripple, None


def zdt(number):
    def run(trial):
        x = reals(trial, 6, 0, 1)
        g = 1 + 9 * sum(x[1:]) / 5
        r = x[0] / g
        second = {1: 1 - math.sqrt(r), 2: 1 - r * r,
                  3: 1 - math.sqrt(r) - r * math.sin(10 * math.pi * x[0])}[number]
        return (x[0], g * second), None
    return run


def dtlz2(trial):
    x = reals(trial, 6, 0, 1)
    g = sum((v - 0.5)**2 for v in x[2:])
    a, b = x[0] * math.pi / 2, x[1] * math.pi / 2
    return ((1 + g) * math.cos(a) * math.cos(b), (1 + g) * math.cos(a) * math.sin(b),
            (1 + g) * math.sin(a)), None


# name: (function, optimum, noise sd, hypervolume reference, trials)
FUNCTIONS = {
    "branin": (branin, 0.39788735772973816, 0, None, 100),
    "hartmann6": (hartmann6, -3.322368011415515, 0, None, 200),
    "ackley": (ackley, 0, 0, None, 100),
    "rosenbrock-switches": (rosenbrock_switches, 0, 0, None, 100),
    "branin-noisy": (branin, 0.39788735772973816, 5, None, 100),
    "hartmann6-noisy": (hartmann6, -3.322368011415515, 0.3, None, 100),
    "branin-disk": (branin_disk, 0.39788735772973816, 0, None, 50),
    "gardner": (gardner, math.asin(0.95) - 1, 0, None, 50),
    "zdt1": (zdt(1), None, 0, (1.1, 1.1), 200),
    "zdt2": (zdt(2), None, 0, (1.1, 1.1), 200),
    "zdt3": (zdt(3), None, 0, (1.1, 1.1), 200),
    "dtlz2": (dtlz2, None, 0, (1.1, 1.1, 1.1), 200),
}
CHECKPOINTS = (25, 50, 100, 200)


def sampler(name, seed):
    return {
        "random": lambda: optuna.samplers.RandomSampler(seed=seed),
        "tpe": lambda: optuna.samplers.TPESampler(seed=seed),
        "gp": lambda: optuna.samplers.GPSampler(seed=seed),
        "cma-es": lambda: optuna.samplers.CmaEsSampler(seed=seed),
        "nsga2": lambda: optuna.samplers.NSGAIISampler(seed=seed, population_size=20),
    }[name]()


def run(function, name, seed, limit):
    evaluate, optimum, noise, reference, trials = FUNCTIONS[function]
    trials = min(trials, limit)
    rng = np.random.default_rng(seed)
    study = optuna.create_study(
        directions=["minimize"] * (len(reference) if reference else 1),
        sampler=sampler(name, seed))
    truths, observed = [], []
    for number in range(trials):
        trial = study.ask()
        value, constraint = evaluate(trial)
        if constraint is not None:
            trial.set_constraint("c", constraint)
        seen = value if reference else value + (rng.normal(0, noise) if noise else 0)
        study.tell(trial, seen)
        truths.append(value)
        observed.append(seen if constraint is None or constraint <= 0 else math.inf)
        if number + 1 in CHECKPOINTS:
            if reference:
                inside = [t for t in truths if all(v < r for v, r in zip(t, reference))]
                score = optuna._hypervolume.compute_hypervolume(
                    np.array(inside), np.array(reference)) if inside else 0
            else:
                best = int(np.argmin(observed))
                score = truths[best] - optimum if math.isfinite(observed[best]) else math.inf
            print(f"{function},{name},{seed},{number + 1},{score:.10g}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--functions", required=True)
    parser.add_argument("--samplers", required=True)
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--limit", type=int, default=10**9, help="most trials of a study")
    options = parser.parse_args()
    print("function,sampler,seed,trials,score")
    for function in options.functions.split(","):
        for name in options.samplers.split(","):
            for seed in range(options.seeds):
                run(function, name, seed, options.limit)


if __name__ == "__main__":
    sys.exit(main())
