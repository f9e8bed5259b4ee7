// SPDX-License-Identifier: Apache-2.0
import CTachoPerf
import TachoCatalog
import TachoEngine
import TachoKernels
import TachoRecord

/// Kernel calls that each begin with operands evicted from the caches, timed one by one.
///
/// Before a call its operands' lines are evicted by instruction, from every cache of the machine; then an empty
/// launch wakes the workers, which have slept meanwhile; only then the clock is read. What the call touches
/// besides its operands (code, page tables, the workers' scratch) stays where it is.
final class ColdCalls {
  /// What the calls of one sample came to.
  struct Outcome {
    /// Nanoseconds inside calls.
    var counted = 0
    /// What the operating system charged to the process in them.
    var usage: ResourceUsage?
  }

  /// The name of the launch that wakes the workers.
  static let rousing: StaticString = "rouse"
  /// Loads of one check: 32 KiB of lines, which the second round finds in a level-1 or level-2 cache.
  private static let loads = 512
  private static let rounds = 3

  private let state: CacheState
  private let bench: any KernelBench
  private let compute: Compute
  private let line = tacho_evict_line_bytes()
  private let clockNs: Double
  private var random = RandomSource(seed: 15)

  /// Nil for `hot`, which is measured in batches of calls.
  init?(_ state: CacheState, _ bench: any KernelBench, _ compute: Compute) throws {
    guard state != .hot else { return nil }
    guard tacho_evict_instruction() != nil else {
      throw WorkloadError(
        .unsupported,
        "kernel.cache is \(state.rawValue): this processor has no instruction for it that programs may use; "
          + "kernel.working_set_mib rotates through more than a cache holds")
    }
    self.state = state
    self.bench = bench
    self.compute = compute
    clockNs = Self.clockCost()
    guard bytesPerCall(0) > 0 else {
      throw WorkloadError(
        .badConfiguration, "kernel.cache is \(state.rawValue): the operation has no such operands")
    }
  }

  var facts: [String: ConfigurationValue] {
    [
      "kernel.cache": .string(state.rawValue),
      "kernel.evict_instruction": .string(
        tacho_evict_instruction().map { String(cString: $0) } ?? "none"),
      "kernel.evicted_bytes": .int(bytesPerCall(0)),
      "kernel.clock_ns": .double(clockNs),
    ]
  }

  /// Calls `count` times, from iteration `first` on; only the calls are seen by the recorder.
  func run(_ count: Int, from first: Int, recorder: LaunchRecorder?) -> Outcome {
    var outcome = Outcome()
    defer { compute.pool.recorder = recorder }
    for turn in first..<first + count {
      compute.pool.recorder = nil
      evict(turn)
      compute.pool.launch(Self.rousing, count: compute.pool.threads, grain: 1) { _, _ in }
      compute.pool.recorder = recorder
      let meter = ResourceMeter()
      let start = MonotonicClock.now()
      bench.run(compute, iteration: turn)
      outcome.counted += MonotonicClock.now() - start
      outcome.usage = outcome.usage.map { $0.adding(meter.usage()) } ?? meter.usage()
    }
    return outcome
  }

  /// Evicts the operands of a call once more and loads some of their lines: what a call finds.
  ///
  /// The best of several rounds: a lost processor is no latency of memory.
  func check(_ turn: Int) -> CacheEviction {
    var (first, second) = (Double.infinity, Double.infinity)
    for _ in 0..<Self.rounds {
      // Shuffled before the eviction, so that the list of addresses is in a cache and what it points to is not.
      let addresses = shuffled(lines(turn))
      evict(turn)
      addresses.withUnsafeBufferPointer { list in
        let count = Double(max(1, list.count))
        first = min(first, Self.touch(list) / count)
        second = min(second, Self.touch(list) / count)
      }
    }
    return CacheEviction(
      state: state.rawValue, bytesPerCall: bytesPerCall(turn), firstTouchNs: first,
      secondTouchNs: second, clockNs: clockNs)
  }

  private func shuffled(_ addresses: [UnsafePointer<UInt8>?]) -> [UnsafePointer<UInt8>?] {
    var list = addresses
    for index in list.indices.reversed() where index > 0 {
      list.swapAt(index, Int(random.next() % UInt64(index + 1)))
    }
    return list
  }

  private static func touch(_ addresses: UnsafeBufferPointer<UnsafePointer<UInt8>?>) -> Double {
    let start = MonotonicClock.now()
    let sum = tacho_touch(addresses.baseAddress, addresses.count)
    let end = MonotonicClock.now()
    return withExtendedLifetime(sum) { Double(end - start) }
  }

  private func operands(_ turn: Int) -> [CacheOperand] {
    bench.operands(turn).filter { state.evicts($0.role) && !$0.bytes.isEmpty }
  }

  private func evict(_ turn: Int) {
    for operand in operands(turn) { tacho_evict(operand.bytes.baseAddress, operand.bytes.count) }
  }

  /// Bytes of whole lines.
  private func bytesPerCall(_ turn: Int) -> Int {
    operands(turn).reduce(0) { total, operand in
      let start = UInt(bitPattern: operand.bytes.baseAddress)
      let end = start + UInt(operand.bytes.count)
      let (first, last) = (start / UInt(line), (end + UInt(line) - 1) / UInt(line))
      return total + Int(last - first) * line
    }
  }

  /// Places in the operands, as many in each as its size deserves, no two in one line.
  ///
  /// Drawn, because equal distances would fall into few sets of the caches, and the second round would find
  /// lines gone again.
  private func lines(_ turn: Int) -> [UnsafePointer<UInt8>?] {
    let operands = operands(turn)
    let total = operands.reduce(0) { $0 + $1.bytes.count }
    // Two lines apart at least: the neighbour of a line may be fetched with it.
    let step = max(2 * line, total / Self.loads)
    return operands.flatMap { operand in
      stride(from: 0, to: operand.bytes.count, by: step).map { first in
        let lines = UInt64(max(1, min(step, operand.bytes.count - first) / line - 1))
        let place = first + Int(random.next() % lines) * line
        return operand.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self).advanced(by: place)
      }
    }
  }

  /// Nanoseconds that one reading of the clock takes: the best of several rounds.
  private static func clockCost() -> Double {
    let count = 1000
    let rounds = (0..<10).map { _ in
      let start = MonotonicClock.now()
      for _ in 1..<count { _ = MonotonicClock.now() }
      return MonotonicClock.now() - start
    }
    return Double(rounds.min() ?? 0) / Double(count)
  }
}

extension ResourceUsage {
  /// Both intervals together; the peak is the later one's.
  fileprivate func adding(_ later: ResourceUsage) -> ResourceUsage {
    ResourceUsage(
      userSeconds: userSeconds + later.userSeconds,
      systemSeconds: systemSeconds + later.systemSeconds,
      minorFaults: minorFaults + later.minorFaults, majorFaults: majorFaults + later.majorFaults,
      voluntarySwitches: voluntarySwitches + later.voluntarySwitches,
      involuntarySwitches: involuntarySwitches + later.involuntarySwitches,
      peakResidentBytes: later.peakResidentBytes)
  }
}
