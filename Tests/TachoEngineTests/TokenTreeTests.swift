// SPDX-License-Identifier: Apache-2.0
import TachoEngine
import TachoKernels
import Testing

/// A tree of tokens in one batch: every node gets the logits of its path from the root.
@Suite struct TokenTreeTests {
  private struct Node {
    let token: Int32
    let parent: Int?
    let depth: Int
  }

  private func randomTree(_ count: Int, _ model: LoadedModel, _ random: inout RandomSource)
    -> [Node]
  {
    var nodes: [Node] = []
    for index in 0..<count {
      // Mostly deep, sometimes another root or an early branch.
      var parent: Int? = index == 0 ? nil : index - 1
      switch random.below(4) {
      case 0 where index > 0: parent = random.below(index)
      case 1 where random.below(6) == 0: parent = nil
      default: break
      }
      nodes.append(
        Node(
          token: model.tokens(1, using: &random)[0], parent: parent,
          depth: parent.map { nodes[$0].depth + 1 } ?? 0))
    }
    return nodes
  }

  private func path(to node: Int, _ nodes: [Node]) -> [Int32] {
    var path: [Int32] = []
    var current: Int? = node
    while let index = current {
      path.insert(nodes[index].token, at: 0)
      current = nodes[index].parent
    }
    return path
  }

  @Test(
    arguments: ["gguf/llama-f32.gguf", "hf/qwen3", "gguf/llama256-q4_k.gguf"],
    [(0, 9, 11), (5, 30, 12), (16, 64, 13), (37, 90, 14), (0, 130, 15)])
  func nodesSeeTheirPathOnly(_ name: String, _ sizes: (prefix: Int, count: Int, seed: UInt64))
    throws
  {
    let model = try LoadedModel(name) { $0.activations = .f32 }
    var random = RandomSource(seed: sizes.seed)
    let prefix = model.tokens(sizes.prefix, using: &random)
    let nodes = randomTree(sizes.count, model, &random)
    let base = try model.sequence(prefix)
    let tree = try model.store.fork(base)
    let other = model.tokens(8, using: &random)
    let neighbour = try model.sequence(other)
    // A linear sequence before the tree, so that rows and parents are offset.
    var batch = TokenBatch()
    batch.append([7, 8, 9], to: neighbour, at: other.count, wantsLogits: .none)
    for node in nodes {
      batch.append(
        TokenBatch.Row(
          token: node.token, position: prefix.count + node.depth, sequence: tree,
          parent: node.parent.map { $0 + 3 }, wantsLogits: true))
    }
    let logits = try model.run(batch)
    #expect(logits.count == nodes.count)
    for index in stride(from: 0, to: nodes.count, by: max(1, nodes.count / 24)) {
      let branch = try model.store.fork(base)
      let expected = try model.feed(path(to: index, nodes), to: branch)
      model.store.release(branch)
      let error = relativeError(logits[index], try #require(expected.last))
      #expect(error < 2e-5, "\(name) seed \(sizes.seed) node \(index) of \(nodes.count)")
    }
    // After the tree is rolled back, the sequence goes on as if it had never been.
    try model.store.rollback(tree, to: prefix.count)
    let tail = model.tokens(6, using: &random)
    #expect(try model.feed(tail, to: tree) == model.feed(tail, to: base))
  }

  /// A chain written as a tree of one branch beside a second root must equal the plain chain.
  @Test func siblingsDoNotSeeEachOther() throws {
    let model = try LoadedModel()
    let sequence = try model.sequence([5, 6, 7])
    var batch = TokenBatch()
    for token: Int32 in [10, 11, 10] {
      batch.append(
        TokenBatch.Row(
          token: token, position: 3, sequence: sequence, parent: nil, wantsLogits: true))
    }
    let logits = try model.run(batch)
    #expect(logits[0] == logits[2])
    #expect(logits[0] != logits[1])
  }
}
