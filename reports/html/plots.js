// Replaces the static charts by ones that can be read and zoomed. The data is in the page; nothing is fetched.
(async () => {
  const figures = [...document.querySelectorAll("figure.plot")];
  const source = document.getElementById("signals");
  if (!figures.length || !source || !globalThis.DecompressionStream) return;

  const unpack = async ({ signals, packed }) => {
    const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const numbers = new Float32Array(await new Response(stream).arrayBuffer());
    const found = new Map();
    let at = 0;
    for (const [name, count] of signals) {
      const times = [...numbers.subarray(at, at + count)];
      const values = [...numbers.subarray(at + count, at + 2 * count)].map((v) => (Number.isNaN(v) ? null : v));
      found.set(name, [times, values]);
      at += 2 * count;
    }
    return found;
  };

  const clock = (seconds) => {
    const total = Math.round(Math.abs(seconds));
    const [hours, minutes, rest] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
    const tail = `${hours ? String(minutes).padStart(2, "0") : minutes}:${String(rest).padStart(2, "0")}`;
    return `${seconds < 0 ? "−" : ""}${hours ? `${hours}:` : ""}${tail}`;
  };

  const COLOURS = ["#0b5394", "#c45500", "#5b8c00", "#8250df", "#00838f", "#a8326e"];
  const AXIS = { stroke: "#55626f", font: "12px sans-serif", grid: { stroke: "#e8ecf0", width: 1 }, ticks: { show: false } };
  const INCREMENTS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400];

  const stroke = (ctx, x1, y1, x2, y2) => {
    ctx.beginPath();
    ctx.moveTo(x1, y1);
    ctx.lineTo(x2, y2);
    ctx.stroke();
  };

  // Guard bands and limit lines lie inside the plot, the names of the marks above it.
  const decorate = (plot, chart) => {
    const { ctx, bbox } = chart;
    const scale = devicePixelRatio;
    const right = bbox.left + bbox.width;
    const [minimum, maximum, guard] = plot.limits;
    const y = (value) => chart.valToPos(value, "y", true);
    ctx.save();
    for (const [limit, inward] of [[minimum, 1], [maximum, -1]]) {
      if (limit === null || limit < chart.scales.y.min || limit > chart.scales.y.max) continue;
      ctx.fillStyle = "rgba(244, 180, 0, 0.22)";
      ctx.fillRect(bbox.left, y(limit), bbox.width, y(limit + inward * guard) - y(limit));
      ctx.strokeStyle = "#c5221f";
      ctx.lineWidth = 1.4 * scale;
      ctx.setLineDash([7 * scale, 4 * scale]);
      stroke(ctx, bbox.left, y(limit), right, y(limit));
    }
    ctx.strokeStyle = ctx.fillStyle = "#55626f";
    ctx.lineWidth = scale;
    ctx.setLineDash([2 * scale, 3 * scale]);
    ctx.font = `${10.5 * scale}px sans-serif`;
    ctx.textAlign = "left";
    ctx.textBaseline = "alphabetic";
    const ends = [-Infinity, -Infinity];
    for (const [time, name] of plot.marks) {
      const x = chart.valToPos(time, "x", true);
      if (x < bbox.left - 1 || x > right + 1) continue;
      const width = ctx.measureText(name).width;
      const left = x + width > right ? x - width - 4 * scale : x + 4 * scale;
      const row = left > ends[0] || left <= ends[1] ? 0 : 1;
      ends[row] = left + width + 6 * scale;
      stroke(ctx, x, bbox.top - 4 * scale, x, bbox.top + bbox.height);
      ctx.fillText(name, left, bbox.top - (17 - 11 * row) * scale);
    }
    ctx.restore();
  };

  const readOut = (plot, output, hint) => (chart) => {
    const { idx, idxs } = chart.cursor;
    if (idx === null || idx === undefined) {
      output.replaceChildren(...hint.map((node) => node.cloneNode(true)));
      return;
    }
    const parts = plot.signals.flatMap((name, number) => {
      const at = idxs?.[number + 1] ?? idx;
      const value = chart.data[number + 1][at];
      return typeof value === "number" ? [{ name, value, y: chart.valToPos(value, "y") }] : [];
    });
    const near = parts.sort((a, b) => Math.abs(a.y - chart.cursor.top) - Math.abs(b.y - chart.cursor.top)).slice(0, 3);
    const shown = near.map((p) => `${p.name} ${Number(p.value.toPrecision(6))} ${plot.unit}`.trim());
    output.textContent = [clock(chart.data[0][idx]), ...shown].join(" · ");
  };

  const draw = (figure, signals) => {
    const plot = JSON.parse(figure.dataset.plot);
    const output = figure.querySelector("output");
    const series = plot.signals.map((name, number) => ({
      label: name,
      stroke: plot.signals.length > COLOURS.length ? "rgba(11, 83, 148, 0.4)" : COLOURS[number],
      width: 1.5,
      points: { show: false },
    }));
    const near = (chart, seen) => {
      const known = figure.querySelector(":scope > svg .limit") ? plot.limits.slice(0, 2).filter((v) => v !== null) : [];
      const [low, high] = [Math.min(seen[0], ...known), Math.max(seen[1], ...known)];
      const room = (high - low) * 0.08 || Math.max(Math.abs(high) * 0.05, 0.5);
      return [low - room, high + room];
    };
    const options = {
      width: figure.clientWidth,
      height: 250,
      padding: [30, 10, 0, 0],
      legend: { show: false },
      cursor: { focus: { prox: 24 }, dataIdx: (chart, number, idx) => nearest(chart.data[number], idx) },
      focus: { alpha: 0.35 },
      scales: { x: { time: false, min: plot.span[0], max: plot.span[1] }, y: { range: (c, low, high) => near(c, [low, high]) } },
      axes: [
        { ...AXIS, values: (chart, ticks) => ticks.map(clock), incrs: INCREMENTS },
        { ...AXIS, label: plot.unit, labelFont: AXIS.font, labelSize: 16, size: 48 },
      ],
      series: [{}, ...series],
      hooks: { draw: [(chart) => decorate(plot, chart)], setCursor: [readOut(plot, output, [...output.childNodes])] },
    };
    const chart = new uPlot(options, uPlot.join(plot.signals.map((name) => signals.get(name))), figure);
    figure.insertBefore(chart.root, figure.querySelector("figcaption"));
    figure.classList.add("live");
    new ResizeObserver(() => chart.setSize({ width: figure.clientWidth, height: 250 })).observe(figure);
  };

  // Signals are sampled at different times: the value under the pointer is the nearest one of each.
  const nearest = (values, idx) => {
    for (let step = 0; step < 40; step += 1) {
      if (typeof values[idx - step] === "number") return idx - step;
      if (typeof values[idx + step] === "number") return idx + step;
    }
    return idx;
  };

  const signals = await unpack(JSON.parse(source.textContent));
  // A chart is drawn when it comes near the window, so that a long report opens at once.
  const watch = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting || target.classList.contains("live")) continue;
      watch.unobserve(target);
      draw(target, signals);
    }
  }, { rootMargin: "600px" });
  figures.forEach((figure) => watch.observe(figure));
})();
