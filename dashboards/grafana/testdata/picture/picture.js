// Draws a dashboard as Grafana would, well enough to see what is unreadable: it knows
// the panel types, options, units, mappings, thresholds, overrides and transformations
// that the dashboards of wanwatch use, and nothing else. window.picture holds the
// dashboard and, for each panel and query, what the query gave.
"use strict";

const { dashboard, answers, spans, from, to, offset } = window.picture;
const CELL = { w: (document.documentElement.clientWidth - 16) / 24, h: 38 };
const PALETTE = ["#73BF69", "#F2CC0C", "#8AB8FF", "#FF780A", "#F2495C", "#5794F2", "#B877D9", "#705DA0", "#37872D", "#FADE2A"];

// Units.
function fixed(v, decimals) {
  if (decimals != null) return v.toFixed(decimals);
  const a = Math.abs(v);
  return String(Number(v.toFixed(a >= 100 ? 0 : a >= 10 ? 1 : a >= 1 ? 2 : 3)));
}
function scaled(v, steps, decimals) {
  let unit = steps[0];
  for (const s of steps) if (Math.abs(v) >= s[0]) unit = s;
  return fixed(v / unit[0], decimals) + " " + unit[1];
}
const pad = (n) => String(n).padStart(2, "0");
function format(v, unit, decimals) {
  if (v == null) return "";
  if (typeof v !== "number") return String(v);
  if (unit.startsWith("suffix:")) return fixed(v, decimals) + " " + unit.slice(7);
  if (unit.startsWith("time:")) {
    const d = new Date(v + offset * 60000);
    const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
    return unit.slice(5).replace("YYYY", d.getUTCFullYear()).replace("MMM", months[d.getUTCMonth()]).replace("MM", pad(d.getUTCMonth() + 1))
      .replace("DD", pad(d.getUTCDate())).replace(/\bD\b/, d.getUTCDate()).replace("HH", pad(d.getUTCHours())).replace("mm", pad(d.getUTCMinutes()));
  }
  switch (unit) {
    case "percentunit": return fixed(v * 100, decimals) + "%";
    case "s": return v === 0 ? "0 s" : scaled(v, [[1e-9, "ns"], [1e-6, "µs"], [1e-3, "ms"], [1, "s"], [60, "mins"], [3600, "hours"]], decimals);
    case "dtdhms": {
      const days = Math.floor(v / 86400), rest = Math.floor(v % 86400);
      return (days ? days + " d " : "") + pad(Math.floor(rest / 3600)) + ":" + pad(Math.floor((rest % 3600) / 60)) + ":" + pad(rest % 60);
    }
    case "bps": return scaled(v, [[1, "b/s"], [1e3, "kb/s"], [1e6, "Mb/s"], [1e9, "Gb/s"]], decimals);
    case "bytes": return scaled(v, [[1, "B"], [1024, "KiB"], [1048576, "MiB"], [1073741824, "GiB"]], decimals);
    case "cps": return fixed(v, decimals) + " c/s";
    case "pps": return fixed(v, decimals) + " p/s";
    case "locale": return v.toLocaleString("vi-VN", { maximumFractionDigits: 0 });
    case "none": return fixed(v, decimals);
    default: return "unit " + unit + "?";
  }
}

// Field configuration: the defaults, then the overrides that match.
function config(panel, name, ref) {
  const c = { custom: {}, ...structuredClone(panel.fieldConfig.defaults) };
  c.custom = c.custom || {};
  for (const o of panel.fieldConfig.overrides || []) {
    const match = o.matcher.id === "byName" ? o.matcher.options === name : o.matcher.id === "byFrameRefID" && o.matcher.options === ref;
    if (!match) continue;
    for (const p of o.properties) {
      if (p.id.startsWith("custom.")) c.custom[p.id.slice(7)] = p.value;
      else c[p.id] = p.value;
    }
  }
  return c;
}
function mapped(c, v) {
  for (const m of c.mappings || []) if (m.type === "value" && m.options[String(v)]) return m.options[String(v)];
  return null;
}
function byThreshold(c, v) {
  let colour = null;
  for (const s of (c.thresholds && c.thresholds.steps) || []) if (s.value == null || v >= s.value) colour = s.color;
  return colour === "text" ? "#24292e" : colour;
}
function show(c, v) {
  const m = mapped(c, v);
  return m && m.text != null ? m.text : format(v, c.unit || "none", c.decimals);
}
function colourOf(c, v) {
  const m = mapped(c, v);
  return (m && m.color) || byThreshold(c, v);
}

