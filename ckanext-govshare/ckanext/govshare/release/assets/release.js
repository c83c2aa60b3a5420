// The plan form: only the parameters that the chosen action has, and a preview that follows it.
(function () {
  const form = document.getElementById("release-plan");
  if (!form) return;

  function showParameters(select) {
    const wanted = (select.selectedOptions[0].dataset.parameters || "").split(" ");
    select.closest("tr").querySelectorAll("[data-parameter]").forEach(function (label) {
      label.hidden = !wanted.includes(label.dataset.parameter);
    });
  }

  let timer = null;
  function preview() {
    const place = document.getElementById("release-rows");
    // Only once the person has asked to see rows: every look is recorded.
    if (!place || !place.children.length) return;
    clearTimeout(timer);
    timer = setTimeout(function () {
      fetch(form.dataset.preview, {
        method: "POST", body: new FormData(form), credentials: "same-origin",
        headers: { "X-Requested-With": "fetch" },
      }).then(function (answer) {
        return answer.ok ? answer.text() : null;
      }).then(function (html) {
        if (html !== null) place.innerHTML = html;
      });
    }, 600);
  }

  form.querySelectorAll("select[data-action]").forEach(showParameters);
  form.addEventListener("change", function (event) {
    if (event.target.matches("select[data-action]")) showParameters(event.target);
    preview();
  });
})();
