// SPDX-License-Identifier: Apache-2.0

/// How the report looks: one page, light or dark as the reader's system asks, and on paper.
///
/// Series colours keep a contrast of at least 3:1 with the background in both modes and differ in
/// lightness; markers and dashes tell them apart without colour.
enum Stylesheet {
  static let text: StaticString = """
    :root {
      --paper: #ffffff; --ink: #16202b; --quiet: #5a6673; --line: #dfe4ea; --base: #8a95a1;
      --wash: #f5f7f9; --accent: #0b5cad; --ok: #1a7040; --bad: #b3261e; --open: #8a5a00;
      --s0: #0b5cad; --s1: #c2410c; --s2: #0f766e; --s3: #7e22ce;
      --s4: #a16207; --s5: #be185d; --s6: #334155; --s7: #4d7c0f;
      color-scheme: light dark;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #12171d; --ink: #e4e9ee; --quiet: #9aa6b2; --line: #2b343e; --base: #6b7785;
        --wash: #1a2129; --accent: #7ab7f5; --ok: #6cc592; --bad: #ff8f85; --open: #e5b45a;
        --s0: #6fb1f2; --s1: #f58a52; --s2: #4ec9b8; --s3: #c79bf2;
        --s4: #dcb24a; --s5: #f283b6; --s6: #b4c0cd; --s7: #a3cf5e;
      }
    }
    * { box-sizing: border-box; }
    html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
    @media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
    body {
      margin: 0; background: var(--paper); color: var(--ink);
      font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans',
        Arial, sans-serif;
    }
    main { max-width: 1120px; margin: 0 auto; padding: 40px 28px 80px; }
    .skip { position: absolute; left: -9999px; }
    .skip:focus { left: 12px; top: 8px; background: var(--paper); padding: 4px 8px; z-index: 3; }
    a { color: var(--accent); }
    h1, h2, h3 { line-height: 1.2; text-wrap: balance; overflow-wrap: anywhere; margin: 0; }
    h1 { font-size: 30px; font-weight: 650; letter-spacing: -0.015em; }
    section > h2 {
      font-size: 21px; font-weight: 650; letter-spacing: -0.01em;
      border-top: 2px solid var(--ink); padding-top: 10px; margin: 56px 0 18px;
    }
    h3 { font-size: 17px; font-weight: 650; }
    p { margin: 6px 0; }
    .quiet { color: var(--quiet); font-weight: 400; font-size: 13px; }
    .lead { font-size: 17px; color: var(--quiet); margin: 8px 0 22px; overflow-wrap: anywhere; }
    code, pre, .mono {
      font-family: ui-monospace, 'SF Mono', 'Cascadia Mono', Consolas, 'DejaVu Sans Mono', monospace;
      font-size: 12.5px;
    }
    code { overflow-wrap: anywhere; }
    pre {
      background: var(--wash); border: 1px solid var(--line); border-radius: 4px;
      padding: 10px 12px; margin: 6px 0 12px; overflow-x: auto; white-space: pre-wrap;
      overflow-wrap: anywhere; tab-size: 2;
    }
    pre.suite { max-height: 520px; overflow-y: auto; }
    nav {
      display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 26px 0 0; padding: 10px 0;
      border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); font-size: 13.5px;
    }
    nav a { text-decoration: none; overflow-wrap: anywhere; }
    nav a:hover { text-decoration: underline; }
    nav a.sub { color: var(--quiet); }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }

    .counts {
      list-style: none; display: flex; flex-wrap: wrap; gap: 6px 26px; padding: 0; margin: 0 0 22px;
      align-items: baseline; color: var(--quiet);
    }
    .counts strong {
      font-size: 22px; font-weight: 650; color: var(--ink); font-variant-numeric: tabular-nums;
    }
    .counts .ok strong { color: var(--ok); }
    .counts .bad, .counts .bad strong { color: var(--bad); }
    .counts .open strong { color: var(--open); }
    .findings {
      list-style: none; margin: 0 0 26px; padding: 0; display: grid; gap: 22px 32px;
      grid-template-columns: repeat(auto-fit, minmax(270px, 1fr));
    }
    .findings li { border-top: 3px solid var(--accent); padding-top: 10px; min-width: 0; }
    .findings li.unavailable { border-color: var(--line); }
    .findings h2 { font-size: 13px; font-weight: 600; color: var(--quiet); }
    .findings p { font-size: 14px; overflow-wrap: anywhere; }
    .findings .statement {
      font-size: 23px; font-weight: 650; line-height: 1.25; letter-spacing: -0.01em; margin: 2px 0 6px;
      font-variant-numeric: tabular-nums;
    }
    .findings .unavailable .statement { color: var(--quiet); font-weight: 500; }
    dl { margin: 0; }
    .sweeps { display: grid; gap: 12px 28px; grid-template-columns: 1fr; }
    .card { display: flex; flex-wrap: wrap; gap: 6px 28px; font-size: 13.5px; }
    .card.several { border-top: 1px solid var(--line); padding-top: 10px; }
    .card div { min-width: 0; max-width: 100%; }
    dt { color: var(--quiet); font-size: 12px; }
    dd { margin: 0; overflow-wrap: anywhere; }
    .facts { margin-bottom: 24px; }
    .facts dl { columns: 2; column-gap: 40px; font-size: 13.5px; margin-top: 8px; }
    .facts dl div {
      display: grid; grid-template-columns: minmax(110px, 36%) 1fr; gap: 12px;
      padding: 4px 0; border-bottom: 1px solid var(--line); break-inside: avoid;
    }
    .facts dt { font-size: 13px; overflow-wrap: anywhere; }

    .benchmark { margin: 0 0 52px; }
    .table-block + h3 { margin: 24px 0 8px; }
    .table-block > h3 { margin: 24px 0 8px; }
    .benchmark > h3 { font-size: 18px; margin-bottom: 12px; }
    .single { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 8px; }
    .big { font-size: 34px; font-weight: 650; font-variant-numeric: tabular-nums; }
    .big-unit { font-size: 17px; color: var(--quiet); }
    .figures {
      display: grid; gap: 0 36px;
      grid-template-columns: repeat(auto-fill, minmax(min(500px, 100%), 1fr));
    }
    .figures > * { min-width: 0; }
    .figures > .wide { grid-column: 1 / -1; }
    figure { margin: 18px 0 26px; break-inside: avoid; }
    figcaption { margin-bottom: 8px; overflow-wrap: anywhere; }
    figcaption .quiet { display: block; }
    figcaption strong { font-weight: 600; }
    .panel { max-width: 720px; }
    .panels {
      display: grid; gap: 16px 22px; grid-template-columns: repeat(auto-fill, minmax(min(260px, 100%), 1fr));
    }
    .panels > div { min-width: 0; }
    .panel-title { font-size: 13px; font-weight: 600; margin: 0 0 4px; overflow-wrap: anywhere; }
    .legend {
      list-style: none; padding: 0; margin: 0 0 10px; display: flex; flex-wrap: wrap;
      gap: 2px 20px; font-size: 13px;
    }
    .legend li { display: flex; align-items: center; gap: 6px; overflow-wrap: anywhere; }
    .swatch { flex: none; }

    svg.plot { display: block; max-width: 100%; height: auto; overflow: visible; }
    svg text { font-size: 12px; fill: var(--ink); font-variant-numeric: tabular-nums; }
    svg .axis text { fill: var(--quiet); }
    svg .axis .unit { fill: var(--ink); }
    svg .grid { stroke: var(--line); stroke-width: 1; fill: none; }
    svg .base { stroke: var(--base); stroke-width: 1; fill: none; }
    svg .tick { stroke: var(--base); stroke-width: 1; fill: none; }
    .s0 { --c: var(--s0); } .s1 { --c: var(--s1); } .s2 { --c: var(--s2); } .s3 { --c: var(--s3); }
    .s4 { --c: var(--s4); } .s5 { --c: var(--s5); } .s6 { --c: var(--s6); } .s7 { --c: var(--s7); }
    svg .line { stroke: var(--c); stroke-width: 2; fill: none; stroke-linejoin: round; }
    .s1 .line, .s1.swatch .line { stroke-dasharray: 7 3; }
    .s2 .line, .s2.swatch .line { stroke-dasharray: 2 3; }
    .s3 .line, .s3.swatch .line { stroke-dasharray: 9 3 2 3; }
    .s4 .line, .s4.swatch .line { stroke-dasharray: 4 2; }
    .s5 .line, .s5.swatch .line { stroke-dasharray: 12 4; }
    .s6 .line, .s6.swatch .line { stroke-dasharray: 6 2 2 2 2 2; }
    .s7 .line, .s7.swatch .line { stroke-dasharray: 1 2; }
    svg .mark { fill: var(--c); stroke: var(--paper); stroke-width: 1; }
    svg .band { fill: var(--c); fill-opacity: 0.13; stroke: none; }
    svg .whisker { stroke: var(--c); stroke-width: 1.25; fill: none; }
    svg .bar { fill: var(--c); fill-opacity: 0.72; stroke: var(--c); stroke-width: 1; }
    svg .on-bar { stroke: var(--ink); stroke-width: 1.25; }
    svg .bar-name { font-size: 11px; fill: var(--quiet); }
    svg .bar-text { font-size: 11px; }
    svg .missing { fill: var(--bad); }
    svg .leader { stroke: var(--base); stroke-width: 0.75; fill: none; }
    svg .gap path { stroke: var(--bad); stroke-width: 2; fill: none; }
    svg .point { cursor: default; }
    svg .point:hover .mark, svg .point:focus .mark { stroke: var(--ink); stroke-width: 2; }
    svg .point:hover .bar, svg .point:focus .bar { fill-opacity: 1; }
    svg .dot { fill: var(--c); stroke: var(--c); stroke-width: 1; fill-opacity: 0.75; }
    svg .hollow { fill: none; }
    svg .flag { stroke: var(--bad); stroke-width: 1.5; fill: none; }
    .v-pass { --c: var(--ok); } .v-fail { --c: var(--bad); } .v-open { --c: var(--open); }
    .v-note { --c: var(--s3); } .v-none { --c: var(--base); }
    svg .open-mark { fill: var(--paper); stroke: var(--c); stroke-width: 1.75; }
    svg .limit { stroke: var(--c); stroke-width: 1.25; fill: none; stroke-dasharray: 3 3; }
    svg .limit.last { stroke-dasharray: 8 3; }
    svg .zero { stroke: var(--ink); stroke-width: 1; fill: none; }
    svg .row-text { font-size: 11.5px; fill: var(--quiet); }
    .forest { max-width: 980px; }
    .why { list-style: none; padding: 0; margin: 0 0 22px; }
    .why li { padding: 9px 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
    .why p { max-width: 860px; }
    .verdict-word { font-weight: 650; color: var(--c); }
    #tip {
      position: fixed; z-index: 2; max-width: 340px; background: var(--ink); color: var(--paper);
      font-size: 12.5px; line-height: 1.4; padding: 6px 9px; border-radius: 4px;
      pointer-events: none; font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
    }
    #tip[hidden] { display: none; }

    .scroll { overflow-x: auto; max-height: 640px; overflow-y: auto; }
    table { border-collapse: collapse; font-size: 13.5px; min-width: 60%; }
    th, td { text-align: left; padding: 5px 14px 5px 0; vertical-align: top; }
    th { font-weight: 600; white-space: nowrap; }
    thead th {
      border-bottom: 1px solid var(--ink); position: sticky; top: 0; background: var(--paper);
    }
    tbody td { border-bottom: 1px solid var(--line); }
    tbody tr:hover td { background: var(--wash); }
    .num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
    .main { font-weight: 600; }
    .nowrap { white-space: nowrap; font-variant-numeric: tabular-nums; }
    .short { white-space: nowrap; }
    .long { min-width: 230px; overflow-wrap: anywhere; }
    .status { min-width: 150px; padding-left: 10px; padding-right: 4px; overflow-wrap: anywhere; }
    .state { font-weight: 600; }
    .state.ok { font-weight: 400; color: var(--quiet); }
    .state.bad { color: var(--bad); }
    .state.bad::before { content: '\\00d7\\00a0'; }
    .state.open { color: var(--open); }
    .reason { color: var(--quiet); font-size: 13px; overflow-wrap: anywhere; }
    .failed .reason { color: var(--ink); }
    .badge {
      display: inline-block; font-size: 11.5px; line-height: 1.5; padding: 0 6px;
      border: 1px solid var(--base); border-radius: 3px; color: var(--quiet); white-space: nowrap;
    }
    .badge.warn { border-color: var(--open); color: var(--open); }
    .definitions td:last-child { max-width: 620px; }
    button {
      font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer;
    }
    button.sort { font-weight: 600; text-align: inherit; }
    button.sort::after { content: '\\2195'; color: var(--base); padding-left: 3px; font-size: 11px; }
    [aria-sort=ascending] button.sort::after { content: '\\2191'; color: var(--ink); }
    [aria-sort=descending] button.sort::after { content: '\\2193'; color: var(--ink); }
    button.copy {
      font-size: 12.5px; color: var(--accent); border: 1px solid var(--line); border-radius: 4px;
      padding: 2px 9px; margin: 0 0 8px;
    }
    button.copy:hover { border-color: var(--accent); }
    details { margin: 10px 0; }
    summary { cursor: pointer; color: var(--accent); width: fit-content; font-size: 14px; }
    details > *:not(summary) { margin-left: 0; }
    .failures { list-style: none; padding: 0; margin: 0 0 18px; }
    .failures li { padding: 9px 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
    .strips { margin-top: 12px; }
    .strip-row {
      display: grid; grid-template-columns: minmax(0, 1fr) 300px 210px; gap: 4px 18px;
      align-items: center; border-bottom: 1px solid var(--line); padding: 5px 0;
      break-inside: avoid; font-size: 13px;
    }
    .strip-name span { display: block; overflow-wrap: anywhere; }
    .strip-range { font-variant-numeric: tabular-nums; }
    @media (max-width: 760px) {
      main { padding: 24px 16px 60px; }
      h1 { font-size: 25px; }
      .facts dl { columns: 1; }
      .strip-row { grid-template-columns: minmax(0, 1fr); }
    }
    @media print {
      :root {
        --paper: #ffffff; --ink: #000000; --quiet: #4a4a4a; --line: #cccccc; --wash: #ffffff;
        --base: #777777;
      }
      main { max-width: none; padding: 0; }
      nav, button.copy, .skip, #tip { display: none; }
      button.sort::after { content: ''; }
      .scroll { max-height: none; overflow: visible; }
      thead { display: table-header-group; }
      thead th { position: static; }
      tr, figure, .findings li { break-inside: avoid; }
      section > h2, h3, figcaption { break-after: avoid; }
      body { font-size: 11pt; }
      table { font-size: 9pt; min-width: 0; }
      .status { min-width: 0; }
      .short, th { white-space: normal; }
      a { color: inherit; text-decoration: none; }
    }
    """
}
