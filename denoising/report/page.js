// The panel and the charts. What they show stands in the page as JSON.
(() => {
  const find = (id) => document.getElementById(id);
  const read = (id) => JSON.parse(find(id).textContent);
  const STATES = ["noisy", "denoised", "joint"];
  const SPOKEN = ["noisy", "denoised", "by the joint network"];
  const panel = read("panel-data");
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
    STATES.forEach((state, place) => {
      find(`picture-${state}`).src = view.pictures[place];
      find(`picture-${state}`).alt = `The same image, ${SPOKEN[place]}, at level ${level}`;
      const psnr = view.psnr[place];
      find(`psnr-${state}`).textContent =
        psnr === null ? "equal to clean" : `PSNR ${psnr.toFixed(1)} dB`;
    });
    view.verdicts.forEach(([says, confidence, right, text], place) => {
      const [, verdict, bar] = rows[place].cells;
      const [sign, said, spoken] = verdict.firstElementChild.children;
      verdict.firstElementChild.className = right ? "right" : "wrong";
      sign.textContent = right ? "✓\u00a0" : "✗\u00a0";
      said.textContent = says;
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
      const lit = button.getAttribute("aria-pressed") === "false";
      legend.querySelectorAll("button").forEach((one) => {
        one.setAttribute("aria-pressed", String(lit && one === button));
      });
      view.signal("lit", lit ? button.value : "").runAsync();
    });
  });
})();
