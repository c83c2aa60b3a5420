/* Before the first paint: the reader's choice of light or dark and of large print. */
(function () {
  var root = document.documentElement;
  function stored(key) { try { return localStorage.getItem(key); } catch (e) { return null; } }
  function keep(key, value) { try { localStorage.setItem(key, value); } catch (e) { /* private mode */ } }
  var dark = window.matchMedia('(prefers-color-scheme: dark)');
  function paint() {
    root.setAttribute('data-bs-theme', stored('gs-theme') || (dark.matches ? 'dark' : 'light'));
    root.classList.toggle('gs-large', stored('gs-large') === '1');
    document.querySelectorAll('[data-gs-switch]').forEach(function (button) {
      var on = button.dataset.gsSwitch === 'theme'
        ? root.getAttribute('data-bs-theme') === 'dark' : root.classList.contains('gs-large');
      button.setAttribute('aria-pressed', String(on));
    });
  }
  paint();
  dark.addEventListener('change', paint);
  document.addEventListener('DOMContentLoaded', function () {
    paint();
  });
  document.addEventListener('click', function (event) {
    var menu = event.target.closest('[data-gs-menu]');
    if (menu) {
      var open = document.getElementById(menu.getAttribute('aria-controls')).classList.toggle('gs-open');
      menu.setAttribute('aria-expanded', String(open));
      return;
    }
    var button = event.target.closest('[data-gs-switch]');
    if (!button) { return; }
    if (button.dataset.gsSwitch === 'theme') {
      keep('gs-theme', root.getAttribute('data-bs-theme') === 'dark' ? 'light' : 'dark');
    } else {
      keep('gs-large', root.classList.contains('gs-large') ? '0' : '1');
    }
    paint();
  });
})();
