// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog
import TachoEngine
package import TachoKernels
package import TachoRecord

/// One kernel on the engine's thread pool, repeated until a sample is long enough to time.
///
/// Its result is compared with the reference kernel's when it is prepared, and the error goes into
/// every sample.
package final class KernelWorkload: Workload {
  package static let kind = BenchmarkKind(
    name: "kernel", summary: "One kernel: its rate, and its error against the reference.",
    knobs: knobs, complaint: { complaint(about: $0) })

  private let compute: Compute
  private let bench: any KernelBench
  private let referenceError: Double?
  private let cold: ColdCalls?
  private var reached: Bool?
  private var iterations = 0
  /// Calls so far: rotating weights go on where the last sample stopped, so that none stay cached.
  private var turn = 0

  /// A sample lasts at least this long, so that the clock and one launch's jitter weigh little.
  private static let sampleNs = 20_000_000
  /// With all that happens between calls it need not last longer than this.
  private static let longestNs = 200_000_000

  package init(_ configuration: Configuration) throws {
    let settings = try Settings(configuration, knobs: Self.knobs)
    if let complaint = Self.complaint(about: configuration) {
      throw WorkloadError(.badConfiguration, complaint)
    }
    let engine = try EngineConfiguration(configuration)
    try engine.hugePages.apply()
    let make = try KernelBenches.all.make(settings.text("kernel.op") ?? "gemv")
    let kernels = try engine.kernels()
    let reference = try KernelTable(isa: .ref)
    bench = try make(settings, engine)
    // Last of what may fail: only `deinit` ends the pool's threads.
    compute = Compute(
      pool: ThreadPool(threads: engine.threads, placement: engine.placement), kernels: kernels,
      activations: engine.activations, floatArithmetic: engine.floatArithmetic,
      repacked: engine.repack)
    if bench.hasResult {
      let judge = Compute(
        pool: ThreadPool(threads: 1), kernels: reference, activations: engine.activations,
        floatArithmetic: engine.floatArithmetic)
      defer { judge.pool.shutDown() }
      bench.reserve(judge)
      bench.run(judge, iteration: 0)
      let expected = bench.result()
      bench.reserve(compute)
      bench.run(compute, iteration: 0)
      referenceError = Self.relativeError(bench.result(), expected)
    } else {
      bench.reserve(compute)
      referenceError = nil
    }
    compute.pool.delay = engine.injectedDelay
    let state = CacheState(settings)
    do {
      cold = try ColdCalls(state, bench, compute)
    } catch {
      compute.pool.shutDown()
      throw error
    }
    let fixed = settings.int("kernel.iterations")
    if fixed > 0 { iterations = fixed } else { calibrate() }
  }

  deinit { compute.pool.shutDown() }

  package var facts: [String: ConfigurationValue] {
    var facts = bench.facts.merging(cold?.facts ?? [:]) { $1 }
    facts["engine.isa"] = .string(compute.kernels.isa.name)
    facts["engine.threads"] = .int(compute.pool.threads)
    facts.merge(compute.pool.placementFacts) { $1 }
    facts["kernel.iterations"] = .int(iterations)
    return facts
  }

  package var finalFacts: [String: ConfigurationValue] {
    var facts = HugePages.facts
    if let reached { facts["kernel.cache_reached"] = .bool(reached) }
    return facts
  }

  package var pool: ThreadPool? { compute.pool }

  package func sample(seed: UInt64, meter: SampleMeter) throws -> Observation {
    compute.pool.recorder = bench.ownRecorder ?? meter.recorder
    _ = bench.takeCountedNs()
    meter.start()
    let outcome = run(iterations)
    var observation = meter.stop()
    note(outcome, in: &observation)
    if let counted = bench.takeCountedNs() { observation.endNs = observation.startNs + counted }
    observation.iterations = iterations * bench.callsPerRun
    let work = bench.work
    observation.flops = work.flops * Double(iterations)
    observation.weightBytes = work.weightBytes * Double(iterations)
    observation.kvBytes = work.kvBytes * Double(iterations)
    observation.activationBytes = work.activationBytes * Double(iterations)
    observation.referenceError = referenceError
    return observation
  }

  @discardableResult
  private func run(_ count: Int) -> ColdCalls.Outcome? {
    defer { turn += count }
    if let cold { return cold.run(count, from: turn, recorder: compute.pool.recorder) }
    for index in turn..<turn + count { bench.run(compute, iteration: index) }
    return nil
  }

  /// Where calls were timed one by one, the region is their sum: what collectors saw includes the evictions.
  private func note(_ outcome: ColdCalls.Outcome?, in observation: inout Observation) {
    guard let cold, let outcome else { return }
    observation.endNs = observation.startNs + outcome.counted
    observation.usage = outcome.usage
    let reason =
      "with kernel.cache other than hot the evictions between calls are counted too; launch-counters count "
      + "inside the calls"
    observation.counters = observation.counters?.map {
      var reading = $0
      reading.total = .unavailable(reason)
      reading.threads = []
      return reading
    }
    observation.kernelCounters?.removeAll { $0.op == "\(ColdCalls.rousing)" }
    observation.energy?.invalid = "with kernel.cache other than hot the evictions take energy too"
    let eviction = cold.check(turn)
    observation.eviction = eviction
    reached = (reached ?? true) && eviction.failure == nil
  }

  /// Enough iterations to fill a sample.
  private func calibrate() {
    iterations = 1
    while true {
      let began = MonotonicClock.now()
      var took = time { run(iterations) }
      // What was long for another reason is short the second time.
      if took >= Self.sampleNs { took = min(took, time { run(iterations) }) }
      if took >= Self.sampleNs * 3 / 4 { break }
      // Evicting large operands takes longer than calls: a sample of fewer calls then.
      if MonotonicClock.now() - began >= Self.longestNs { break }
      let factor = Double(Self.sampleNs) / Double(max(took, 1_000)) * 1.2
      iterations = min(iterations * 100, Int(Double(iterations) * min(factor, 100)) + 1)
    }
  }

  /// Nanoseconds of calls: all that passed, or what was counted of it.
  private func time(_ work: () -> ColdCalls.Outcome?) -> Int {
    let start = MonotonicClock.now()
    let outcome = work()
    return outcome?.counted ?? MonotonicClock.now() - start
  }

  /// ||a - b|| / ||b||, in double.
  private static func relativeError(_ a: [Float], _ b: [Float]) -> Double {
    var difference = 0.0
    var norm = 0.0
    for (x, y) in zip(a, b) {
      difference += (Double(x) - Double(y)) * (Double(x) - Double(y))
      norm += Double(y) * Double(y)
    }
    return norm == 0 ? difference.squareRoot() : (difference / norm).squareRoot()
  }
}

