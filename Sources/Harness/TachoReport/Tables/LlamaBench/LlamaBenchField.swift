// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A field of llama-bench's output: its name, its type there, and its value here.
struct LlamaBenchField: Sendable {
  enum Kind: Sendable { case text, bool, integer, real }

  let name: String
  let kind: Kind
  let value: @Sendable (LlamaBenchRow) -> String

  private init(
    _ name: String, _ kind: Kind, _ value: @escaping @Sendable (LlamaBenchRow) -> String
  ) {
    self.name = name
    self.kind = kind
    self.value = value
  }

  /// In llama-bench's order.
  static let all: [LlamaBenchField] = [
    .init("build_commit", .text) { $0.buildCommit },
    .init("build_number", .integer) { String($0.buildNumber) },
    .init("cpu_info", .text) { $0.cpuInfo },
    .init("gpu_info", .text) { _ in "" },
    .init("backends", .text) { $0.backend },
    .init("model_filename", .text) { $0.modelFilename },
    .init("model_type", .text) { $0.modelType },
    .init("model_size", .integer) { String($0.modelSize) },
    .init("model_n_params", .integer) { String($0.modelParameters) },
    .init("n_batch", .integer) { String($0.batch) },
    .init("n_ubatch", .integer) { String($0.microbatch) },
    .init("n_threads", .integer) { String($0.threads) },
    .init("cpu_mask", .text) { _ in "0x0" },
    .init("cpu_strict", .bool) { _ in "0" },
    .init("poll", .integer) { _ in "50" },
    .init("type_k", .text) { $0.typeK },
    .init("type_v", .text) { $0.typeV },
    .init("n_gpu_layers", .integer) { _ in "0" },
    .init("n_cpu_moe", .integer) { _ in "0" },
    .init("split_mode", .text) { _ in "layer" },
    .init("main_gpu", .integer) { _ in "0" },
    .init("no_kv_offload", .bool) { _ in "0" },
    .init("flash_attn", .integer) { _ in "0" },
    .init("devices", .text) { _ in "auto" },
    .init("tensor_split", .text) { _ in "0.00" },
    .init("tensor_buft_overrides", .text) { _ in "none" },
    .init("use_mmap", .bool) { $0.usesMmap ? "1" : "0" },
    .init("load_mode", .text) { $0.usesMmap ? "mmap" : "none" },
    .init("embeddings", .bool) { _ in "0" },
    .init("no_op_offload", .integer) { _ in "0" },
    .init("no_host", .bool) { _ in "0" },
    .init("fit_target", .integer) { _ in "0" },
    .init("fit_min_ctx", .integer) { _ in "0" },
    .init("n_prompt", .integer) { String($0.promptTokens) },
    .init("n_gen", .integer) { String($0.outputTokens) },
    .init("n_depth", .integer) { String($0.depth) },
    .init("test_time", .text) { $0.testTime },
    .init("avg_ns", .integer) { String($0.averageNs) },
    .init("stddev_ns", .integer) { String($0.deviationNs) },
    .init("avg_ts", .real) { real($0.averageTs) },
    .init("stddev_ts", .real) { real($0.deviationTs) },
  ]

  /// Six decimals, as C++'s `std::to_string` writes a double.
  private static func real(_ value: Double) -> String {
    String(format: "%.6f", value.isFinite ? value : 0)
  }
}
