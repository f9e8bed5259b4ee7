// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoEngine
import TachoKernels
import TachoModelFiles
import TachoRecord
import TachoTokenizers

/// A model loaded and ready to run, and what results say about it.
final class PreparedEngine {
  let transformer: Transformer
  let store: KVStore
  private let path: String
  private let reference: ModelReference
  private let fileFacts: [String: ConfigurationValue]
  private let loadSeconds: Double

  /// Makes a synthetic model first if the cache does not have it.
  init(_ configuration: Configuration) throws {
    reference = try ModelReference(configuration)
    path = try reference.resolve()
    fileFacts = try ModelReference.fileFacts(path)
    let began = MonotonicClock.now()
    let model = try ModelLoader.load(path: path)
    transformer = try Transformer(model, try EngineConfiguration(configuration))
    loadSeconds = Double(MonotonicClock.now() - began) / 1e9
    store = transformer.makeStore()
  }

  /// The tokenizer of the model's file.
  func tokenizer() throws -> any Tokenizer { try Tokenizers.load(modelPath: path) }

  /// The tokens that end an answer.
  func endTokens() throws -> Set<Int32> {
    let tokenizer = try tokenizer()
    return Set(
      (0..<Int32(transformer.model.embedding.rows)).filter { tokenizer.isEndOfGeneration($0) })
  }

  var facts: [String: ConfigurationValue] {
    var facts = reference.facts
    facts.merge(fileFacts) { $1 }
    facts["model.name"] = .string(transformer.model.configuration.name)
    facts["model.architecture"] = .string(transformer.model.configuration.architecture)
    facts["model.weight_bytes_per_pass"] = .int(transformer.model.weightBytesPerPass)
    facts["model.load_seconds"] = .double(loadSeconds)
    facts["weights.repack_seconds"] = .double(Double(transformer.repacking.nanoseconds) / 1e9)
    facts["weights.repacked_bytes"] = .int(transformer.repacking.bytes)
    if let omission = transformer.repacking.omission {
      facts["weights.repack_omission"] = .string(omission)
    }
    facts["engine.isa"] = .string(transformer.compute.kernels.isa.name)
    facts["engine.threads"] = .int(transformer.compute.pool.threads)
    facts.merge(transformer.compute.pool.placementFacts) { $1 }
    facts["engine.arithmetic"] = .string(
      ModelArithmetic.most(of: transformer.model, transformer.configuration).rawValue)
    facts[OperationWork.fact] = OperationWork.value(
      OperationWork.all(of: transformer.model, transformer.configuration))
    facts["engine.batch_rows"] = .int(transformer.configuration.batchRows)
    facts["kv.format"] = .string(transformer.configuration.kvFormat.rawValue)
    facts["kv.bytes_per_token"] = .int(store.layouts.reduce(0) { $0 + $1.tokenBytes })
    return facts
  }
}
