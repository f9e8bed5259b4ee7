// SPDX-License-Identifier: Apache-2.0
import TachoKernels

/// Chooses each matrix's type and remembers where the requested one did not fit.
struct FormatFallbacks {
  let requested: ElementType
  private var notes: [String] = []

  init(requested: ElementType) {
    self.requested = requested
  }

  /// The type for a matrix with rows of `rowLength`.
  mutating func type(for name: String, rowLength: Int) -> ElementType {
    let type = requested.fitting(rowLength: rowLength)
    if type != requested { notes.append("\(name): \(type.name)") }
    return type
  }

  /// Writes the requested format, and each tensor that has another one with the one it has.
  func record(in metadata: inout GGUFMetadata) {
    metadata["tacho.format"] = .string(requested.name)
    metadata["tacho.format.fallbacks"] =
      notes.isEmpty ? nil : .array(GGUFArray(strings: notes))
  }
}