// Series of all queries of a panel, with their legends.
function series(panel) {
  return panel.targets.flatMap((q, i) => answers[panel.id][i].map((s) => ({
    ref: q.refId, labels: s.labels, points: s.points,
    name: (q.legendFormat || "").replace(/\{\{\s*(\w+)\s*\}\}/g, (_, l) => s.labels[l] || "") || JSON.stringify(s.labels),
  })));
}
function element(parent, tag, className, text) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (text != null) e.textContent = text;
  parent.append(e);
  return e;
}
function nothing(panel, body) {
  element(body, "div", "nodata", panel.fieldConfig.defaults.noValue || "No data");
}
const lastOf = (s) => s.points[s.points.length - 1][1];

const draw = {
  stat(panel, body) {
    const list = series(panel);
    if (!list.length) return nothing(panel, body);
    const box = element(body, "div", "stats");
    for (const s of list) {
      const c = config(panel, s.name, s.ref), v = lastOf(s);
      const e = element(box, "div");
      if (list.length > 1 || panel.options.textMode === "value_and_name") element(e, "span", "", s.name);
      element(e, "b", "", show(c, v)).style.color = (c.color && c.color.fixedColor) || colourOf(c, v);
    }
  },

  table(panel, body) {
    const rows = new Map(), labels = new Set();
    panel.targets.forEach((q, i) => {
      for (const s of answers[panel.id][i]) for (const l of Object.keys(s.labels)) labels.add(l);
    });
    // The labels that all queries have tell rows apart, as the transformation merge does.
    const common = [...labels].filter((l) => panel.targets.every((q, i) => !answers[panel.id][i].length || answers[panel.id][i].some((s) => l in s.labels)));
    panel.targets.forEach((q, i) => {
      const column = panel.targets.length === 1 ? "Value" : "Value #" + q.refId;
      for (const s of answers[panel.id][i]) {
        const key = JSON.stringify(common.map((l) => s.labels[l] || ""));
        if (!rows.has(key)) rows.set(key, {});
        Object.assign(rows.get(key), s.labels, { [column]: lastOf(s) });
      }
    });
    if (!rows.size) return nothing(panel, body);
    const order = panel.transformations.find((t) => t.id === "organize").options.indexByName;
    const names = [...labels, ...panel.targets.map((q) => panel.targets.length === 1 ? "Value" : "Value #" + q.refId)];
    const columns = names.map((n) => ({ name: n, c: config(panel, n) })).filter((x) => !x.c.custom.hidden)
      .sort((a, b) => (order[a.name] ?? 99) - (order[b.name] ?? 99));
    const sort = panel.options.sortBy && panel.options.sortBy[0];
    const by = sort && columns.find((x) => x.c.displayName === sort.displayName);
    const list = [...rows.values()];
    if (by) list.sort((a, b) => {
      const x = a[by.name], y = b[by.name];
      if (x == null || y == null) return (x == null) - (y == null);
      return (x < y ? -1 : x > y ? 1 : 0) * (sort.desc ? -1 : 1);
    });
    const table = element(body, "table"), head = element(element(table, "thead"), "tr");
    for (const x of columns) {
      const th = element(head, "th", x.name.startsWith("Value") ? "number" : "", x.c.displayName || x.name);
      if (x.c.custom.width) th.style.width = x.c.custom.width + "px";
    }
    const tbody = element(table, "tbody");
    for (const r of list) {
      const tr = element(tbody, "tr");
      for (const x of columns) {
        const td = element(tr, "td", x.name.startsWith("Value") ? "number" : "", show(x.c, r[x.name]));
        const painted = x.c.custom.cellOptions && x.c.custom.cellOptions.type === "color-text";
        if (painted && r[x.name] != null) td.style.color = colourOf(x.c, r[x.name]) || "";
        if (x.c.links) td.classList.add("link");
      }
    }
  },

  bargauge(panel, body) {
    const list = series(panel);
    if (!list.length) return nothing(panel, body);
    const max = panel.fieldConfig.defaults.max ?? Math.max(...list.map(lastOf));
    for (const s of list) {
      const c = config(panel, s.name, s.ref), v = lastOf(s);
      const line = element(body, "div");
      line.style.cssText = `display:flex;align-items:center;height:${Math.min(32, 100 / list.length + 18)}px;gap:8px`;
      element(line, "span", "", s.name).style.cssText = "width:32%;overflow:hidden;white-space:nowrap;text-overflow:ellipsis";
      const bar = element(line, "div");
      bar.style.cssText = "flex:1;background:#eee;height:70%";
      element(bar, "div").style.cssText = `background:${colourOf(c, v)};height:100%;width:${Math.max(0, Math.min(100, (v / max) * 100))}%`;
      element(line, "span", "", show(c, v)).style.cssText = `width:70px;color:${colourOf(c, v)}`;
    }
  },

  timeseries(panel, body) {
    const list = series(panel).filter((s) => s.points.length);
    if (!list.length) return nothing(panel, body);
    const c0 = config(panel, ""), span = spans[panel.id];
    const marks = (c0.custom.thresholdsStyle || {}).mode === "dashed"
      ? c0.thresholds.steps.filter((s) => s.value != null).map((s) => ({ yAxis: s.value, lineStyle: { color: s.color, type: "dashed" }, label: { show: false } })) : [];
    const top = Math.max(...list.flatMap((s) => s.points.map((p) => p[1])));
    chart(body, {
      legend: legend(list.map((s) => s.name)),
      xAxis: timeAxis(span),
      yAxis: { type: "value", min: c0.min ?? ((c0.custom.axisSoftMin != null) ? Math.min(c0.custom.axisSoftMin, ...list.flatMap((s) => s.points.map((p) => p[1]))) : 0), max: c0.max, axisLabel: { formatter: (v) => format(v, c0.unit, c0.decimals) } },
      series: list.map((s, i) => {
        const c = config(panel, s.name, s.ref), bars = c.custom.drawStyle === "bars";
        const colour = (c.color && c.color.fixedColor) || PALETTE[i % PALETTE.length];
        const stack = c.custom.stacking && c.custom.stacking.mode === "normal" ? "A" : undefined;
        return {
          name: s.name, type: bars ? "bar" : "line", symbol: c.custom.showPoints === "always" ? "circle" : "none", symbolSize: c.custom.pointSize || 4, connectNulls: c.custom.spanNulls === true, stack, color: colour, data: gaps(s.points, span), barMaxWidth: 12,
          lineStyle: { width: stack ? 0 : 1.2, type: c.custom.lineStyle && c.custom.lineStyle.fill === "dash" ? "dashed" : "solid" },
          areaStyle: c.custom.fillOpacity ? { opacity: c.custom.fillOpacity / 100 } : undefined,
          markLine: i === 0 && marks.length ? { symbol: "none", silent: true, data: marks.filter((m) => m.yAxis <= top * 3 || m === marks[0]) } : undefined,
        };
      }),
    });
  },

  "state-timeline"(panel, body) {
    const list = series(panel).filter((s) => s.points.length);
    if (!list.length) return nothing(panel, body);
    const span = spans[panel.id], c = config(panel, ""), data = [];
    list.forEach((s, i) => {
      for (let k = 0; k < s.points.length;) {
        let j = k;
        while (j + 1 < s.points.length && s.points[j + 1][1] === s.points[k][1] && s.points[j + 1][0] - s.points[j][0] < span.step * 1500) j++;
        const until = j + 1 < s.points.length && s.points[j + 1][0] - s.points[j][0] < span.step * 1500 ? s.points[j + 1][0] : s.points[j][0] + span.step * 1000;
        data.push([i, s.points[k][0], until, s.points[k][1]]);
        k = j + 1;
      }
    });
    chart(body, {
      legend: { show: false },
      grid: { left: 170, right: 16, top: 4, bottom: 22 },
      xAxis: timeAxis(span),
      yAxis: { type: "category", data: list.map((s) => s.name), inverse: true, axisLabel: { width: 160, overflow: "truncate", interval: 0 } },
      series: [{
        type: "custom", data, encode: { x: [1, 2], y: 0 },
        renderItem(params, api) {
          const a = api.coord([api.value(1), api.value(0)]), b = api.coord([api.value(2), api.value(0)]);
          const height = api.size([0, 1])[1] * 0.85, width = Math.max(1, b[0] - a[0]), m = mapped(c, api.value(3));
          return {
            type: "rect", shape: { x: a[0], y: a[1] - height / 2, width, height }, style: { fill: (m && m.color) || "#ccc", opacity: 0.85 },
            textContent: { style: { text: m && width > 90 ? m.text : "", fill: "#111", fontSize: 11 } }, textConfig: { position: "insideLeft" },
          };
        },
      }],
    });
  },

  heatmap(panel, body) {
    const edges = series(panel).map((s) => ({ le: s.name === "+Inf" ? Infinity : Number(s.name), points: new Map(s.points) })).sort((a, b) => a.le - b.le);
    if (!edges.length) return nothing(panel, body);
    const times = [...new Set(edges.flatMap((e) => [...e.points.keys()]))].sort((a, b) => a - b), data = [];
    times.forEach((t, x) => edges.forEach((e, y) => {
      const count = (e.points.get(t) || 0) - (y ? edges[y - 1].points.get(t) || 0 : 0);
      if (count > 1e-9) data.push([x, y, count]);
    }));
    const unit = panel.options.yAxis.unit;
    chart(body, {
      legend: { show: false },
      grid: { left: 64, right: 12, top: 8, bottom: 24 },
      xAxis: { type: "category", data: times.map((t) => format(t, "time:HH:mm")) },
      yAxis: { type: "category", data: edges.map((e) => e.le === Infinity ? "+Inf" : format(e.le, unit)) },
      visualMap: { show: false, min: 0, max: Math.max(...data.map((d) => d[2])), inRange: { color: ["#440154", "#3b528b", "#21918c", "#5ec962", "#fde725"] } },
      series: [{ type: "heatmap", data, progressive: 0 }],
    });
  },
};

