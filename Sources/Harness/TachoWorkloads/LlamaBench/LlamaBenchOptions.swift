// SPDX-License-Identifier: Apache-2.0

/// Which options a llama-bench has, told from the text of its `--help`: forks and older versions differ.
struct LlamaBenchOptions {
  private let names: Set<Substring>

  /// Nil when the text is not the help of a llama-bench.
  init?(help: String) {
    var names: Set<Substring> = []
    for line in help.split(whereSeparator: \.isNewline) {
      let words = line.split(whereSeparator: { $0 == " " || $0 == "," || $0 == "\t" })
      // The names an option has stand at the beginning of its line.
      names.formUnion(words.prefix { $0.hasPrefix("-") })
    }
    guard names.isSuperset(of: ["-m", "-p", "-n", "-r", "-o", "-t"]) else { return nil }
    self.names = names
  }

  func has(_ name: String) -> Bool { names.contains(Substring(name)) }
}
