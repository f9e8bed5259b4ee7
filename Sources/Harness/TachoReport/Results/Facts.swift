// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// Facts of a machine or a build, read by what their names say: recorders may name them differently.
package struct Facts: Sendable {
  package let values: [String: ConfigurationValue]

  package init(_ values: [String: ConfigurationValue]) {
    self.values = values
  }

  /// With a mark when the sources differed from the revision.
  package var revision: String? {
    let isChanged = values.contains { $0.key.hasSuffix("dirty") && $0.value.boolValue == true }
    return text(ofFirst: ["revision", "commit", "git"]).map {
      isChanged ? $0 + " with changes" : $0
    }
  }
  package var compiler: String? { text(ofFirst: ["swift", "compiler"]) }
  package var flags: String? { text(ofFirst: ["flags"]) }
  package var mode: String? { text(ofFirst: ["mode", "configuration", "optimization"]) }
  package var version: String? { text(ofFirst: ["version"]) }
  package var processor: String? { text(ofFirst: ["cpu.model", "cpu.name", "processor", "cpu"]) }
  package var cores: String? { text(ofFirst: ["cpu.logical", "cores", "cpus"]) }
  package var system: String? { text(ofFirst: ["os.name", "os", "distribution"]) }

  /// The value whose name is one of `words`, or has it as its last part, or holds it: in that order.
  private func text(ofFirst words: [String]) -> String? {
    let names = values.keys.sorted()
    for word in words {
      let name =
        names.first { $0 == word } ?? names.first { $0.hasSuffix("." + word) }
        ?? names.first { $0.contains(word) }
      if let name, let value = values[name], value != .null { return value.display }
    }
    return nil
  }
}
