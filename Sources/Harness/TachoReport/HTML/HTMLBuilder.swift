// SPDX-License-Identifier: Apache-2.0

/// Lets the content of an element be written as statements; strings become escaped text.
@resultBuilder
package enum HTMLBuilder {
  package static func buildExpression(_ text: String) -> HTML { HTML(text: text) }
  package static func buildExpression(_ html: HTML) -> HTML { html }
  package static func buildExpression(_ html: HTML?) -> HTML { html ?? HTML() }
  package static func buildBlock(_ parts: HTML...) -> HTML { joined(parts) }
  package static func buildArray(_ parts: [HTML]) -> HTML { joined(parts) }
  package static func buildOptional(_ part: HTML?) -> HTML { part ?? HTML() }
  package static func buildEither(first part: HTML) -> HTML { part }
  package static func buildEither(second part: HTML) -> HTML { part }

  private static func joined(_ parts: [HTML]) -> HTML {
    var result = HTML()
    for part in parts { result.append(part) }
    return result
  }
}
