// SPDX-License-Identifier: Apache-2.0
import TachoTasks

/// Where each tensor lies in one flat array of parameters.
///
/// What is trained comes first, so that gradients and moments are arrays of its length. Tensors that meet the
/// same input stand one after another (queries, keys, values; gate, up), so that one product serves them.
package struct ParameterLayout: Sendable, Equatable {
  /// A tensor: its GGUF name, place and shape, rows outermost.
  package struct Tensor: Sendable, Equatable {
    package let name: String
    package let offset: Int
    package let shape: [Int]
    /// How it begins.
    let filling: Filling

    package var count: Int { shape.reduce(1, *) }
    /// Weight decay is for matrices; norms are left alone.
    package var decays: Bool { shape.count > 1 }
  }

  enum Filling: Sendable, Equatable {
    case normal(deviation: Double)
    case constant(Double)
  }

  /// Places of a layer's tensors.
  struct Layer: Sendable, Equatable {
    var attentionNorm = 0
    var mixed = Projection()
    var output = Projection()
    var feedForwardNorm = 0
    var router = 0
    /// Gate and up, or up alone, of a dense layer.
    var hidden = Projection()
    var down = Projection()
    /// The experts' gates, ways up and ways down, one expert after another.
    var gates = 0
    var ups = 0
    var downs = 0
  }

  package let shape: TrainingShape
  package let adapters: AdapterSettings?
  package private(set) var tensors: [Tensor] = []
  /// All elements, and those of them that are trained.
  package private(set) var count = 0
  package private(set) var trainedCount = 0
  private(set) var embedding = 0
  private(set) var layers: [Layer] = []
  private(set) var exitNorms: [Int] = []
  private(set) var outputNorm = 0
  private(set) var output = 0

  /// The layout of a model that is trained whole, or of one whose `adapters` are.
  package init(_ shape: TrainingShape, adapters: AdapterSettings? = nil) throws {
    try shape.validate()
    self.shape = shape
    self.adapters = adapters
    layers = .init(repeating: Layer(), count: shape.layers)
    if let adapters {
      try adapters.validate(for: shape)
      for index in layers.indices { addAdapters(adapters, layer: index) }
      trainedCount = count
    }
    embedding = add("token_embd.weight", [shape.vocabulary, shape.width], deviation: 0.02)
    for index in layers.indices { addLayer(index) }
    exitNorms = shape.exits.map { exit in
      shape.hasExitNorms ? addNorm("blk.\(exit - 1).exit_norm.weight") : -1
    }
    outputNorm = addNorm("output_norm.weight")
    exitNorms = exitNorms.map { $0 < 0 ? outputNorm : $0 }
    output =
      shape.isTied
      ? embedding : add("output.weight", [shape.vocabulary, shape.width], deviation: 0.02)
    if adapters == nil { trainedCount = count }
  }

  /// Whether gradients go to the tensor at this place.
  func isTrained(_ offset: Int) -> Bool { offset < trainedCount }

  private mutating func addLayer(_ index: Int) {
    let (width, heads, keys) = (shape.width, shape.queryWidth, shape.keyWidth)
    // Ways back into the residual stream begin smaller, by the number of them (Radford and others 2019).
    let ways = (2 * Double(shape.layers)).squareRoot()
    func scale(_ columns: Int) -> Double { 1 / Double(columns).squareRoot() }
    func name(_ part: String) -> String { "blk.\(index).\(part).weight" }
    var layer = layers[index]
    layer.attentionNorm = addNorm(name("attn_norm"))
    layer.mixed.offset = add(name("attn_q"), [heads, width], deviation: scale(width))
    _ = add(name("attn_k"), [keys, width], deviation: scale(width))
    _ = add(name("attn_v"), [keys, width], deviation: scale(width))
    layer.output.offset = add(name("attn_output"), [width, heads], deviation: scale(heads) / ways)
    layer.feedForwardNorm = addNorm(name("ffn_norm"))
    let hidden = shape.feedForward
    if shape.experts > 0 {
      layer.router = add(name("ffn_gate_inp"), [shape.experts, width], deviation: 0.02)
      if shape.channel.isGated {
        layer.gates = add(
          name("ffn_gate_exps"), [shape.experts, hidden, width], deviation: scale(width))
      }
      layer.ups = add(name("ffn_up_exps"), [shape.experts, hidden, width], deviation: scale(width))
      layer.downs = add(
        name("ffn_down_exps"), [shape.experts, width, hidden], deviation: scale(hidden) / ways)
    } else {
      layer.hidden.offset = count
      if shape.channel.isGated {
        _ = add(name("ffn_gate"), [hidden, width], deviation: scale(width))
      }
      _ = add(name("ffn_up"), [hidden, width], deviation: scale(width))
      layer.down.offset = add(name("ffn_down"), [width, hidden], deviation: scale(hidden) / ways)
    }
    layers[index] = layer
  }

  private mutating func addAdapters(_ settings: AdapterSettings, layer index: Int) {
    for target in settings.targets {
      let (rows, columns, first) = target.extent(in: shape)
      let name = "blk.\(index).\(target.tensor)"
      let adapter = Adapter(
        down: add(
          "\(name).lora_a", [settings.rank, columns],
          deviation: 1 / Double(columns).squareRoot()),
        up: addZeros("\(name).lora_b", [rows, settings.rank]), rank: settings.rank,
        scale: settings.alpha / Double(settings.rank), first: first, rows: rows)
      switch target {
      case .query, .key, .value: layers[index].mixed.adapters.append(adapter)
      case .attentionOutput: layers[index].output.adapters.append(adapter)
      case .gate, .up: layers[index].hidden.adapters.append(adapter)
      case .down: layers[index].down.adapters.append(adapter)
      }
    }
  }

  private mutating func add(_ name: String, _ shape: [Int], deviation: Double) -> Int {
    add(name, shape, .normal(deviation: deviation))
  }

  private mutating func addNorm(_ name: String) -> Int { add(name, [shape.width], .constant(1)) }

  private mutating func addZeros(_ name: String, _ shape: [Int]) -> Int {
    add(name, shape, .constant(0))
  }

  private mutating func add(_ name: String, _ shape: [Int], _ filling: Filling) -> Int {
    let tensor = Tensor(name: name, offset: count, shape: shape, filling: filling)
    tensors.append(tensor)
    count += tensor.count
    return tensor.offset
  }

  package func tensor(named name: String) -> Tensor? { tensors.first { $0.name == name } }

  /// Fills `parameters` (`count` of them) with random matrices and plain norms; the numbers depend on the seed
  /// and each tensor's name alone.
  package func initialize<Scalar: TrainingScalar>(
    _ parameters: UnsafeMutablePointer<Scalar>, seed: UInt64
  ) {
    for tensor in tensors {
      let target = parameters + tensor.offset
      switch tensor.filling {
      case .constant(let value):
        for index in 0..<tensor.count { target[index] = Scalar(value) }
      case .normal(let deviation):
        var random = CounterRandom(seed: seed, stream: tensor.name)
        for index in 0..<tensor.count { target[index] = Scalar(random.normal() * deviation) }
      }
    }
  }
}
