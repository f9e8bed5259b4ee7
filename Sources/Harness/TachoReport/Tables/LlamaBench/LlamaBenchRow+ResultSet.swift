// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
package import TachoRecord

extension LlamaBenchRow {
  /// The rows of every generation point that has samples, in the order measured.
  ///
  /// What is read, first found first: configuration `workload.prompt_tokens`, `workload.output_tokens`,
  /// `workload.depth` (else the observation's counts), `engine.threads`, `kv.format`, `engine.batch`,
  /// `engine.ubatch`; run facts `model.filename`, `model.type`, `model.size` (bytes), `model.params`,
  /// and `engine.threads` as found by the worker; machine facts `cpu.model`; build facts
  /// `git.revision`, `build.number`. Times are the observations' timed regions, warm-up left out.
  package static func rows(of results: ResultSet) -> [LlamaBenchRow] {
    TabulatedPoint.all(in: results).filter { $0.point.kind == "generate" }.compactMap(row)
  }

  private static func row(_ point: TabulatedPoint) -> LlamaBenchRow? {
    let samples = point.runs.flatMap(\.samples).filter { !$0.warmup }
    guard let run = point.runs.first?.record, let seen = samples.first?.observation else {
      return nil
    }
    let settings = point.point.configuration
    func number(_ path: String) -> Int? { (settings[path] ?? run.facts[path])?.intValue }
    func text(_ path: String) -> String? { (run.facts[path] ?? settings[path])?.stringValue }
    var row = LlamaBenchRow()
    row.promptTokens = number("workload.prompt_tokens") ?? seen.promptTokens ?? 0
    row.outputTokens = number("workload.output_tokens") ?? seen.outputTokens ?? 0
    row.depth = number("workload.depth") ?? seen.depth ?? 0
    // A configuration may leave the number of threads to the engine, which reports what it took.
    let threads = [settings["engine.threads"], run.facts["engine.threads"]]
    row.threads = threads.compactMap { $0?.intValue }.first { $0 > 0 } ?? 1
    row.batch = number("engine.batch") ?? row.batch
    row.microbatch = number("engine.ubatch") ?? row.microbatch
    row.typeK = text("kv.format") ?? row.typeK
    row.typeV = row.typeK
    row.modelFilename = text("model.filename") ?? text("model.path") ?? ""
    row.modelType = text("model.type") ?? ""
    row.modelSize = number("model.size") ?? 0
    row.modelParameters = number("model.params") ?? 0
    row.cpuInfo = point.sweep.machine.facts["cpu.model"]?.display ?? point.sweep.machine.name
    let build = point.sweep.build.facts
    if let commit = ["git.revision", "revision", "git.commit"].compactMap({ build[$0]?.stringValue }
    )
    .first {
      row.buildCommit = String(commit.prefix(8))
    }
    row.buildNumber = build["build.number"]?.intValue ?? 0
    row.testTime = seconds(run.startedAt)
    row.samplesNs = samples.map { sample in
      let (time, overflow) = sample.observation.endNs.subtractingReportingOverflow(
        sample.observation.startNs)
      return overflow ? 0 : time
    }
    return row
  }

  /// `2026-11-21T09:00:01.250Z` without its fraction, as llama-bench writes times.
  private static func seconds(_ time: String) -> String {
    guard let dot = time.firstIndex(of: "."), time.hasSuffix("Z") else { return time }
    return time[..<dot] + "Z"
  }
}
