// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import TachoReport

@Suite("HTML builder")
struct HTMLTests {
  @Test("Text and attribute values are escaped")
  func escapes() {
    let html = HTML("p", ["title": "\"a\" & 'b' <c>"]) { "<script>alert(1)</script> ]]> & é" }
    #expect(
      html.markup
        == "<p title=\"&quot;a&quot; &amp; &#39;b&#39; &lt;c&gt;\">"
        + "&lt;script&gt;alert(1)&lt;/script&gt; ]]&gt; &amp; é</p>")
  }

  @Test("Characters that XML cannot hold are replaced, whitespace stays")
  func controls() {
    #expect(
      HTML.escaped("a\u{0}b\u{1B}c\u{FFFE}\td\n\u{85}")
        == "a\u{FFFD}b\u{FFFD}c\u{FFFD}\td\n\u{FFFD}")
  }

  @Test("Void elements close themselves, empty ones do not; nil attributes vanish")
  func shapes() {
    #expect(HTML("br").markup == "<br/>")
    #expect(HTML("td", ["class": nil, "id": "x"]).markup == "<td id=\"x\"></td>")
  }

  @Test("Builder statements keep their order")
  func order() {
    let html = HTML("ul") {
      for index in 1...2 { HTML("li") { "\(index)" } }
      if isWanted(false) { "never" } else { "else" }
    }
    #expect(html.markup == "<ul><li>1</li><li>2</li>else</ul>")
  }

  private func isWanted(_ value: Bool) -> Bool { value }

  @Test("Style and script hold nothing that XML would read as markup")
  func literals() {
    for text in [Stylesheet.text.description, ReportScript.text.description] {
      #expect(!text.contains("<") && !text.contains("&"))
      #expect(!text.contains("http") && !text.contains("@import") && !text.contains("url("))
    }
  }
}
