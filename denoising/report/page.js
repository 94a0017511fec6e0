// The panel and the charts, from the JSON data in the page.
(() => {
  const find = (id) => document.getElementById(id);
  const read = (id) => JSON.parse(find(id).textContent);
  const panel = read("panel-data");
  const states = Object.entries(panel.states);
  const slider = find("level");
  const rows = [...find("verdicts").rows];

  function show() {
    const image = panel.images[document.querySelector("input[name=image]:checked").value];
    const level = panel.levels[slider.value];
    const view = image.views[slider.value];
    find("level-shown").textContent = level;
    slider.setAttribute("aria-valuetext", level);
    find("class").textContent = image.name;
    find("picture-clean").src = image.clean;
    find("picture-clean").alt = `Test image of class ${image.name}, clean`;
    states.forEach(([state, label], place) => {
      find(`picture-${state}`).src = view.pictures[place];
      find(`picture-${state}`).alt = `The same image at level ${level}: ${label}`;
      const psnr = view.psnr[place];
      find(`psnr-${state}`).textContent =
        psnr === null ? "identical to clean" : `PSNR ${psnr.toFixed(1)} dB`;
    });
    view.verdicts.forEach(([label, confidence, right, text], place) => {
      const [, verdict, bar] = rows[place].cells;
      const [sign, predicted, spoken] = verdict.firstElementChild.children;
      verdict.firstElementChild.className = right ? "right" : "wrong";
      sign.textContent = right ? "✓\u00a0" : "✗\u00a0";
      predicted.textContent = label;
      spoken.textContent = right ? ", right" : ", wrong";
      bar.querySelector(".bar span").style.width = `${100 * confidence}%`;
      bar.querySelector(".percent").textContent = text;
    });
    find("summary").textContent = `${image.name} at level ${level}: ${view.summary}`;
  }

  find("controls").hidden = false;
  find("controls").addEventListener("input", show);

  const charts = read("charts-data");
  document.querySelectorAll("[data-chart]").forEach(async (element) => {
    const name = element.dataset.chart;
    const choice = document.querySelector(`[data-choice=${name}]`);
    const { view } = await vegaEmbed(element, charts[name], {
      actions: false,
      bind: choice,
      renderer: "svg",
      tooltip: { disableDefaultStyle: true },
    });
    choice.querySelectorAll(".vega-bind").forEach((group) => {
      group.setAttribute("role", "radiogroup");
      group.setAttribute("aria-label", group.querySelector(".vega-bind-name").textContent);
    });
    const legend = document.querySelector(`[data-legend=${name}]`);
    if (!legend) return;
    legend.hidden = false;
    legend.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (!button) return;
      const pressed = button.getAttribute("aria-pressed") === "false";
      legend.querySelectorAll("button").forEach((one) => {
        one.setAttribute("aria-pressed", String(pressed && one === button));
      });
      view.signal("highlighted", pressed ? button.value : "").runAsync();
    });
  });
})();
