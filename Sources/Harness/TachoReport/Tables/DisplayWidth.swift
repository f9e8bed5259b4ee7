// SPDX-License-Identifier: Apache-2.0

/// How many terminal columns a text takes: wide for East Asian scripts and emoji, none for marks.
enum DisplayWidth {
  static func of(_ text: String) -> Int {
    text.reduce(0) { $0 + width($1) }
  }

  /// The text in at most this many columns, ending in `…` when it was cut; one line in any case.
  static func cut(_ text: String, to limit: Int) -> String {
    let line = oneLine(text)
    guard of(line) > limit else { return line }
    var kept = ""
    var used = 1
    for character in line {
      used += width(character)
      if used > limit { break }
      kept.append(character)
    }
    return limit > 0 ? kept + "…" : ""
  }

  /// Line breaks, tabs and escape characters become spaces, so that no text can move the cursor.
  static func oneLine(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
  }

  private static func width(_ character: Character) -> Int {
    character.unicodeScalars.first.map(columns) ?? 0
  }

  /// 0, 1 or 2.
  static func columns(of scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    if scalar.properties.isEmojiPresentation { return 2 }
    // Ranges of Unicode's East Asian Width property W and F, the scripts in use.
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}
