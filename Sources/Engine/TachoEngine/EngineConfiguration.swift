// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog
package import TachoKernels

/// The engine's own knobs, resolved: how to compute, not what.
package struct EngineConfiguration: Sendable {
  /// Worker threads; 0 means one for each available processor.
  package var threads = 0
  /// Name of the instruction set, or nil for the best.
  package var isa: String?
  /// Kernels of this variant where there are any, or nil for the defaults.
  package var kernelVariant: String?
  package var activations = ActivationFormat.auto
  /// The arithmetic of products with float weights.
  package var floatArithmetic = FloatArithmetic.auto
  /// Most rows one forward pass takes; longer prompts are fed in pieces.
  package var batchRows = 512
  /// Nil chooses: f32 when activations are to stay in float32, else f16.
  package var requestedKVFormat: KVFormat?
  /// Tokens per KV page.
  package var pageTokens = 64
  /// Tokens of a long context that one attention call takes; 0 takes all.
  package var attentionPartTokens = AttentionLaunch.partTokens

  /// Whether quantised weights are repacked for the vector kernels when a model is loaded.
  package var repack = true

  /// Where worker threads run, chosen when this was made; nil leaves it to the system.
  package var placement: ThreadPlacement?
  /// Whether buffers may come in transparent huge pages.
  package var hugePages = HugePages.madvise

  /// Launches made slower on purpose, by what share of their time, and in every how manieth step.
  package var injectedOp: String?
  package var injectedRatio = 0.0
  package var injectedEvery = 1

  package init() {}

  /// The delay that these settings ask for, or nil.
  package var injectedDelay: InjectedDelay? {
    guard let injectedOp, injectedRatio > 0 else { return nil }
    return InjectedDelay(op: injectedOp, ratio: injectedRatio, every: injectedEvery)
  }

  /// The kernels these settings choose on this CPU.
  package func kernels() throws -> KernelTable {
    try KernelTable(isa: ISA.resolve(isa), variant: kernelVariant)
  }

  /// How keys and values are stored.
  package var kvFormat: KVFormat {
    get { requestedKVFormat ?? (activations == .f32 ? .f32 : .f16) }
    set { requestedKVFormat = newValue }
  }

  package static let knobs: [Knob] = [
    Knob(
      "engine.threads", .int(0...1024), default: 0,
      "Worker threads; 0 means one for each available processor."),
    Knob(
      "engine.placement", .choice(["none", "auto"]), default: "none",
      "none leaves threads where the system puts them; auto pins each to an idle core of one cache domain, off SMT "
        + "siblings and efficiency cores, and keeps a core free for the harness where there are more."
    ),
    Knob(
      "engine.huge_pages", .choice(HugePages.allCases.map(\.rawValue)),
      default: .string(HugePages.madvise.rawValue),
      "madvise asks for transparent huge pages for buffers of 2 MiB and more; never forbids them to the whole "
        + "process."),
    Knob(
      "engine.isa", .choice(["auto"] + ISA.allCases.map(\.name)), default: "auto",
      "Instruction set of the kernels."),
    Knob(
      "engine.kernel_variant", .text, default: "",
      "Prefer kernels of this variant (tacho list kernels) over the instruction set's default."),
    Knob(
      "engine.activations", .choice(ActivationFormat.allCases.map(\.rawValue)), default: "auto",
      "What inputs of matrix products are rounded to: auto is int8 for quantised weights."),
    Knob(
      "weights.repack", .bool, default: true,
      "Repack quantised weights for the vector kernels at load: faster, for memory of their size."),
    Knob(
      "engine.compute", .choice(FloatArithmetic.allCases.map(\.rawValue)), default: "auto",
      "Arithmetic of products with float weights: auto is f32, bf16 rounds both sides; no effect on "
        + "quantised weights."),
    Knob(
      "engine.batch_rows", .int(1...8192), default: 512, unit: "tokens",
      "Most rows of one forward pass; longer prompts are fed in pieces."),
    Knob(
      "kv.format", .choice(["auto"] + KVFormat.allCases.map(\.rawValue)), default: "auto",
      "How keys and values are stored: auto is f16, or f32 where engine.activations is f32."),
    Knob(
      "kv.page_tokens", .int(16...1024), default: 64, unit: "tokens",
      "Tokens per KV page, a multiple of 16."),
    Knob(
      "engine.attention_part_tokens", .int(0...(1 << 20)),
      default: .int(AttentionLaunch.partTokens),
      unit: "tokens",
      "Decoding reads a longer context in parts of so many tokens, each on any thread; 0 in one."),
    Knob(
      "inject.op", .text, default: "",
      "Kernel launches to make slower on purpose, to show that the measurement sees it: a name such "
        + "as matmul.down, or the part of it before a dot."),
    Knob(
      "inject.ratio", .double(0...10), default: 0.0,
      "By how much of their own time launches of inject.op wait; 0.05 is 5%."),
    Knob(
      "inject.every", .int(1...1_000_000), default: 1,
      "Inject in every so manieth forward pass: 2 leaves every other one as it is."),
  ]

  /// Reads the paths above; others are ignored.
  ///
  /// With `engine.placement: auto` it watches the processors for a fifth of a second.
  package init(_ configuration: Configuration) throws {
    self.init()
    var placed = false
    for knob in Self.knobs {
      guard let given = configuration[knob.path] else { continue }
      guard let value = knob.normalized(given) else {
        throw EngineError(
          .badConfiguration, "\(knob.path) is \(given.display): it must be \(knob.expectation)")
      }
      switch knob.path {
      case "engine.threads": threads = value.intValue ?? threads
      case "engine.placement": placed = value.stringValue == "auto"
      case "engine.huge_pages":
        hugePages = value.stringValue.flatMap(HugePages.init) ?? hugePages
      case "engine.isa": isa = value.stringValue == "auto" ? nil : value.stringValue
      case "engine.kernel_variant":
        kernelVariant = value.stringValue.flatMap { $0.isEmpty ? nil : $0 }
      case "engine.activations":
        activations = value.stringValue.flatMap(ActivationFormat.init) ?? activations
      case "weights.repack": repack = value.boolValue ?? repack
      case "engine.compute":
        floatArithmetic = value.stringValue.flatMap(FloatArithmetic.init) ?? floatArithmetic
      case "engine.batch_rows": batchRows = value.intValue ?? batchRows
      case "kv.format": requestedKVFormat = value.stringValue.flatMap(KVFormat.init)
      case "engine.attention_part_tokens":
        attentionPartTokens = value.intValue ?? attentionPartTokens
      case "inject.op": injectedOp = value.stringValue.flatMap { $0.isEmpty ? nil : $0 }
      case "inject.ratio": injectedRatio = value.doubleValue ?? injectedRatio
      case "inject.every": injectedEvery = value.intValue ?? injectedEvery
      case "kv.page_tokens": pageTokens = value.intValue ?? pageTokens
      default: break
      }
    }
    guard pageTokens % 16 == 0 else {
      throw EngineError(
        .badConfiguration, "kv.page_tokens is \(pageTokens): it must be a multiple of 16")
    }
    if placed {
      let chosen = ThreadPlacement.auto(threads: threads)
      if threads == 0, !chosen.processors.isEmpty { threads = chosen.processors.count }
      placement = chosen
    }
  }
}
