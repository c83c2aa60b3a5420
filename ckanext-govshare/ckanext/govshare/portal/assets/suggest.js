/* Suggestions under the search field: names of datasets; arrow keys, Enter, Escape. */
(function () {
  var input = document.querySelector('[data-gs-suggest]');
  if (!input) { return; }
  var list = document.getElementById(input.getAttribute('aria-controls'));
  var timer, asked = 0, at = -1;

  function close() { list.hidden = true; list.replaceChildren(); at = -1; input.setAttribute('aria-expanded', 'false'); input.removeAttribute('aria-activedescendant'); }
  function show(found) {
    close();
    found.slice(0, 8).forEach(function (item, number) {
      var row = document.createElement('li');
      row.id = 'gs-suggestion-' + number;
      row.setAttribute('role', 'option');
      row.textContent = item.title || item.name;
      row.dataset.url = input.dataset.gsRead.replace('NAME', encodeURIComponent(item.name));
      row.addEventListener('mousedown', function () { window.location = row.dataset.url; });
      list.appendChild(row);
    });
    list.hidden = !list.children.length;
    input.setAttribute('aria-expanded', String(!list.hidden));
  }
  function mark(step) {
    var rows = list.children;
    if (!rows.length) { return; }
    if (at >= 0) { rows[at].removeAttribute('aria-selected'); }
    at = (at + step + rows.length) % rows.length;
    rows[at].setAttribute('aria-selected', 'true');
    input.setAttribute('aria-activedescendant', rows[at].id);
  }
  input.addEventListener('input', function () {
    window.clearTimeout(timer);
    var words = input.value.trim();
    if (words.length < 2) { close(); return; }
    timer = window.setTimeout(function () {
      var mine = ++asked;
      fetch(input.dataset.gsSuggest + '?limit=8&incomplete=' + encodeURIComponent(words))
        .then(function (answer) { return answer.ok ? answer.json() : null; })
        .then(function (body) { if (body && mine === asked) { show(body.ResultSet.Result); } })
        .catch(close);
    }, 200);
  });
  input.addEventListener('keydown', function (event) {
    if (event.key === 'ArrowDown') { mark(1); event.preventDefault(); }
    else if (event.key === 'ArrowUp') { mark(-1); event.preventDefault(); }
    else if (event.key === 'Escape') { close(); }
    else if (event.key === 'Enter' && at >= 0) { window.location = list.children[at].dataset.url; event.preventDefault(); }
  });
  input.addEventListener('blur', function () { window.setTimeout(close, 150); });
})();
