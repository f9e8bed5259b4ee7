// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoTasks

/// The sections of a recipe, one function each.
extension TrainingRecipe {
  static func shape(_ section: RecipeReader) throws -> TrainingShape {
    var section = section
    let heads = try section.requiredInt("heads")
    let width = try section.requiredInt("width")
    guard heads > 0 else { throw TrainingError(.badRecipe, "model.heads is \(heads)") }
    var shape = TrainingShape(
      vocabulary: ByteVocabulary.size, width: width, layers: try section.requiredInt("layers"),
      heads: heads, kvHeads: try section.int("kv_heads") ?? heads,
      headDimension: try section.int("head_dim") ?? width / heads,
      feedForward: try section.requiredInt("ffn"),
      contextLength: try section.int("context") ?? 512)
    shape.channel = try section.choice("channel", TrainingShape.Channel.self) ?? .swiglu
    shape.experts = try section.int("experts") ?? 0
    shape.expertsPerToken = try section.int("experts_per_token") ?? 0
    shape.ropeBase = try section.double("rope_base") ?? 10_000
    shape.normEpsilon = try section.double("norm_epsilon") ?? 1e-5
    shape.isTied = try section.flag("tied") ?? true
    shape.exits = try section.ints("exits") ?? []
    shape.hasExitNorms = try section.flag("exit_norms") ?? false
    try section.finish()
    try shape.validate()
    return shape
  }

  static func adapters(_ section: RecipeReader) throws -> (base: String, settings: AdapterSettings)
  {
    var section = section
    let base = try section.requiredText("base")
    let rank = try section.int("rank") ?? 8
    let settings = AdapterSettings(
      rank: rank, alpha: try section.double("alpha") ?? Double(2 * rank),
      targets: try section.choices("targets", AdapterSettings.Target.self) ?? [.query, .value])
    try section.finish()
    return (base, settings)
  }

  static func entry(_ section: RecipeReader) throws -> Entry {
    var section = section
    let task = try section.requiredText("task")
    let label = try section.text("label") ?? task
    let weight = try section.double("weight") ?? 1
    var dials = Configuration()
    if var given = try section.section("dials") { dials = try given.values(prefixed: task + ".") }
    try section.finish()
    do {
      return Entry(label: label, family: try TaskFamilies.make(task, dials), weight: weight)
    } catch {
      throw TrainingError(.badRecipe, "\(section.file): \(section.prefix.dropLast()): \(error)")
    }
  }

  static func settings(_ section: RecipeReader) throws -> (
    settings: TrainingSettings, teacher: String?
  ) {
    var section = section
    var settings = TrainingSettings()
    settings.seed = UInt64(clamping: try section.int("seed") ?? 1)
    settings.steps = try section.requiredInt("steps")
    settings.batchTokens = try section.int("batch_tokens") ?? settings.batchTokens
    settings.longest = try section.int("sequence_tokens") ?? settings.longest
    settings.batches = try section.int("batches") ?? settings.batches
    settings.shards = try section.int("shards") ?? min(2, settings.batches)
    settings.learningRate = try section.double("learning_rate") ?? settings.learningRate
    settings.finalRate = try section.double("final_rate") ?? settings.finalRate
    settings.warmup = try section.int("warmup") ?? min(settings.warmup, settings.steps)
    settings.beta1 = try section.double("beta1") ?? settings.beta1
    settings.beta2 = try section.double("beta2") ?? settings.beta2
    settings.epsilon = try section.double("epsilon") ?? settings.epsilon
    settings.weightDecay = try section.double("weight_decay") ?? settings.weightDecay
    settings.clip = try section.double("clip") ?? settings.clip
    settings.exitWeights = try section.doubles("exit_weights") ?? []
    settings.layerDropout = try section.double("layer_dropout") ?? 0
    settings.balance = try section.double("balance") ?? settings.balance
    settings.distillation = try section.double("distillation") ?? 0
    settings.temperature = try section.double("temperature") ?? 1
    let teacher = try section.text("teacher")
    try section.finish()
    return (settings, teacher)
  }
}
