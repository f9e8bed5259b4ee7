// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
package import TachoRecord

extension LlamaBenchRow {
  /// The rows of every throughput point that has samples, in the plan's order.
  ///
  /// What is read: from the configuration `workload.prompt_tokens`, `workload.output_tokens` and
  /// `workload.depth` (else the observation's counts), `engine.threads`, `engine.batch_rows` (here
  /// `n_ubatch`), `kv.format`; from the run's facts the same where the engine chose them, and
  /// `model.filename`, `model.type` ("llama 1.1B Q4_0", else `model.name`), `model.size` in bytes,
  /// `model.params`; from the machine `cpu.model`; from the build `git.revision` and `build.number`. A row that
  /// another program measured has that program's own build, processor and backend.
  /// Times are the observations' timed regions, of the samples that count.
  package static func rows(of results: ResultSet) -> [LlamaBenchRow] {
    PointResult.all(in: results).filter { point in
      point.point.kind == "generate"
        && point.point.configuration["workload.mode"]?.stringValue != "request"
    }.compactMap(row)
  }

  private static func row(_ point: PointResult) -> LlamaBenchRow? {
    let samples = point.samples.flatMap { $0 }.filter(\.isCounted)
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
    row.microbatch = number("engine.batch_rows") ?? row.microbatch
    row.typeK = text("kv.format") ?? row.typeK
    row.typeV = row.typeK
    row.modelFilename = text("model.filename") ?? text("model.path") ?? ""
    row.modelType = text("model.type") ?? text("model.name") ?? ""
    // Every row says so, wherever it is pasted.
    if point.isSynthetic { row.modelType += row.modelType.isEmpty ? "synthetic" : " (synthetic)" }
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
    if point.isPeer { row.take(run.facts) }
    row.testTime = seconds(run.startedAt)
    row.samplesNs = samples.map { sample in
      let (time, overflow) = sample.observation.endNs.subtractingReportingOverflow(
        sample.observation.startNs)
      return overflow ? 0 : time
    }
    return row
  }

  /// What another program said of itself.
  private mutating func take(_ facts: [String: ConfigurationValue]) {
    func text(_ name: String) -> String? { facts["llama_bench." + name]?.stringValue }
    func number(_ name: String) -> Int? { facts["llama_bench." + name]?.intValue }
    buildCommit = text("build_commit") ?? "unknown"
    buildNumber = number("build_number") ?? 0
    cpuInfo = text("cpu_info") ?? cpuInfo
    backend = text("backends") ?? backend
    batch = number("n_batch") ?? batch
    typeV = text("type_v") ?? typeV
  }

  /// `2026-11-21T09:00:01.250Z` without its fraction, as llama-bench writes times.
  private static func seconds(_ time: String) -> String {
    guard let dot = time.firstIndex(of: "."), time.hasSuffix("Z") else { return time }
    return time[..<dot] + "Z"
  }
}
