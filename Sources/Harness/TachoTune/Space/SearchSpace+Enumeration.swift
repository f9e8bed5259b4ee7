// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

extension SearchSpace {
  /// Combinations without regard to conditions and requirements; nil with a real range, infinite when
  /// they are too many for a Double.
  package var combinations: Double? {
    var product = 1.0
    for parameter in parameters {
      guard let count = parameter.count else { return nil }
      product *= Double(count)
    }
    return product
  }

  /// Every valid configuration in the order of the domains, the last parameter changing first.
  ///
  /// Nil when the space is not finite, has more than `limit`, or has so few among so many combinations
  /// that finding them takes more than `limit` * 50 steps. What a requirement excludes is left out as soon
  /// as the parameters it names have values.
  package func enumerated(limit: Int) -> [Configuration]? {
    guard combinations != nil else { return nil }
    var walk = Walk(space: self, limit: limit)
    walk.visit(0, Configuration())
    return walk.isExhausted ? walk.found : nil
  }

  private struct Walk {
    let space: SearchSpace
    let limit: Int
    /// The requirements that are settled once the parameter at this place of the order has its value.
    let settled: [[Expression]]
    var found: [Configuration] = []
    var steps = 0
    var isExhausted = true

    init(space: SearchSpace, limit: Int) {
      self.space = space
      self.limit = limit
      var settled = [[Expression]](repeating: [], count: space.order.count)
      for requirement in space.requirements {
        let last = space.order.lastIndex {
          requirement.names.contains(space.parameters[$0].path)
        }
        settled[last ?? 0].append(requirement)
      }
      self.settled = settled
    }

    /// At most as deep as there are parameters.
    mutating func visit(_ depth: Int, _ configuration: Configuration) {
      guard isExhausted else { return }
      guard depth < space.order.count else {
        if found.count == limit { isExhausted = false } else { found.append(configuration) }
        return
      }
      let place = space.order[depth]
      guard space.isActive(place, in: configuration) else {
        descend(depth, configuration)
        return
      }
      let parameter = space.parameters[place]
      for index in 0..<(parameter.count ?? 0) {
        var longer = configuration
        longer[parameter.path] = parameter.value(at: index)
        descend(depth, longer)
        if !isExhausted { return }
      }
    }

    private mutating func descend(_ depth: Int, _ configuration: Configuration) {
      steps += 1
      // In Double: a limit may be the largest Int.
      guard Double(steps) <= Double(limit) * 50 + 1000 else {
        isExhausted = false
        return
      }
      let isBroken = settled[depth].contains { requirement in
        requirement.holds { space.lookup($0, in: configuration) } == false
      }
      if !isBroken { visit(depth + 1, configuration) }
    }
  }
}
