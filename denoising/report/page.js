// The panel and the charts, from the JSON data in the page.
(() => {
  const find = (id) => document.getElementById(id);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const read = (id) => JSON.parse(find(id).textContent);
  const panel = read("panel-data");
  const states = Object.entries(panel.states);
  const levels = panel.levels.map(Number);
  const slider = find("level");
  const rows = [...find("predictions").rows];

  function nearest(value) {
    const distances = levels.map((level) => Math.abs(level - value));
    return distances.indexOf(Math.min(...distances));
  }

  let place = nearest(slider.value);
  let dragged = false;

  // Move the slider to a measured level. A key's step is shorter than the way to the next one.
  function snap() {
    const wanted = Number(slider.value);
    const found = nearest(wanted);
    const next = found === place && !dragged ? place + Math.sign(wanted - levels[place]) : found;
    place = Math.min(Math.max(next, 0), levels.length - 1);
    slider.value = levels[place];
  }

  function show() {
    const image = panel.images[document.querySelector("input[name=image]:checked").value];
    const level = panel.levels[place];
    const view = image.views[place];
    find("level-shown").textContent = level;
    slider.setAttribute("aria-valuetext", level);
    find("class").textContent = image.name;
    find("picture-clean").src = image.clean;
    find("picture-clean").alt = `Test image of class ${image.name}, clean`;
    states.forEach(([state, label], number) => {
      find(`picture-${state}`).src = view.pictures[number];
      find(`picture-${state}`).alt = `The same image at level ${level}: ${label}`;
      const psnr = view.psnr[number];
      find(`psnr-${state}`).textContent =
        psnr === null ? "identical to clean" : `PSNR ${psnr.toFixed(1)} dB`;
    });
    view.predictions.forEach(([label, confidence, right, text], number) => {
      const [, prediction, bar] = rows[number].cells;
      const [sign, predicted, spoken] = prediction.firstElementChild.children;
      prediction.firstElementChild.className = right ? "right" : "wrong";
      sign.textContent = right ? "✓\u00a0" : "✗\u00a0";
      predicted.textContent = label;
      spoken.textContent = right ? ", right" : ", wrong";
      bar.querySelector(".bar span").style.width = `${100 * confidence}%`;
      bar.querySelector(".percent").textContent = text;
    });
    find("summary").textContent = `${image.name} at level ${level}: ${view.summary}`;
  }

  slider.addEventListener("pointerdown", () => { dragged = true; });
  slider.addEventListener("keydown", () => { dragged = false; });
  slider.addEventListener("input", snap);
  find("controls").hidden = false;
  find("controls").addEventListener("input", show);

  const specifications = read("charts-data");
  const views = {};
  const words = (text) => text.split(" ").filter(Boolean);

  const keys = (button) => words(button.dataset.keys);

  // Highlight the curves with one of some keys, in several charts; without keys, all curves.
  function highlight(names, chosen) {
    names.forEach((name) => {
      const buttons = all(`[data-legend=${name}] button`);
      const lit = buttons.filter((one) => keys(one).some((key) => chosen.includes(key)));
      buttons.forEach((one) => one.setAttribute("aria-pressed", String(lit.includes(one))));
      views[name]?.signal("highlighted", lit.map((one) => one.value)).runAsync();
    });
  }

  const byLevel = ["accuracy", "psnr"];

  function useLegend(name) {
    const together = byLevel.includes(name) ? byLevel : [name];
    const legend = document.querySelector(`[data-legend=${name}]`);
    if (!legend) return;
    legend.hidden = false;
    legend.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (!button) return;
      highlight(together, button.getAttribute("aria-pressed") === "true" ? [] : keys(button));
    });
  }

  // Show the charts, the tables and the entries of the legends for one kind of noise.
  function useKind(kind) {
    all("[data-kind]").forEach((one) => { one.hidden = one.dataset.kind !== kind; });
    all("[data-kinds]").forEach((one) => {
      const kinds = words(one.dataset.kinds);
      one.hidden = kinds.length > 0 && !kinds.includes(kind);
      const button = one.querySelector("button");
      if (one.hidden && button.getAttribute("aria-pressed") === "true") highlight(byLevel, []);
    });
    byLevel.forEach((name) => views[name]?.signal("kind", kind).runAsync());
  }

  const charts = all("[data-chart]").map(async (element) => {
    const name = element.dataset.chart;
    const choice = document.querySelector(`[data-choice=${name}]`);
    const { view } = await vegaEmbed(element, specifications[name], {
      actions: false,
      bind: choice,
      renderer: "svg",
      tooltip: { disableDefaultStyle: true },
    });
    views[name] = view;
    choice.querySelectorAll(".vega-bind").forEach((group) => {
      group.setAttribute("role", "radiogroup");
      group.setAttribute("aria-label", group.querySelector(".vega-bind-name").textContent);
    });
    useLegend(name);
  });

  const kinds = find("kinds");
  if (kinds) {
    const choose = () => useKind(kinds.querySelector(":checked").value);
    kinds.hidden = false;
    kinds.addEventListener("input", choose);
    choose();
    Promise.all(charts).then(choose);
  }
})();
