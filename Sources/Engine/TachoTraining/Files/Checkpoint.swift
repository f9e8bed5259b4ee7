// SPDX-License-Identifier: Apache-2.0
import TachoKernels
import TachoModelFiles

/// A trainer's state in a file: everything that decides what comes next, bit for bit.
///
/// A GGUF file of its own architecture with the trained parameters and both moments in float32. It takes its name
/// only when it is whole, so that a run that is killed has the one before.
package enum Checkpoint {
  private static let architecture = "tacho-checkpoint"
  private static let names = ["parameters", "first_moments", "second_moments"]

  /// Writes the state of `trainer`.
  ///
  /// - Parameter identity: what the run is, for example a digest of its recipe; only the same is read back.
  package static func write(_ trainer: Trainer, identity: String, to path: String) throws {
    var metadata = GGUFMetadata()
    metadata["general.architecture"] = .string(architecture)
    metadata["tacho.checkpoint.version"] = .uint32(1)
    metadata["tacho.checkpoint.identity"] = .string(identity)
    metadata["tacho.checkpoint.step"] = .uint64(UInt64(trainer.step))
    if let loss = trainer.averageLoss {
      metadata["tacho.checkpoint.average_loss"] = .float64(loss)
    }
    var writer = GGUFWriter(metadata: metadata)
    for name in names {
      try writer.add(name, type: .f32, dimensions: [trainer.model.layout.trainedCount])
    }
    let sources = buffers(of: trainer)
    try writer.write(to: path) { entry, sink in
      guard let index = names.firstIndex(of: entry.name) else { return }
      try sink.write(
        UnsafeRawBufferPointer(start: sources[index], count: entry.byteCount), at: 0)
    }
  }

  /// Puts the state in the file at `path` into `trainer`.
  package static func read(into trainer: Trainer, identity: String, from path: String) throws {
    let file = try GGUFFile(path: path)
    guard try file.metadata.string("general.architecture") == architecture,
      try file.metadata.int("tacho.checkpoint.version") == 1
    else {
      throw TrainingError(.badFile, "\(path) is not a checkpoint that this version of Tacho wrote")
    }
    let found = try file.metadata.required("tacho.checkpoint.identity") { $0.string }
    guard found == identity else {
      throw TrainingError(
        .badFile,
        "\(path) belongs to another run (\(found.prefix(12)), this one is \(identity.prefix(12))): the "
          + "recipe has changed since; move the checkpoint away to begin anew")
    }
    let step = try file.metadata.required("tacho.checkpoint.step") { $0.int }
    let targets = buffers(of: trainer)
    let tensors = try names.map { name in
      guard let tensor = file.tensor(named: name), tensor.type == .f32,
        tensor.dimensions == [trainer.model.layout.trainedCount]
      else {
        throw TrainingError(
          .badFile,
          "\(path) has no tensor '\(name)' of \(trainer.model.layout.trainedCount) float32 numbers")
      }
      return tensor
    }
    for (tensor, target) in zip(tensors, targets) {
      UnsafeMutableRawBufferPointer(start: target, count: tensor.byteCount).copyBytes(
        from: file.bytes(of: tensor))
    }
    trainer.step = step
    trainer.averageLoss = try file.metadata.double("tacho.checkpoint.average_loss")
  }

  private static func buffers(of trainer: Trainer) -> [UnsafeMutablePointer<Float>] {
    [
      trainer.model.parameters.pointer, trainer.optimizer.first.pointer,
      trainer.optimizer.second.pointer,
    ]
  }
}