function legend(names) {
  return { show: true, bottom: 0, type: "plain", itemHeight: 8, itemWidth: 14, textStyle: { fontSize: 10 }, data: names, height: 34 };
}
function timeAxis(span) {
  const long = span.to - span.from > 2 * 86400000;
  return { type: "time", min: span.from, max: span.to, axisLabel: { formatter: (v) => format(v, long ? "time:DD/MM" : "time:HH:mm"), hideOverlap: true } };
}
// gaps puts an empty point where samples are missing.
function gaps(points, span) {
  const out = [];
  points.forEach((p, i) => {
    if (i && p[0] - points[i - 1][0] > span.step * 1500) out.push([p[0] - 1, null]);
    out.push(p);
  });
  return out;
}
function chart(body, options) {
  const c = echarts.init(body, null, { renderer: "canvas" });
  c.setOption({ animation: false, textStyle: { fontFamily: "DejaVu Sans" }, grid: { left: 60, right: 16, top: 8, bottom: 58 }, ...options });
}

document.title = dashboard.title;
element(document.body, "h1", "", dashboard.title + "   " + new Date(from + offset * 60000).toISOString().slice(0, 16) + " – " + new Date(to + offset * 60000).toISOString().slice(0, 16));
const grid = element(document.body, "div");
grid.id = "grid";
for (const panel of dashboard.panels) {
  const { x, y, w, h } = panel.gridPos;
  const box = element(grid, "div", panel.type === "row" ? "row" : "panel");
  box.style.cssText = `position:absolute;left:${x * CELL.w}px;top:${y * CELL.h}px;width:${w * CELL.w - 8}px;height:${h * CELL.h - 8}px`;
  if (panel.type === "row") {
    box.textContent = "▾ " + panel.title;
    continue;
  }
  element(box, "h2", "", panel.title);
  const body = element(box, "div", "body");
  if (draw[panel.type]) draw[panel.type](panel, body);
  else element(body, "div", "nodata", "panel of type " + panel.type);
}
