// Bundle third-party code and the theme into src/shian/kernel/ui/static/ui (committed; nothing is built at run time).
// Offices run browsers of 2020: every output is lowered to Chromium 86 and searched for what that browser lacks.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import esbuild from "esbuild";
import * as sass from "sass";

const OUT = process.env.SHIAN_UI_OUT || "../src/shian/kernel/ui/static/ui";
const TARGET = "chrome86";
const GZIP_LIMIT = { "charts.js": 300_000, "shell.js": 80_000, "shell.css": 45_000 };
const MISSING_IN_CHROMIUM_86 = {
  ".js": [/\bstructuredClone\(/, /\bObject\.hasOwn\(/, /\.findLast\(/, /\.at\(-1\)/],
  ".css": [/:has\(/, /:is\(/, /:where\(/, /color-mix\(/, /light-dark\(/, /[;{]inset:/, /@container/, /@layer/],
};

// A content policy of 'self' refuses data: images, so each becomes a file of its own beside the stylesheet.
function extractDataImages(css) {
  return css.replace(/url\("data:image\/svg\+xml,([^"]+)"\)/g, (_, encoded) => {
    const svg = encoded.replace(/%[0-9a-f]{2}/gi, decodeURIComponent);
    const name = createHash("sha256").update(svg).digest("hex").slice(0, 10) + ".svg";
    mkdirSync(`${OUT}/shapes`, { recursive: true });
    writeFileSync(`${OUT}/shapes/${name}`, svg);
    return `url(shapes/${name})`;
  });
}

function buildTheme() {
  const compiled = sass.compile("src/theme/shell.scss", {
    loadPaths: ["node_modules"],
    quietDeps: true,
    silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
  });
  const lowered = esbuild.transformSync(extractDataImages(compiled.css), { loader: "css", target: TARGET, minify: true }).code;
  // esbuild may fold top/right/bottom/left into `inset`, which arrived in Chromium 87.
  const css = lowered.replace(/([;{])inset:([^;}]+)/g, (_, lead, value) => {
    const v = value.trim().split(/\s+/);
    const [t, r = t, b = t, l = r] = v;
    return `${lead}top:${t};right:${r};bottom:${b};left:${l}`;
  });
  writeFileSync(`${OUT}/shell.css`, css);
}

function buildScripts() {
  esbuild.buildSync({
    entryPoints: { shell: "src/shell/main.js", charts: "src/charts.js" },
    outdir: OUT,
    bundle: true,
    minify: true,
    format: "iife",
    target: TARGET,
    legalComments: "none",
    define: { "process.env.NODE_ENV": '"production"' },
  });
}

const ICONS = readFileSync("icons.txt", "utf8").split(/\s+/).filter(Boolean).sort();
const drawing = (name) => `node_modules/@tabler/icons/icons/outline/${name}.svg`;

function buildIcons() {
  const symbols = ICONS.map((name) => {
    const source = readFileSync(drawing(name), "utf8");
    const shapes = source.match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1].replace(/\s+/g, " ").trim();
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" ` +
      `stroke-linecap="round" stroke-linejoin="round">${shapes}</symbol>`;
  });
  writeFileSync(`${OUT}/icons.svg`, `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`);
}

// The licence text of everything that reaches the browser, in one file beside it.
function collectLicences() {
  const shipped = ["@alpinejs/csp", "@vue/reactivity", "@vue/shared", "@popperjs/core", "@tabler/icons", "bootstrap",
    "echarts", "htmx.org", "tslib", "zrender"];
  const parts = shipped.map((name) => {
    const folder = `node_modules/${name}`;
    const meta = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
    const files = readdirSync(folder, { recursive: true })
      .filter((f) => /^(licen[cs]e|notice|copyright)[^/]*(\/[^/]+)?$/i.test(f) && statSync(`${folder}/${f}`).isFile()).sort();
    const text = files.map((f) => readFileSync(`${folder}/${f}`, "utf8").trim()).join("\n\n");
    return `${"=".repeat(78)}\n${name} ${meta.version} (${meta.license})\n${"=".repeat(78)}\n` +
      (text || `Licence: ${meta.license}, as declared in its package.json; author: ${meta.author?.name ?? meta.author ?? ""}`);
  });
  writeFileSync(`${OUT}/LICENSES.txt`, parts.join("\n\n") + "\n");
}

function check() {
  let failed = false;
  for (const [name, limit] of Object.entries(GZIP_LIMIT)) {
    const text = readFileSync(`${OUT}/${name}`, "utf8");
    const gz = gzipSync(text, { level: 9 }).length;
    console.log(`${name.padEnd(12)} ${String(text.length).padStart(8)} bytes, ${String(gz).padStart(7)} gzipped (limit ${limit})`);
    const lacking = MISSING_IN_CHROMIUM_86[name.slice(name.lastIndexOf("."))].filter((p) => p.test(text));
    if (gz > limit || lacking.length) {
      console.error(`  refused: ${gz > limit ? "too large" : `not in Chromium 86: ${lacking.join(" ")}`}`);
      failed = true;
    }
  }
  if (failed) process.exit(1);
}

const unknown = ICONS.filter((name) => !existsSync(drawing(name)));
if (unknown.length) {
  console.error(`icons.txt names what Tabler does not draw: ${unknown.join(" ")}`);
  process.exit(1);
}
if (existsSync(OUT)) for (const f of readdirSync(OUT)) rmSync(`${OUT}/${f}`, { recursive: true });
mkdirSync(OUT, { recursive: true });
for (const f of readdirSync("static")) writeFileSync(`${OUT}/${f}`, readFileSync(`static/${f}`));
buildTheme();
buildScripts();
buildIcons();
collectLicences();
check();
