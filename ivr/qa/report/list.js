// The list of cases, its filters, and what stands over it. All text comes from JSON blocks and is put in as text, never
// as markup: callers say what they like.

const $ = (id) => document.getElementById(id);
const data = (id) => { const block = $(id); return block ? JSON.parse(block.textContent) : null; };
const run = data("run");
const GLYPHS = { passed: "✓", failed: "✗", known: "≈", mended: "↑", error: "!" };
const WORST = ["error", "failed", "mended", "known", "passed"];
const JUDGED = ["worse", "different", "improved", "same", ""];
const SVG = "http://www.w3.org/2000/svg";
let language = navigator.language.startsWith("zh") ? "zh" : "en";
let word = WORDS[language];

/** An element, as `make("p.note", "text", child, …)`; strings become text nodes, whatever they hold. */
function make(kind, ...children) {
  const [tag, ...classes] = kind.split(".").filter(Boolean);
  const made = document.createElement(tag);
  if (classes.length) made.className = classes.join(" ");
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

const set = (element, properties) => Object.assign(element, properties);
const label = (element, text) => { element.setAttribute("aria-label", text); element.title = text; return element; };
const clock = (ms) => `${Math.floor(ms / 60000)}:${((ms % 60000) / 1000).toFixed(1).padStart(4, "0")}`;
const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;
const plain = (value) => (typeof value === "string" ? value : JSON.stringify(value));
const pairs = (values) => Object.entries(values || {}).map(([name, value]) => `${name} = ${plain(value)}`).join(", ");
const show = (parts) => make("span.parts", parts.map(([sign, text]) => make({ "=": "span", "-": "del", "+": "ins" }[sign], text)));

/** Words of a caller or a hotline: with their language, so that a Chinese reader gets Chinese letterforms. */
const spoken = (kind, text) => set(make(kind, text), { lang: /[\u3400-\u9fff]/.test(text) ? "zh-CN" : "en" });

const filter = { verdict: "all", flow: "", tag: "", sort: "run", text: "" };
let rows = [];
let shown = [];

const isOf = (entry, kind) => kind === "all" || entry.verdict === kind || entry.change === kind;

function fits(entry) {
  return isOf(entry, filter.verdict) && (!filter.flow || entry.flow === filter.flow) && (!filter.tag || entry.tags.includes(filter.tag))
    && filter.text.toLowerCase().split(/\s+/).every((part) => entry.find.includes(part));
}

const ORDER = {
  run: () => 0,
  worst: (one, other) => WORST.indexOf(one.verdict) - WORST.indexOf(other.verdict) || JUDGED.indexOf(one.judged) - JUDGED.indexOf(other.judged) || other.failures - one.failures,
  gap: (one, other) => (other.gap ?? -1) - (one.gap ?? -1),
  length: (one, other) => other.seconds - one.seconds,
  title: (one, other) => one.title.localeCompare(other.title, "zh-CN"),
};

function list() {
  shown = run.cases.filter(fits).sort((one, other) => ORDER[filter.sort](one, other) || one.number - other.number);
  $("list").replaceChildren(...shown.map((entry) => rows[entry.number]));
  $("count").textContent = shown.length ? `${shown.length} ${word.shown} ${run.cases.length} ` : `${word.nothing} `;
  if (shown.length === run.cases.length) return;
  const clear = set(make("button.quiet", word.clear), { type: "button", id: "clear" });
  clear.onclick = () => { change({ verdict: "all", flow: "", tag: "", text: "" }); $("text").focus(); };
  $("count").append(clear);
}

function change(to) {
  Object.assign(filter, to);
  controls();
  list();
}

function row(entry) {
  const facts = [make("span", entry.flow), make("span", clock(entry.seconds * 1000))];
  if (entry.gap !== null) facts.push(make("span", `${word.gap} ${seconds(entry.gap)}`));
  const was = entry.was && entry.was !== entry.verdict ? word.was(word[entry.was]) : "";
  if (entry.judged) facts.push(make(`span.judged.${entry.judged}`, word.judged[entry.judged] + was));
  if (entry.change === "new") facts.push(make("span.judged", word.new));
  const badge = label(make(`span.badge.${entry.verdict}`, GLYPHS[entry.verdict]), word[entry.verdict]);
  badge.setAttribute("role", "img");
  return make("li", set(make("a", badge, make("span.row", spoken("span.title", entry.title), make("span.facts", facts))), { href: `#${encodeURIComponent(entry.key)}` }));
}

/** The filters as they stand. */
function controls() {
  $("text").value = filter.text;
  const every = (of) => [...new Set(run.cases.flatMap(of))].sort().map((name) => [name, name]);
  const orders = ["run", "worst", "gap", "length", "title"].map((name) => [name, word.orders[name]]);
  const menus = { flow: [["", word.allFlows], ...every((entry) => entry.flow)], tag: [["", word.allTags], ...every((entry) => entry.tags)], sort: orders };
  for (const [id, options] of Object.entries(menus)) {
    $(id).replaceChildren(...options.map(([value, text]) => set(make("option", text), { value, selected: filter[id] === value })));
    $(id).onchange = (event) => change({ [id]: event.target.value });
  }
  const kinds = ["all", "failed", "error", "mended", "known", "changed", "new", "passed"];
  const many = (kind) => run.cases.filter((entry) => isOf(entry, kind)).length;
  $("verdicts").replaceChildren(...kinds.filter((kind) => many(kind) || kind === "failed").map((kind) => {
    const chip = set(make(`button.pick.${kind}`, make("b", String(many(kind))), make("span", word[kind])), { type: "button" });
    chip.dataset.verdict = kind;
    chip.setAttribute("aria-pressed", String(filter.verdict === kind));
    chip.onclick = () => { change({ verdict: filter.verdict === kind ? "all" : kind }); document.querySelector(`[data-verdict=${kind}]`).focus(); };
    return chip;
  }));
}

function overview() {
  const found = run.measures;
  const told = [[word.audio, clock(found.seconds * 1000).split(".")[0]], [word.turns, found.turns]];
  if (found.heard !== undefined) told.push([word.heard, `${(found.heard * 100).toFixed(1)} %`]);
  for (const name of ["gap_p50", "gap_p95", "gap_max"]) if (found[name] !== undefined) told.push([word[name], seconds(found[name])]);
  if (run.wallSeconds) told.push([word.speed, `${(found.seconds / run.wallSeconds).toFixed(1)} ×`]);
  $("measures").replaceChildren(...told.map(([name, value]) => make("div", make("dt", name), make("dd", String(value)))));
  $("about").textContent = [run.started.replace("T", " ").slice(0, 16), run.release, run.model, run.channel].filter(Boolean).join(" · ");
  $("about").title = Object.entries(run.flows).map(([flow, digest]) => `${flow} ${digest}`).join("\n");
  const judged = ["worse", "different", "improved"].map((kind) => [kind, run.cases.filter((entry) => entry.judged === kind).length]).filter(([, many]) => many);
  const how = judged.map(([kind, many]) => `${many} ${word.judged[kind]}`).join(", ");
  const notes = [...run.conditions, run.gone.length ? `${word.gone}: ${run.gone.join(", ")}` : ""].filter(Boolean);
  const against = make(`li.${run.verdict}`, `${word.against} ${run.against}: ${word.judged[run.verdict]}${how && ` (${how})`}`);
  $("conditions").replaceChildren(...(run.against ? [against] : []), ...notes.map((note) => make("li", note)));
  $("conditions").hidden = !run.against;
  document.title = `${word.title} · ${run.release}`;
}

/** Everything anew, in the language that was chosen. */
function words() {
  word = WORDS[language];
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = word[element.dataset.word];
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", word[element.dataset.label]);
  for (const element of document.querySelectorAll("[data-hint]")) element.placeholder = word[element.dataset.hint];
  rows = run.cases.map(row);
  overview();
  controls();
  list();
  if (current) open(current, player.at);
}
