// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoRecord

/// What the hardware reached in kernels made to show its limits, as one sweep measured it: of a suite, or
/// of `tacho calibrate`.
struct MeasuredLimits {
  /// A limit and the number of threads it was measured with.
  struct Key: Hashable {
    enum Kind: Hashable {
      /// Bytes per second of the read kernel.
      case readBandwidth
      /// Operations per second of the peak kernel of one arithmetic (`f32`, `bf16`, `int8`).
      case peak(arithmetic: String)
      /// Seconds of a launch with nothing to do.
      case emptyLaunch

      /// `read`, `int8 peak`: for messages.
      var words: String {
        switch self {
        case .readBandwidth: "read"
        case .peak(let arithmetic): "\(arithmetic) peak"
        case .emptyLaunch: "null"
        }
      }
    }
    let kind: Kind
    let threads: Int
  }

  /// The medians of a limit's runs: of each launch, and of all together.
  private struct Medians {
    let byLaunch: [Int: Double]
    let all: Double
  }

  /// One of several ways in which a limit was measured.
  private struct Candidate: Hashable {
    let pointID: String
    let readBytes: Int

    init(_ run: RunRecord) {
      pointID = run.point.id
      readBytes = run.facts["kernel.read_bytes"]?.intValue ?? 0
    }
  }

  private var medians: [Key: Medians] = [:]

  init(_ runs: [ResultSet.Run]) {
    // Of several points that measured one limit the best counts: the largest working set of reads,
    // which caches hold least of, and the fastest instructions of an arithmetic.
    var points: [Key: [Candidate: [ResultSet.Run]]] = [:]
    for run in runs where run.record.status == .completed {
      if let key = Self.key(of: run.record) {
        points[key, default: [:]][Candidate(run.record), default: []].append(run)
      }
    }
    for (key, candidates) in points {
      let ranked = candidates.compactMap { candidate, runs in
        Self.medians(of: runs, key).map { medians in
          let rank =
            switch key.kind {
            case .readBandwidth: Double(candidate.readBytes)
            case .peak: medians.all
            case .emptyLaunch: -medians.all
            }
          return (rank: rank, medians: medians)
        }
      }
      medians[key] = ranked.max { $0.rank < $1.rank }?.medians
    }
  }

  /// The limit in the block of that launch, where it was measured in it, else over all blocks.
  func value(_ key: Key, launch: Int) -> Double? {
    medians[key].map { $0.byLaunch[launch] ?? $0.all }
  }

  /// The limit over all blocks.
  func overall(_ key: Key) -> Double? { medians[key]?.all }

  var hasReadBandwidth: Bool { medians.keys.contains { $0.kind == .readBandwidth } }

  /// What the worker took, else what it was asked for.
  static func threads(of run: RunRecord) -> Int? {
    [run.facts["engine.threads"], run.point.configuration["engine.threads"]]
      .compactMap { $0?.intValue }.first { $0 > 0 }
  }

  private static func key(of run: RunRecord) -> Key? {
    guard run.point.kind == "kernel", let threads = threads(of: run) else { return nil }
    switch run.point.configuration["kernel.op"]?.stringValue {
    case "read":
      // Areas of a thread's own are there to show the caches, not the memory.
      let own = run.point.configuration["kernel.thread_kib"]?.intValue ?? 0
      return own > 0 ? nil : Key(kind: .readBandwidth, threads: threads)
    case "null": return Key(kind: .emptyLaunch, threads: threads)
    case "peak":
      guard let arithmetic = run.facts["kernel.arithmetic"]?.stringValue else { return nil }
      return Key(kind: .peak(arithmetic: arithmetic), threads: threads)
    default: return nil
    }
  }

  private static func medians(of runs: [ResultSet.Run], _ key: Key) -> Medians? {
    let metric =
      switch key.kind {
      case .readBandwidth: KernelBytesPerSecond.metric
      case .peak: KernelFlopsPerSecond.metric
      case .emptyLaunch: KernelSeconds.metric
      }
    let launches = Dictionary(grouping: runs, by: \.record.launch).mapValues { launch in
      SampleSelection.values(of: metric.id, in: launch).filter { $0.isFinite && $0 > 0 }
    }
    guard let all = Summary.median(of: launches.values.flatMap { $0 }) else { return nil }
    return Medians(byLaunch: launches.compactMapValues { Summary.median(of: $0) }, all: all)
  }
}
