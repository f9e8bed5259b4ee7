// SPDX-License-Identifier: Apache-2.0
import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// A rendered report, parsed as XML: parsing fails when the markup is not well-formed.
final class ReportDocument: NSObject, XMLParserDelegate {
  struct Element {
    var name: String
    var attributes: [String: String]
    /// All text within it, at any depth.
    var text = ""
  }

  private(set) var elements: [Element] = []
  private(set) var problem: String?
  private var open: [Int] = []

  init(_ markup: String) {
    super.init()
    let parser = XMLParser(data: Data(markup.utf8))
    parser.delegate = self
    if !parser.parse() {
      let line = markup.split(separator: "\n", omittingEmptySubsequences: false)
      let at = parser.lineNumber > 0 && parser.lineNumber <= line.count ? parser.lineNumber - 1 : 0
      let column = max(0, parser.columnNumber - 80)
      problem =
        "line \(parser.lineNumber), column \(parser.columnNumber): "
        + String(line[at].dropFirst(column).prefix(160))
    }
  }

  func all(_ name: String, class wanted: String? = nil) -> [Element] {
    elements.filter { element in
      guard element.name == name else { return false }
      guard let wanted else { return true }
      return (element.attributes["class"] ?? "").split(separator: " ").contains(Substring(wanted))
    }
  }

  func parser(
    _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    open.append(elements.count)
    elements.append(Element(name: elementName, attributes: attributes))
  }

  func parser(
    _ parser: XMLParser, didEndElement elementName: String, namespaceURI: String?,
    qualifiedName: String?
  ) {
    if let closed = open.popLast(), let parent = open.last,
      !["html", "body", "main", "section", "article"].contains(elements[parent].name)
    {
      elements[parent].text += elements[closed].text
    }
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    if let current = open.last { elements[current].text += text }
  }
}
