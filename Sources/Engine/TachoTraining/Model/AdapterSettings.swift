// SPDX-License-Identifier: Apache-2.0

/// Low-rank adapters beside a frozen model (LoRA, Hu and others 2021).
package struct AdapterSettings: Sendable, Equatable {
  /// A projection that can have one.
  package enum Target: String, Sendable, CaseIterable {
    case query, key, value, attentionOutput = "attention_output", gate, up, down

    /// The GGUF name of the tensor in its layer.
    var tensor: String {
      switch self {
      case .query: "attn_q.weight"
      case .key: "attn_k.weight"
      case .value: "attn_v.weight"
      case .attentionOutput: "attn_output.weight"
      case .gate: "ffn_gate.weight"
      case .up: "ffn_up.weight"
      case .down: "ffn_down.weight"
      }
    }

    /// Rows and columns of the tensor, and its first row in the joint product.
    func extent(in shape: TrainingShape) -> (rows: Int, columns: Int, first: Int) {
      switch self {
      case .query: (shape.queryWidth, shape.width, 0)
      case .key: (shape.keyWidth, shape.width, shape.queryWidth)
      case .value: (shape.keyWidth, shape.width, shape.queryWidth + shape.keyWidth)
      case .attentionOutput: (shape.width, shape.queryWidth, 0)
      case .gate: (shape.feedForward, shape.width, 0)
      case .up:
        (shape.feedForward, shape.width, shape.channel.isGated ? shape.feedForward : 0)
      case .down: (shape.width, shape.feedForward, 0)
      }
    }
  }

  /// Columns of the low-rank matrices.
  package var rank: Int
  /// What the adapter adds is multiplied by alpha / rank.
  package var alpha: Double
  package var targets: [Target]

  package init(rank: Int, alpha: Double, targets: [Target]) {
    self.rank = rank
    self.alpha = alpha
    self.targets = targets
  }

  func validate(for shape: TrainingShape) throws {
    guard rank >= 1, rank <= shape.width else {
      throw TrainingError(
        .badShape, "the adapters' rank is \(rank): 1 to \(shape.width) is possible")
    }
    guard !targets.isEmpty, Set(targets).count == targets.count else {
      throw TrainingError(.badShape, "adapters need one or more projections, each named once")
    }
    for target in targets {
      switch target {
      case .query, .key, .value, .attentionOutput: continue
      case .gate where !shape.channel.isGated:
        throw TrainingError(.badShape, "a \(shape.channel.rawValue) layer has no gate to adapt")
      case .gate, .up, .down:
        guard shape.experts == 0 else {
          throw TrainingError(
            .badShape,
            "experts cannot have adapters: choose among query, key, value, attention_output"
          )
        }
      }
    }
  }
}
