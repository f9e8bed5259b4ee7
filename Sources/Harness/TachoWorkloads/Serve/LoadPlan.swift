// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoEngine
import TachoKernels
import TachoRecord

/// Everything about the requests of one run that is settled before it begins.
struct LoadPlan: Sendable {
  struct Item: Sendable {
    var prompt: [Int32]
    var outputLimit: Int
  }

  /// In the order of arrival.
  let items: [Item]
  /// Seconds after the start at which the first of them arrive: all in an open loop, one for each
  /// place in a closed one, where each further request arrives when another is done.
  let arrivals: [Double]
  /// The beginning of every prompt.
  let sharedPrefix: [Int32]

  private static let mostTokens = 1 << 28
  /// Eleven days.
  private static let mostSeconds = 1e6
  static let requestsWithoutTrace = 100

  /// The same for the same seed and settings; data, arrivals and lengths have streams of their own.
  init(_ settings: Settings, trace: TraceFile?, model: Model, seed: UInt64) throws {
    func stream(_ path: String, _ salt: UInt64) -> UInt64 {
      var mix = RandomSource(seed: seed ^ salt)
      return mix.next() ^ UInt64(settings.int(path))
    }
    let data = stream("workload.seed", 0x0da7_a000)
    let count = try Self.count(settings, trace)
    var lengths = RandomSource(seed: stream("load.length_seed", 0x1e96_7400))
    let prompts = LengthDistribution(settings, "prompt")
    let outputs = LengthDistribution(settings, "output")
    let sizes = (0..<count).map { index in
      trace.map { ($0.rows[index].inputTokens, $0.rows[index].outputTokens) }
        ?? (prompts.next(&lengths), outputs.next(&lengths))
    }
    let total = sizes.reduce(0) { $0 + $1.0 + $1.1 }
    guard total <= Self.mostTokens else {
      throw WorkloadError(
        .badConfiguration,
        "the run's requests have \(total) tokens; at most \(Self.mostTokens) are kept ready: lower "
          + "load.requests")
    }
    let shared = settings.int("workload.shared_prefix_tokens")
    sharedPrefix = RandomPrompt.tokens(shared, of: model, seed: ~data)
    let prefix = sharedPrefix
    var prompt = RandomSource(seed: data)
    items = sizes.map { size in
      let common = prefix.prefix(size.0)
      let own = RandomPrompt.tokens(
        size.0 - common.count, of: model, seed: prompt.next())
      return Item(prompt: common + own, outputLimit: size.1)
    }
    arrivals = try Self.arrivals(
      settings, trace, count: count, seed: stream("load.seed", 0xa441_7a15))
  }

  private static func count(_ settings: Settings, _ trace: TraceFile?) throws -> Int {
    let asked = settings.int("load.requests")
    guard let trace else { return asked == 0 ? requestsWithoutTrace : asked }
    guard asked <= trace.rows.count else {
      throw WorkloadError(
        .badConfiguration,
        "load.requests is \(asked), but the trace has \(trace.rows.count): lower it, or 0 takes all"
      )
    }
    return asked == 0 ? trace.rows.count : asked
  }

  private static func arrivals(
    _ settings: Settings, _ trace: TraceFile?, count: Int, seed: UInt64
  ) throws -> [Double] {
    if let trace { return trace.rows.prefix(count).map(\.arrival) }
    let ramp = settings.double("load.ramp_seconds")
    let name = settings.text("load.arrival") ?? "closed"
    if name == "closed" {
      return ArrivalSchedule.closed(
        concurrency: min(count, settings.int("load.concurrency")), ramp: ramp)
    }
    let process = try ArrivalProcesses.all.make(name)(settings.double("load.burstiness"))
    let arrivals = ArrivalSchedule.open(
      process, count: count, rate: settings.double("load.rate"), ramp: ramp, seed: seed)
    guard let last = arrivals.last, last <= mostSeconds else {
      throw WorkloadError(
        .badConfiguration,
        "the last request would arrive after \(Int(mostSeconds)) s: raise load.rate or lower "
          + "load.requests")
    }
    return arrivals
  }
}
