# SPDX-License-Identifier: Apache-2.0
"""Change points of `tacho history` and of Apache Otava on the same series.

    python3 -m venv venv && venv/bin/pip install apache-otava==0.8.0
    venv/bin/python results/history/compare.py rates TACHO > results/history/rates.csv
    venv/bin/python results/history/compare.py appends TACHO > results/history/appends.csv
    venv/bin/python results/history/compare.py tigerbeetle TACHO

TACHO is a release build's program. Series are drawn by numpy from the seeds below.
"""

import csv
import json
import subprocess
import sys
import time

import numpy
from otava.analysis import compute_change_points

LENGTH = 60
STEP = numpy.log(1.03)
# name, first and last build that are 3% slower
SHAPES = {
    "none": None, "step in the middle": (30, 60), "step, 8 builds after": (52, 60),
    "ten builds in the middle": (25, 35),
}


def noise(kind, n, random):
    if kind == "normal":
        return random.normal(0, 1, n)
    if kind == "outliers":
        return random.normal(0, 1, n) * numpy.where(random.random(n) < 0.1, 8, 1)
    if kind == "autoregressive":
        values = [random.normal(0, 1 / numpy.sqrt(1 - 0.09))]
        for _ in range(n - 1):
            values.append(0.3 * values[-1] + random.normal())
        return numpy.array(values)
    raise ValueError(kind)


def otava(values):
    points, _ = compute_change_points(list(numpy.exp(values)))
    return [point.index for point in points]


def otava_segments(values, least=5):
    """Otava's points without those that leave a segment shorter than Tacho's shortest."""
    kept = [0]
    for point in otava(values):
        if point - kept[-1] >= least and len(values) - point >= least:
            kept.append(point)
    return kept[1:]


def tacho(program, series):
    """Indices of the changes at level .01 in each series, before any adjustment for their number."""
    found = {}
    names = list(series)
    for start in range(0, len(names), 100):
        lines = ["series,position,value"]
        for name in names[start:start + 100]:
            lines += [f"{name},{i},{value:.17g}" for i, value in enumerate(series[name])]
        out = subprocess.run(
            [program, "history", "--series", "-", "--log", "--json"],
            input="\n".join(lines), capture_output=True, text=True, check=True).stdout
        for entry in json.loads(out)["series"]:
            found[entry["name"]] = [change["index"] for change in entry["changes"]]
    return found


def rates(program):
    writer = csv.writer(sys.stdout)
    writer.writerow(["noise", "shape", "detector", "series", "any", "within 3", "mean changes"])
    for kind in ["normal", "outliers", "autoregressive"]:
        for shape, slow in SHAPES.items():
            random = numpy.random.default_rng([7, len(kind), len(shape)])
            count = 2000 if slow is None else 300
            series = {}
            for i in range(count):
                values = 0.01 * noise(kind, LENGTH, random)
                if slow:
                    values[slow[0]:slow[1]] += STEP
                series[f"{kind} {list(SHAPES).index(shape)} {i}"] = values
            detectors = {
                "Tacho": tacho(program, series),
                "Otava 0.8.0": {name: otava(values) for name, values in series.items()},
                "Otava 0.8.0, segments of 5": {
                    name: otava_segments(values) for name, values in series.items()},
            }
            for name, found in detectors.items():
                points = list(found.values())
                hit = sum(bool(p) for p in points) / count
                near = sum(bool(slow) and any(abs(i - slow[0]) <= 3 for i in p) for p in points) / count
                mean = sum(map(len, points)) / count
                writer.writerow([
                    kind, shape, name, count, f"{hit:.4f}", f"{near:.4f}" if slow else "",
                    f"{mean:.4f}"])
                sys.stdout.flush()


def appends(program):
    """Stationary series of 120 builds, looked at again after every second build from the 20th on."""
    writer = csv.writer(sys.stdout)
    writer.writerow([
        "noise", "detector", "series", "ever alarmed", "looks with an alarm", "verdicts changed"])
    for kind in ["normal", "outliers"]:
        random = numpy.random.default_rng([11, len(kind)])
        series = {f"{kind} {i}": 0.01 * noise(kind, 120, random) for i in range(100)}
        looks = list(range(20, 121, 2))
        histories = {"Tacho": [], "Otava 0.8.0": []}
        by_length = {n: tacho(program, {k: v[:n] for k, v in series.items()}) for n in looks}
        for name, values in series.items():
            histories["Tacho"].append([by_length[n][name] for n in looks])
            histories["Otava 0.8.0"].append([otava(values[:n]) for n in looks])
        for name, found in histories.items():
            ever = sum(any(h) for h in found) / len(found)
            alarms = sum(bool(p) for h in found for p in h) / len(found) / len(looks)
            changed = sum(a != b for h in found for a, b in zip(h, h[1:])) / len(found)
            writer.writerow([kind, name, len(found), ever, f"{alarms:.4f}", f"{changed:.2f}"])
            sys.stdout.flush()


def tigerbeetle(program):
    with open(__file__.rsplit("/", 1)[0] + "/tigerbeetle.csv") as file:
        values = numpy.log([float(row["value"]) for row in csv.DictReader(file)])
    print("Tacho:", tacho(program, {"tigerbeetle": values})["tigerbeetle"])
    print("Otava 0.8.0:", otava(values))
    print("Otava 0.8.0, segments of 5:", otava_segments(values))
    points, _ = compute_change_points(
        list(numpy.exp(values)), window_len=30, max_pvalue=0.01, min_magnitude=0.05)
    print("Otava 0.8.0, window 30, p .01, at least 5%:", [point.index for point in points])


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("rates", "appends", "tigerbeetle"):
        sys.exit(__doc__)
    begun = time.time()
    {"rates": rates, "appends": appends, "tigerbeetle": tigerbeetle}[sys.argv[1]](sys.argv[2])
    print(f"{time.time() - begun:.0f} s", file=sys.stderr)
