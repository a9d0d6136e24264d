// Draws the tables of charts with Chart.js, in the colours of the page: those that come with it, and those that come
// later. Again when the theme changes.

const Drawing = globalThis.Chart;
const page = document.documentElement;
const number = new Intl.NumberFormat(page.lang || undefined, { maximumFractionDigits: 2 });
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const drawn = [];

const read = (figure) => {
  const rows = [...figure.querySelectorAll("tbody tr")];
  const heads = [...figure.querySelectorAll("thead th")].slice(1);
  return {
    labels: rows.map((row) => row.cells[0].textContent),
    series: heads.map((head, index) => ({
      name: head.textContent,
      values: rows.map((row) => (row.cells[index + 1].dataset.value === undefined ? null : Number(row.cells[index + 1].dataset.value))),
    })),
  };
};

// Colours as the style sheet resolves them, theme and all.
const colors = (figure) => {
  const style = getComputedStyle(figure);
  const keys = [...figure.querySelectorAll(".chart-key")].map((key) => getComputedStyle(key).backgroundColor);
  return { keys, ink: style.color, line: style.borderTopColor, face: style.fontFamily };
};

const isDisc = (figure) => ["pie", "doughnut"].includes(figure.dataset.chart);
const isLine = (figure) => ["line", "area", "scatter"].includes(figure.dataset.chart);

const options = (figure, { ink, line, face }) => {
  const { chart: kind, unit } = figure.dataset;
  const text = (value) => (unit ? `${number.format(value)} ${unit}` : number.format(value));
  const font = { family: face, size: 12 };
  const isStacked = kind === "stacked";
  if (isDisc(figure)) {
    return {
      responsive: true, maintainAspectRatio: false, animation: calm.matches ? false : { duration: 250 },
      plugins: {
        legend: { display: false },
        tooltip: {
          titleFont: font, bodyFont: font, padding: 10, cornerRadius: 8, boxPadding: 4,
          callbacks: { label: ({ label, parsed }) => ` ${label}: ${text(parsed)}` },
        },
      },
    };
  }
  return {
    responsive: true, maintainAspectRatio: false, animation: calm.matches ? false : { duration: 250 },
    interaction: { mode: "index", intersect: false },
    plugins: {
      legend: { display: false },
      tooltip: {
        titleFont: font, bodyFont: font, padding: 10, cornerRadius: 8, boxPadding: 4,
        callbacks: { label: ({ dataset, parsed }) => ` ${dataset.label}: ${text(parsed.y)}` },
      },
    },
    scales: {
      x: { stacked: isStacked, grid: { display: false }, ticks: { color: ink, font, maxRotation: 0, autoSkipPadding: 16 } },
      y: {
        stacked: isStacked, beginAtZero: true, border: { display: false },
        grid: { color: line, drawBorder: false }, ticks: { color: ink, font, maxTicksLimit: 5, callback: text },
      },
    },
  };
};

const datasets = (figure, series, { keys }) => {
  if (isDisc(figure)) {
    return series.slice(0, 1).map(({ name, values }) => ({
      label: name, data: values, backgroundColor: values.map((_, index) => keys[index % keys.length]), borderWidth: 0,
    }));
  }
  const kind = figure.dataset.chart;
  return series.map(({ name, values }, index) => {
    const color = keys[index % keys.length];
    return {
      label: name, data: values, borderColor: color, borderWidth: isLine(figure) ? 2 : 0, showLine: kind !== "scatter",
      backgroundColor: kind === "area" ? `color-mix(in srgb, ${color} 25%, transparent)` : color, fill: kind === "area",
      pointRadius: kind === "scatter" ? 4 : 0, pointHoverRadius: 4, tension: 0.25, borderRadius: 3, maxBarThickness: 36,
      spanGaps: false,
    };
  });
};

const draw = (figure, isLater) => {
  const canvas = document.createElement("canvas");
  figure.querySelector(".chart-frame").append(canvas);
  const { labels, series } = read(figure);
  const scheme = colors(figure);
  const type = isDisc(figure) ? figure.dataset.chart : isLine(figure) ? "line" : "bar";
  const chart = new Drawing(canvas, {
    type, data: { labels, datasets: datasets(figure, series, scheme) },
    // What is drawn again every few seconds would never come to rest.
    options: isLater ? { ...options(figure, scheme), animation: false } : options(figure, scheme),
  });
  drawn.push({ figure, chart, series });
};

// A drawing whose figure was replaced would go on watching its size and the theme.
const sweep = () => {
  for (let index = drawn.length - 1; index >= 0; index -= 1) {
    if (!drawn[index].figure.isConnected) drawn.splice(index, 1)[0].chart.destroy();
  }
};

const start = (root, isLater) => {
  for (const figure of root.querySelectorAll("figure[data-chart]")) {
    if (!figure.querySelector("canvas")) draw(figure, isLater);
  }
};

const recolor = () => {
  for (const { figure, chart, series } of drawn) {
    const scheme = colors(figure);
    chart.data.datasets = datasets(figure, series, scheme);
    chart.options = options(figure, scheme);
    chart.update("none");
  }
};

if (Drawing) {
  start(document, false);
  // Parts of the page that are replaced are told of with "grown".
  document.addEventListener("grown", (event) => {
    sweep();
    start(event.target, true);
  });
  new MutationObserver(recolor).observe(page, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolor);
}
