// SPDX-License-Identifier: Apache-2.0

/// What the page does beyond showing itself: sorting, copying and tooltips for the keyboard.
///
/// The report is complete without it. The text avoids `<` and `&` so that the page stays well-formed
/// XML.
enum ReportScript {
  static let text: StaticString = """
    'use strict';
    (() => {
      const value = (row, column) => {
        const cell = row.cells[column];
        return cell.dataset.value === undefined ? cell.textContent.trim() : cell.dataset.value;
      };
      const compare = (a, b) => {
        if (a === b) return 0;
        if (a === '' || a === '–') return 1;
        if (b === '' || b === '–') return -1;
        const x = Number(a), y = Number(b);
        if (Number.isNaN(x) || Number.isNaN(y)) return a.localeCompare(b, undefined, {numeric: true});
        return x - y;
      };
      const sort = (table, column, heading) => {
        const falling = heading.getAttribute('aria-sort') === 'ascending';
        for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
        heading.setAttribute('aria-sort', falling ? 'descending' : 'ascending');
        const body = table.tBodies[0];
        const rows = Array.from(body.rows).map((row) => [value(row, column), row]);
        const empty = (text) => text === '' || text === '–';
        rows.sort((a, b) => {
          const order = compare(a[0], b[0]);
          return falling ? (empty(a[0]) || empty(b[0]) ? order : -order) : order;
        });
        body.append(...rows.map((pair) => pair[1]));
      };
      const quote = (text) => /[",\\r\\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
      const csv = (table) => {
        const name = (cell) => cell.dataset.name || cell.textContent.trim();
        const lines = [Array.from(table.tHead.rows[0].cells).map((cell) => quote(name(cell)))];
        for (const row of table.tBodies[0].rows) {
          lines.push(Array.from(row.cells).map((cell, index) => {
            const text = value(row, index);
            return quote(text === '–' ? '' : text);
          }));
        }
        return lines.map((line) => line.join(',')).join('\\n') + '\\n';
      };
      const copy = async (text) => {
        try {
          await navigator.clipboard.writeText(text);
          return true;
        } catch (error) {
          const area = document.createElement('textarea');
          area.value = text;
          document.body.append(area);
          area.select();
          const done = document.execCommand('copy');
          area.remove();
          return done;
        }
      };
      for (const table of document.querySelectorAll('table.points')) {
        Array.from(table.tHead.rows[0].cells).forEach((heading, column) => {
          const button = document.createElement('button');
          button.type = 'button';
          button.className = 'sort';
          button.append(...heading.childNodes);
          if (heading.dataset.name === undefined) heading.dataset.name = button.textContent.trim();
          button.addEventListener('click', () => sort(table, column, heading));
          heading.append(button);
        });
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'copy';
        button.textContent = 'Copy CSV';
        button.addEventListener('click', async () => {
          button.textContent = await copy(csv(table)) ? 'Copied' : 'Could not copy';
          setTimeout(() => { button.textContent = 'Copy CSV'; }, 1500);
        });
        table.parentElement.before(button);
      }
      const tip = document.getElementById('tip');
      for (const title of document.querySelectorAll('svg title')) {
        title.parentElement.setAttribute('aria-label', title.textContent);
        title.remove();
      }
      const show = (event) => {
        const target = event.target.closest('svg [aria-label][tabindex], svg[tabindex]');
        if (target === null) { tip.hidden = true; return; }
        tip.textContent = target.getAttribute('aria-label');
        tip.hidden = false;
        const box = target.getBoundingClientRect();
        const left = box.left + box.width / 2 - tip.offsetWidth / 2;
        const limit = document.documentElement.clientWidth - tip.offsetWidth - 8;
        const above = box.top - tip.offsetHeight - 8;
        tip.style.left = Math.max(8, Math.min(left, limit)) + 'px';
        tip.style.top = (above > 4 ? above : box.bottom + 8) + 'px';
      };
      const hide = () => { tip.hidden = true; };
      document.addEventListener('mouseover', show);
      document.addEventListener('focusin', show);
      document.addEventListener('focusout', hide);
      document.addEventListener('scroll', hide, true);
      document.addEventListener('keydown', (event) => { if (event.key === 'Escape') hide(); });
    })();
    """
}
