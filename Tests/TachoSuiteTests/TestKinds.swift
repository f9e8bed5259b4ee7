// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoRecord

/// A few knobs of each type, to read suites against.
enum TestKinds {
  static let generate = BenchmarkKind(
    name: "generate", summary: "Prefill and decode.",
    knobs: [
      Knob("engine.threads", .int(0...1024), default: 0, "Threads."),
      Knob("model.path", .text, default: .null, "File."),
      Knob("model.synth.shape", .text, default: .null, "Shape."),
      Knob("model.synth.seed", .int(0...1000), default: 1, "Seed."),
      Knob("weights.format", .choice(["q4_0", "q4_k", "q8_0", "f16"]), default: "q4_0", "Format."),
      Knob("kv.format", .choice(["f16", "f32"]), default: "f16", "KV format."),
      Knob("workload.depth", .int(0...1_048_576), default: 0, "Depth."),
      Knob("workload.output_tokens", .int(0...1_048_576), default: 128, "Output."),
    ])

  static let kernel = BenchmarkKind(
    name: "kernel", summary: "One kernel.",
    knobs: [
      Knob("engine.threads", .int(0...1024), default: 0, "Threads."),
      Knob("kernel.op", .choice(["gemv", "copy", "null"]), default: "gemv", "Operation."),
    ])

  /// The units that a knob may have, and the spellings YAML 1.1 gives a meaning of their own.
  static let sized = BenchmarkKind(
    name: "sized", summary: "Typed by unit.",
    knobs: [
      Knob("io.block", .int(0...1 << 40), default: 0, unit: "bytes", "Block."),
      Knob("io.pause", .double(0...1000), default: 0.0, unit: "seconds", "Pause."),
      Knob("io.share", .double(0...1), default: 0.0, unit: "ratio", "Share."),
      Knob("io.direct", .bool, default: false, "Direct."),
      Knob("io.mode", .choice(["off", "on", "1:30", "1e3"]), default: "off", "Mode."),
      Knob("io.note", .text, default: "", "Note."),
    ])

  /// The knobs of the examples in the language reference.
  static let referenceGenerate = BenchmarkKind(
    name: "generate", summary: "Prefill and decode.",
    knobs: generate.knobs.filter { $0.path != "weights.format" } + [
      Knob(
        "weights.format", .choice(["f32", "f16", "q4_0", "q8_0"]), default: "q4_0", "Format."),
      Knob("workload.prompt_tokens", .int(0...1_048_576), default: 512, "Prompt."),
    ])

  static let all = [generate, kernel, sized]
}
