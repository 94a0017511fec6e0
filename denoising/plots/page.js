// Puts the plots and pictures that DVC has written into sections, and draws the plots.
(() => {
  const GAP = 20; // between panels, and beside them for an axis
  const AXIS = 60;
  const LARGEST = 1.5; // times the width in the template
  const PASSES = 5;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const find = (id) => document.getElementById(id);
  const identifier = (name) => name.replace(/[!@#$%^&*()[\]{};,<>?\\/:.|`~=_+ ]/g, "_");
  const revisions = [];
  const drawn = [];

  function make(tag, parent, properties = {}) {
    const element = Object.assign(document.createElement(tag), properties);
    parent.append(element);
    return element;
  }

  function meet(revision) {
    if (!revisions.includes(revision)) revisions.push(revision);
  }

  function pictures(place) {
    return [...place.querySelectorAll("img")].map((image) => ({
      source: image.getAttribute("src"),
      revision: image.parentElement.querySelector("p").textContent,
    }));
  }

  // Titles become headings of the page.
  function titled(specification, name) {
    const { title, ...rest } = specification;
    return [title?.text ?? title ?? name, rest];
  }

  function rows(specification) {
    return specification.data?.values ?? [];
  }

  // Visit every object within a specification except its data.
  function visit(part, change) {
    if (Array.isArray(part)) part.forEach((item) => visit(item, change));
    else if (part && typeof part === "object") {
      change(part);
      Object.entries(part).forEach(([key, item]) => key !== "data" && visit(item, change));
    }
  }

  // With one revision, it needs no key; with several, each has the same colour in every plot.
  function withRevisions(specification) {
    visit(specification, (part) => {
      for (const channel of ["strokeDash", "color"]) {
        const encoding = part[channel];
        if (encoding?.field !== "rev") continue;
        if (revisions.length > 1) encoding.scale = { ...encoding.scale, domain: revisions };
        else if (channel === "strokeDash") delete part[channel];
        else encoding.legend = null;
      }
    });
    return specification;
  }

  // Where all confusion matrices are too many to compare, show those of one arm.
  function chooseMatrix({ params = [] }) {
    const matrix = params.find((param) => param.name === "matrix");
    if (matrix) matrix.value = matrix.bind.options[2];
  }

  function inMode(specification) {
    if (!dark.matches) return specification;
    visit(specification, (part) => {
      for (const [key, value] of Object.entries(part)) {
        if (Array.isArray(value)) part[key] = value.map((item) => COLOURS[item] ?? item);
        else if (typeof value === "string") part[key] = COLOURS[value] ?? value;
      }
    });
    return specification;
  }

  function theme(room) {
    const style = getComputedStyle(document.documentElement);
    const [ink, muted, line, card] = ["ink", "muted", "line", "card"].map((name) =>
      style.getPropertyValue(`--${name}`).trim());
    const text = { labelColor: ink, titleColor: ink, labelFontSize: 12, titleFontSize: 12 };
    return {
      background: card,
      font: getComputedStyle(document.body).fontFamily,
      axis: {
        ...text, gridColor: line, domainColor: muted, tickColor: muted, titleFontWeight: 600,
        labelFlush: false, labelSeparation: 6,
      },
      header: { ...text, labelFontSize: 13 },
      legend: {
        ...text, orient: "bottom", columns: Math.max(1, Math.floor(room / 175)),
        labelLimit: room - AXIS, layout: { bottom: { anchor: "start", direction: "vertical" } },
        symbolStrokeColor: muted, gradientLength: Math.min(200, room - AXIS),
      },
      view: { stroke: line },
    };
  }

  // A square stays square; anything else may grow into its place.
  function square({ width, height }) {
    return width !== undefined && width === height;
  }

  // With one revision, a plot whose panels are revisions is as narrow as one without panels.
  function wide({ facet, usermeta }) {
    return facet && !(usermeta?.panels === "rev" && revisions.length === 1);
  }

  // The number of panels beside each other.
  function across({ columns, usermeta, spec }, room) {
    const most = Math.floor((room - AXIS + GAP) / (spec.width + GAP));
    const panels = usermeta?.panels === "rev" ? revisions.length : columns;
    return Math.max(1, Math.min(columns, panels, most));
  }

  // Make a plot as wide as its place: fewer columns of panels, then smaller panels.
  async function draw({ place, specification, description }) {
    const room = place.clientWidth || inner(place);
    const unit = specification.spec ?? specification;
    const columns = specification.facet && unit.width ? across(specification, room) : 1;
    let { width } = unit; // unknown in a template of another kind, which is left as it is
    if (width && !square(unit)) {
      width = Math.min(LARGEST * width, Math.floor((room - AXIS) / columns) - GAP);
    }
    for (let pass = 0; pass < PASSES; pass += 1) {
      const copy = inMode(withRevisions(structuredClone(specification)));
      const part = copy.spec ?? copy;
      if (square(part)) part.height = width;
      if (width) part.width = width;
      if (width && copy.facet) copy.columns = columns;
      if (revisions.length > 1 || columns === 1) chooseMatrix(copy);
      copy.description = description;
      copy.config = { ...theme(room), ...copy.config };
      const actions = { export: true, source: false, compiled: false, editor: false };
      await window.drawPlot(place, copy, { renderer: "svg", actions });
      const found = place.querySelector("svg.marks").width.baseVal.value;
      if (!width || found <= room) break;
      width = Math.max(AXIS, width - Math.ceil((found - room) / columns));
    }
  }

  // A folded place has no width of its own: that of the section, without the card's edges.
  function inner(place) {
    const card = getComputedStyle(place.closest("figure"));
    return place.closest(".plots").clientWidth - 2 * parseFloat(card.paddingLeft) - 2;
  }

  function caption(figure, title, text) {
    const place = make("figcaption", figure);
    make("h3", place, { textContent: title });
    if (text) make("p", place, { textContent: text });
  }

  function addPictures(parent, shown, title, text) {
    const figure = make("figure", parent, { className: "wide" });
    caption(figure, title, text);
    for (const { source, revision } of shown) {
      if (revisions.length > 1) make("p", figure, { className: "revision", textContent: revision });
      const link = make("a", figure, { className: "picture", href: source });
      make("img", link, { src: source, alt: `${title}, ${revision}. ${text}` });
    }
  }

  function addPlot(parent, specification, name, text) {
    const [title, rest] = titled(specification, name);
    const figure = make("figure", parent, { className: wide(rest) ? "wide" : "" });
    caption(figure, title, text);
    const place = make("div", figure, { className: "chart" });
    drawn.push({ place, specification: rest, description: `${title}. ${text}` });
  }

  function add(parent, name, place, section) {
    const text = section.plots[name] ?? "";
    let target = parent;
    if (section.folded[name]) {
      target = make("details", parent, { className: "wide" });
      make("summary", target, { textContent: section.folded[name] });
    }
    const specification = PLOTS.get(place.id);
    if (specification) addPlot(target, specification, name, text);
    else addPictures(target, pictures(place), section.titles[name] ?? name, text);
  }

  function addSection(section, places) {
    const known = Object.keys(section.plots).filter((name) => places.has(identifier(name)));
    if (known.length === 0) return;
    const heading = identifier(section.title);
    const element = make("section", find("sections"));
    element.setAttribute("aria-labelledby", heading);
    make("h2", element, { id: heading, textContent: section.title });
    make("p", element, { className: "lead", textContent: section.lead });
    const plots = make("div", element, { className: "plots" });
    for (const name of known) {
      const id = identifier(name);
      add(plots, name, places.get(id), section);
      places.delete(id);
    }
    make("a", make("li", find("contents")), { href: `#${heading}`, textContent: section.title });
  }

  async function drawAll() {
    for (const plot of drawn) await draw(plot);
    document.body.dataset.drawn = "yes";
  }

  const places = new Map([...find("drawn").children].map((place) => [place.id, place]));
  PLOTS.forEach((specification) => rows(specification).forEach((row) => meet(row.rev)));
  places.forEach((place) => pictures(place).forEach((picture) => meet(picture.revision)));
  find("revisions").textContent = revisions.length > 1
    ? `Revisions compared: ${revisions.join(", ")}. Dashes and colours tell them apart; pictures are one below the other.`
    : `Revision: ${revisions.join()}.`;
  SECTIONS.forEach((section) => addSection(section, places));
  addSection({
    title: "More plots", lead: "All other plots.", titles: {}, folded: {},
    plots: Object.fromEntries([...places.keys()].map((id) => [id, ""])),
  }, places);

  find("drawn").remove();

  let width = innerWidth;
  let drawing = drawAll();
  const again = () => { drawing = drawing.then(drawAll); };
  dark.addEventListener("change", again);
  addEventListener("resize", () => {
    if (innerWidth !== width) { width = innerWidth; again(); }
  });
})();
