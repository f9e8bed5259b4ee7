// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoRecord

/// The kinds and knobs the example suites may use, as the bridge declares them.
enum SampleKinds {
  static let formats = [
    "f32", "f16", "bf16", "q4_0", "q4_1", "q5_0", "q5_1", "q8_0", "q2_k", "q3_k", "q4_k", "q5_k",
    "q6_k",
  ]
  private static let isas = ["auto", "ref", "avx2", "avx512", "avx512bf16", "amx", "neon"]
  private static let kernelOps = [
    "gemv", "gemm", "openblas", "attention", "quantize", "read", "peak", "null",
  ]
  private static let counts = 0...1_048_576

  static let common: [Knob] = [
    Knob("engine.threads", .int(0...1024), default: 0, "Threads."),
    Knob("engine.isa", .choice(isas), default: "auto", "ISA."),
    Knob("engine.activations", .choice(["auto", "f32", "q8"]), default: "auto", "Activations."),
  ]

  private static let model: [Knob] = [
    Knob("model.path", .text, default: .null, "File."),
    Knob("model.synth.shape", .text, default: .null, "Shape."),
    Knob("model.synth.seed", .int(counts), default: 1, "Seed."),
    Knob("weights.format", .choice(formats), default: "q4_0", "Format."),
    Knob("weights.repack", .bool, default: true, "Repack."),
    Knob("engine.compute", .choice(["auto", "f32", "bf16"]), default: "auto", "Arithmetic."),
  ]

  private static let worker: [Knob] = [
    Knob("worker.kind", .choice(["native", "llama-bench"]), default: "native", "Program."),
    Knob("worker.variable", .text, default: "TACHO_LLAMA_BENCH", "Its variable."),
    Knob("worker.arguments", .text, default: "", "Its arguments."),
  ]

  static let load = BenchmarkKind(
    name: "load", summary: "A model's start.",
    knobs: common + model + [
      Knob("model.page_cache", .choice(["warm", "dropped"]), default: "warm", "Page cache."),
      Knob("workload.prompt_tokens", .int(1...1_048_576), default: 1, "Prompt."),
      Knob("workload.seed", .int(counts), default: 1, "Seed."),
    ])

  static let generate = BenchmarkKind(
    name: "generate", summary: "Prefill and decode.",
    knobs: common + model + worker + [
      Knob(
        "kv.format", .choice(["f16", "f32", "bf16", "q8_0", "q4_0"]), default: "f16", "KV format."),
      Knob("kv.page_tokens", .int(16...1024), default: 64, "Page."),
      Knob("engine.batch_rows", .int(1...8192), default: 512, "Rows."),
      Knob("workload.mode", .choice(["throughput", "request"]), default: "throughput", "Mode."),
      Knob("workload.prompt_tokens", .int(counts), default: 512, "Prompt."),
      Knob("workload.output_tokens", .int(counts), default: 128, "Output."),
      Knob("workload.depth", .int(counts), default: 0, "Depth."),
      Knob("workload.prompt", .text, default: "", "Text."),
      Knob("workload.prefix_hit", .double(0...1), default: 0.0, "Prefix hit."),
      Knob("workload.seed", .int(counts), default: 1, "Seed."),
      Knob("sampler.temperature", .double(0...10), default: 0.0, "Temperature."),
      Knob("sampler.top_k", .int(counts), default: 0, "Top k."),
      Knob("sampler.seed", .int(counts), default: 1, "Seed."),
    ],
    complaint: { configuration in
      let prompt = configuration["workload.prompt_tokens"]?.intValue ?? 512
      let output = configuration["workload.output_tokens"]?.intValue ?? 128
      return prompt == 0 && output == 0 ? "nothing to do: no prompt and no output" : nil
    })

  static let kernel = BenchmarkKind(
    name: "kernel", summary: "One kernel.",
    knobs: common + [
      Knob(
        "kernel.cache", .choice(["hot", "llc-flushed", "weights-cold"]), default: "hot", "Caches."),
      Knob("kernel.op", .choice(kernelOps), default: "gemv", "Operation."),
      Knob(
        "kv.format", .choice(["f16", "f32", "bf16", "q8_0", "q4_0"]), default: "f16", "KV format."),
      Knob("kernel.format", .choice(formats), default: "f32", "Format."),
      Knob("kernel.rows", .int(1...1_048_576), default: 4096, "Rows."),
      Knob("kernel.columns", .int(1...1_048_576), default: 4096, "Columns."),
      Knob("kernel.batch", .int(1...65536), default: 1, "Batch."),
      Knob("kernel.depth", .int(counts), default: 512, "Depth."),
      Knob("kernel.query_rows", .int(1...8192), default: 1, "Query rows."),
      Knob("kernel.heads", .int(1...1024), default: 32, "Heads."),
      Knob("kernel.kv_heads", .int(1...1024), default: 8, "KV heads."),
      Knob("kernel.arithmetic", .choice(["f32", "bf16", "int8"]), default: "f32", "Arithmetic."),
      Knob("kernel.openblas_coretype", .text, default: "auto", "OpenBLAS."),
      Knob("kernel.working_set_mib", .int(0...65536), default: 0, unit: "MiB", "Working set."),
    ])

  static let serve = BenchmarkKind(
    name: "serve", summary: "Requests under a load.",
    knobs: common + model + [
      Knob("workload.prompt_tokens", .int(counts), default: 0, "Prompt."),
      Knob("workload.output_tokens", .int(counts), default: 0, "Output."),
      Knob("load.arrival", .choice(["closed", "poisson"]), default: "closed", "Arrivals."),
      Knob("load.concurrency", .int(1...1024), default: 1, "Places."),
      Knob("load.rate", .double(0.001...1e6), default: 1.0, "Rate."),
      Knob("load.requests", .int(counts), default: 0, "Requests."),
      Knob("slo.ttft", .double(0...1e6), default: 0.0, unit: "s", "First token."),
      Knob("slo.tpot", .double(0...1e6), default: 0.0, unit: "s", "Pace."),
    ])

  static let all = [generate, load, serve, kernel]
}
