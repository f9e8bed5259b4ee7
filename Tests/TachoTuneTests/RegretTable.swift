// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import Testing

@testable import TachoTune

/// Not a test of right or wrong but a measurement: with `TACHO_MEASURE=1` it writes one row for each
/// function, sampler, seed and number of trials to the file `TACHO_REGRETS` names.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["TACHO_MEASURE"] == "1"))
struct RegretTable {
  @Test func writesTheTable() throws {
    let environment = ProcessInfo.processInfo.environment
    func list(_ name: String, _ fallback: String) -> [String] {
      (environment[name] ?? fallback).split(separator: ",").map(String.init)
    }
    let path = environment["TACHO_REGRETS"] ?? "regrets.csv"
    let seeds = Int(environment["TACHO_SEEDS"] ?? "") ?? 30
    let problems = list(
      "TACHO_FUNCTIONS",
      "branin,hartmann6,ackley,rosenbrock-switches,branin-noisy,hartmann6-noisy,branin-disk,gardner"
    )
    let limit = Int(environment["TACHO_LIMIT"] ?? "") ?? .max
    var text = "function,sampler,seed,trials,score\n"
    for name in problems {
      let problem = try #require(RegretRun.Problem(name), "no function \(name)")
      for sampler in list("TACHO_SAMPLERS", "random,sobol,tpe,gp") {
        for seed in 0..<seeds {
          let checkpoints = [25, 50, 100, 200].filter { $0 <= min(problem.trials, limit) }
          let scores = try RegretRun.scores(
            problem, sampler: sampler, seed: UInt64(seed), checkpoints: checkpoints)
          for (count, score) in zip(checkpoints, scores) {
            text += "\(name),\(sampler),\(seed),\(count),\(score)\n"
          }
        }
        try text.write(toFile: path, atomically: true, encoding: .utf8)
      }
    }
  }
}
