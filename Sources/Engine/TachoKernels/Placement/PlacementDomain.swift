// SPDX-License-Identifier: Apache-2.0

extension ThreadPlacement {
  /// What the cores of one placement share, nearest first.
  enum Scope: CaseIterable {
    case cache, node, package, machine

    var name: (ProcessorTopology.Core) -> String {
      switch self {
      case .cache: { $0.cache }
      case .node: { "\($0.node)" }
      case .package: { "\($0.package)" }
      case .machine: { _ in "" }
      }
    }

    func words(_ name: String) -> String {
      switch self {
      case .cache: "one cache domain (\(name))"
      case .node: "NUMA node \(name)"
      case .package: "package \(name)"
      case .machine: "the machine"
      }
    }
  }

  /// Cores that share something and could be taken, by ascending processor.
  struct Domain {
    let name: String
    let cores: [ProcessorTopology.Core]
    /// Busy shares of all its cores together.
    let load: Double

    /// The domain to take `wanted` cores of; nil when none has as many.
    ///
    /// One with a core to spare comes first, then the less busy one (in tenths of a core, for chance makes
    /// the rest), then the one with the lowest processor.
    static func best(of domains: [Domain], for wanted: Int) -> Domain? {
      domains.filter { $0.cores.count >= wanted && !$0.cores.isEmpty }.min { one, other in
        let spares = (one.cores.count > wanted, other.cores.count > wanted)
        if spares.0 != spares.1 { return spares.0 }
        let loads = (Int(one.load * 10), Int(other.load * 10))
        if loads.0 != loads.1 { return loads.0 < loads.1 }
        return one.cores[0].processors[0] < other.cores[0].processors[0]
      }
    }
  }
}
