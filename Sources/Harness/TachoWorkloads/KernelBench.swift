// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoEngine
import TachoKernels

/// One operation of the kernel workload, with its data.
///
/// To add one: a file with a conformance and one line in `KernelBenches.all`.
protocol KernelBench: AnyObject {
  var facts: [String: ConfigurationValue] { get }
  /// The minimum traffic and arithmetic of one call.
  var work: KernelWork { get }
  /// Whether `result` can be compared with the reference kernel's.
  var hasResult: Bool { get }
  func reserve(_ compute: Compute)
  func run(_ compute: Compute, iteration: Int)
  func result() -> [Float]
  /// What counts as calls in one `run`: more than 1 where a single one is too short to be launched.
  var callsPerRun: Int { get }
  /// What the call of an iteration reads and writes; empty where no state of the caches can be set.
  func operands(_ iteration: Int) -> [CacheOperand]
  /// Nanoseconds of the runs since this was last asked, where only a part of each is measured; nil
  /// where all of it is.
  func takeCountedNs() -> Int?
  /// A recorder the bench needs for itself; then none of the harness's launches are recorded.
  var ownRecorder: LaunchRecorder? { get }
}

extension KernelBench {
  var callsPerRun: Int { 1 }
  func operands(_ iteration: Int) -> [CacheOperand] { [] }
  func takeCountedNs() -> Int? { nil }
  var ownRecorder: LaunchRecorder? { nil }
}

/// Declared work of one kernel call: bytes that must move and operations that must happen.
struct KernelWork {
  var flops = 0.0
  var weightBytes = 0.0
  var kvBytes = 0.0
  var activationBytes = 0.0
}

/// Every operation `kernel.op` may name: one line each.
enum KernelBenches {
  /// Those whose operands can be evicted before each call (`kernel.cache`).
  static let withOperands = ["gemv", "gemm", "openblas", "attention", "quantize"]

  typealias Make = @Sendable (Settings, EngineConfiguration) throws -> any KernelBench

  static let all = Catalog<Make>(
    "kernel operation",
    [
      .init("gemv", "weights times kernel.batch activation rows, decode's product") {
        { try MatmulBench($0, $1) }
      },
      .init("gemm", "the same product, named for many rows: prefill's") {
        { try MatmulBench($0, $1) }
      },
      .init("openblas", "the product in float32 through the system's OpenBLAS, a yardstick") {
        { try OpenBLASBench($0, $1) }
      },
      .init("attention", "kernel.query_rows rows over kernel.depth tokens of KV pages") {
        { try AttentionBench($0, $1) }
      },
      .init("quantize", "activations to int8") { { try QuantizeBench($0, $1) } },
      .init("read", "a read of every byte: this machine's bandwidth") {
        { try ReadBench($0, $1) }
      },
      .init("copy", "a copy through the caches: a read and a write of every byte") {
        { try CopyBench($0, $1, streaming: false) }
      },
      .init(
        "copy_stream", "the same with stores past the caches, which read no line before a write"
      ) {
        { try CopyBench($0, $1, streaming: true) }
      },
      .init("chase", "one thread's walk along pointers in random order: the latency of a load") {
        { try ChaseBench($0, $1) }
      },
      .init("peak", "multiply-adds in registers: this machine's arithmetic peak") {
        { try PeakBench($0, $1) }
      },
      .init("null", "an empty launch: what the thread pool costs") {
        { _, _ in NullBench() }
      },
      .init("wake", "an empty launch on sleeping workers: until the last of them has begun") {
        { try WakeBench($0, $1) }
      },
      .init("clock", "readings of the clock, one after the other") {
        { _, _ in ClockBench() }
      },
    ])
}