extension KernelWorkload {
  static let knobs: [Knob] =
    // A kernel is called once for the rows it is given, whatever a forward pass would take.
    EngineConfiguration.knobs.filter { $0.path != "engine.batch_rows" } + Hogs.knobs + [
      Knob(
        "kernel.op", .choice(KernelBenches.all.names), default: "gemv",
        "The operation: "
          + KernelBenches.all.entries.map { "\($0.name) (\($0.summary))" }.joined(separator: "; ")),
      Knob(
        "kernel.format", .choice(ElementType.allCases.map(\.name)), default: "q8_0",
        "Weight format of gemv and gemm."),
      Knob(
        "kernel.rows", .int(1...(1 << 20)), default: 4096,
        "Outputs of gemv, gemm and openblas."),
      Knob(
        "kernel.columns", .int(32...(1 << 20)), default: 4096,
        "Inputs of gemv, gemm, openblas and quantize."),
      Knob(
        "kernel.iterations", .int(0...1_000_000_000), default: 0,
        "Calls in one sample; 0 takes as many as last about 20 ms."),
      CacheState.knob,
      Knob("kernel.batch", .int(1...4096), default: 1, unit: "rows", "Activation rows."),
      Knob(
        "kernel.depth", .int(1...(1 << 20)), default: 1024, unit: "tokens",
        "Tokens that attention reads."),
      Knob(
        "kernel.query_rows", .int(1...8192), default: 1, unit: "rows",
        "Attention's query rows, the last tokens of each sequence: 1 is decode, kernel.depth prefill."
      ),
      Knob(
        "kernel.heads", .int(1...1024), default: 32, "Attention's query heads, 64 elements each."),
      Knob(
        "kernel.kv_heads", .int(1...1024), default: 8,
        "Attention's KV heads, which kernel.heads share evenly."),
      Knob(
        "kernel.arithmetic", .choice(PeakKernel.Arithmetic.allCases.map(\.rawValue)),
        default: "f32",
        "What peak multiplies; engine.isa chooses the instructions, for example avx512 or amx."),
      Knob(
        "kernel.openblas_coretype", .text, default: "auto",
        "The processor whose kernels openblas takes (its OPENBLAS_CORETYPE), for example SkylakeX; "
          + "auto leaves it to the library, which may not know a processor newer than itself."),
      Knob(
        "kernel.working_set_mib", .int(0...65536), default: 0, unit: "MiB",
        "Rotates through copies of the weights or KV pages until they fill this much memory, so that caches "
          + "cannot hold them; 0 keeps one copy."),
      Knob(
        "kernel.thread_kib", .int(0...(64 << 20)), default: 0, unit: "KiB",
        "Gives each worker of read, copy and chase so much memory of its own, which it goes over again "
          + "and again: sizes that fit a cache measure that cache; 0 divides kernel.working_set_mib."
      ),
    ]

  static func complaint(about configuration: Configuration) -> String? {
    if configuration["kernel.op"] == "openblas", configuration["engine.placement"] == "auto" {
      return "engine.placement: auto places the engine's own threads; openblas has others"
    }
    if let state = configuration[CacheState.knob.path]?.stringValue,
      state != CacheState.hot.rawValue
    {
      let op = configuration["kernel.op"]?.stringValue ?? "gemv"
      guard KernelBenches.withOperands.contains(op) else {
        return "kernel.cache: \(state) needs an operation with operands ("
          + KernelBenches.withOperands.joined(separator: ", ") + "); kernel.op is \(op)"
      }
      guard op != "quantize" || state != CacheState.weightsCold.rawValue else {
        return "kernel.cache: \(state) needs weights or KV pages; quantize has neither"
      }
    }
    guard let name = configuration["kernel.format"]?.stringValue,
      let type = ElementType(name: name), let columns = configuration["kernel.columns"]?.intValue
    else { return nil }
    let block = max(32, type.blockCount)
    return columns % block == 0
      ? nil : "kernel.columns is \(columns): \(name) needs a multiple of \(block)"
  }
}
