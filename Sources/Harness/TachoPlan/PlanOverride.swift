// SPDX-License-Identifier: Apache-2.0
package import TachoSuite

/// One `--set path=value` of the command line.
package struct PlanOverride: Sendable, Hashable {
  package var path: String
  package var text: String

  package init(path: String, text: String) {
    self.path = path
    self.text = text
  }

  /// Cuts `path=value` at the first `=`.
  package init(argument: String) throws(SuiteError) {
    guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else {
      throw SuiteError(
        SourcePosition(file: "--set"),
        "'\(argument)' is not path=value; write for example --set engine.threads=2")
    }
    path = String(argument[..<equals])
    text = String(argument[argument.index(after: equals)...])
  }

  var position: SourcePosition { SourcePosition(file: "--set \(path)=\(text)") }
}
