// The chart kit: only the ECharts parts the pages use. Loaded by pages that draw (block "scripts").
import * as echarts from "echarts/core";
import { BarChart, GaugeChart, LineChart, PieChart, ScatterChart } from "echarts/charts";
import {
  AriaComponent, DatasetComponent, GridComponent, LegendComponent, MarkLineComponent, TitleComponent, TooltipComponent,
} from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

echarts.use([
  BarChart, GaugeChart, LineChart, PieChart, ScatterChart, AriaComponent, DatasetComponent, GridComponent,
  LegendComponent, MarkLineComponent, TitleComponent, TooltipComponent, SVGRenderer,
]);

const PALETTE = ["#1f5aa6", "#c2571a", "#2c7a4b", "#7a4fa3", "#a8323a", "#0e7490", "#8a6d00", "#5b6573"];

function style(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function axis(spec) {
  const line = { lineStyle: { color: style("--bs-border-color") } };
  return { ...spec, axisLine: line, splitLine: line, axisLabel: { color: style("--bs-secondary-color"), ...spec.axisLabel } };
}

// <div data-chart="json-script-id">: the option is read from <script type="application/json" id=…>.
function draw(host) {
  const option = JSON.parse(document.getElementById(host.dataset.chart).textContent);
  const chart = echarts.getInstanceByDom(host) || echarts.init(host, null, { renderer: "svg" });
  for (const name of ["xAxis", "yAxis"]) {
    if (option[name]) option[name] = [].concat(option[name]).map(axis);
  }
  chart.setOption({
    color: PALETTE,
    animation: false,
    aria: { enabled: true, decal: { show: document.documentElement.dataset.print === "large" } },
    textStyle: { fontFamily: "inherit", color: style("--bs-body-color") },
    legend: option.legend && { textStyle: { color: style("--bs-body-color") } },
    tooltip: { trigger: option.xAxis ? "axis" : "item", confine: true },
    grid: { left: 8, right: 16, top: 36, bottom: 8, containLabel: true },
    ...option,
  }, true);
}

function drawAll(root) {
  root.querySelectorAll("[data-chart]").forEach(draw);
}

window.echarts = echarts;
document.addEventListener("DOMContentLoaded", () => drawAll(document));
document.addEventListener("htmx:afterSettle", (event) => drawAll(event.target));
document.addEventListener("shian:appearance", () => drawAll(document));
window.addEventListener("resize", () => {
  document.querySelectorAll("[data-chart]").forEach((host) => echarts.getInstanceByDom(host)?.resize());
});
