// Which call is open, and the keyboard. The address names the call, so that a link leads to it.

let current = null;
const wide = matchMedia("(min-width: 861px)");

function open(entry, at = 0) {
  if (current) rows[current.number].firstChild.removeAttribute("aria-current");
  current = entry;
  rows[entry.number].firstChild.setAttribute("aria-current", "true");
  document.body.dataset.open = "";
  drawCall(entry, at);
  $("call").scrollTop = 0;
  if (!wide.matches) scrollTo(0, 0);
}

const address = (key) => history.replaceState(null, "", `#${encodeURIComponent(key)}`);

/** On a phone the list is a page of its own; on a wide screen it only gets the focus back. */
function backToList() {
  player.audio.pause();
  delete document.body.dataset.open;
  if (current) rows[current.number].firstChild.focus();
}

function move(by) {
  const at = shown.indexOf(current);
  const next = shown[at < 0 ? 0 : Math.min(Math.max(at + by, 0), shown.length - 1)];
  if (!next) return;
  address(next.key);
  open(next);
  const link = rows[next.number].firstChild;
  (link.offsetParent ? link : $("call-title")).focus();
}

function toTurn(index) {
  seek(player.turns[index].began_ms);
  document.querySelector(`.turn[data-turn="${index}"]`).scrollIntoView({ block: "start" });
}

function turnBy(by) {
  const next = Math.min(Math.max(turnAt(player.at) + by, 0), player.turns.length - 1);
  if (next >= 0) toTurn(next);
}

function search() {
  if (!$("text").offsetParent) backToList();
  $("text").select();
}

function enter() {
  $("call-title").focus();
  $("call-title").scrollIntoView({ block: "nearest" });
}

function help() {
  const close = set(make("button.quiet", word.close), { type: "button", onclick: () => $("help").close() });
  const told = word.helpKeys.map(([keys, what]) => [make("dt", keys.split(/\s+/).map((key) => make("kbd", key))), make("dd", what)]);
  $("help").replaceChildren(make("h2", word.keys), make("dl.keys", told), close);
  $("help").showModal();
}

const ANYWHERE = { j: () => move(1), k: () => move(-1), "/": search, "?": help };
const IN_CALL = {
  " ": toggle, Enter: enter, Escape: backToList, n: () => turnBy(1), p: () => turnBy(-1), Home: () => seek(0), End: () => seek(player.ms),
  "+": () => zoom(1.5), "=": () => zoom(1.5), "-": () => zoom(1 / 1.5), 0: fit,
  ArrowLeft: (far) => seek(player.at - far), ArrowRight: (far) => seek(player.at + far),
};

function inField(field, event) {
  if (field.id !== "text") return;
  if (event.key === "Escape") { filter.text ? change({ text: "" }) : field.blur(); }
  if (event.key === "Enter" && shown[0]) { event.preventDefault(); current = shown.includes(current) ? current : null; move(0); }
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const field = event.target.closest("input, select, dialog");
  if (field) { inField(field, event); return; }
  const own = event.key === " " ? "button, summary" : event.key === "Enter" ? "button, summary, .skip, .back" : null;
  if (own && event.target.closest(own)) return;
  const act = ANYWHERE[event.key] || (current && IN_CALL[event.key]);
  if (!act) return;
  if (event.key === "Enter" && event.target.closest("#list a") && event.target !== rows[current.number].firstChild) return;
  event.preventDefault();
  act(event.shiftKey ? 5000 : 1000);
});

/** Open the call that the address names. Returns whether it names one. */
function route() {
  const key = decodeURIComponent(location.hash.slice(1));
  const entry = run.cases.find((one) => one.key === key);
  if (entry) open(entry);
  else if (key !== "call" && current) backToList();
  return Boolean(entry);
}

run.cases.forEach((entry, number) => { entry.number = number; });
if (run.cases.some((entry) => entry.verdict !== "passed")) filter.sort = "worst";
$("keys").onclick = help;
$("language").onclick = () => { language = language === "zh" ? "en" : "zh"; words(); };
$("text").oninput = (event) => { filter.text = event.target.value; list(); };
$("filters").onsubmit = (event) => event.preventDefault();
addEventListener("hashchange", route);
addEventListener("resize", () => { if (current) resized(); });
words();
if (!route() && shown.length && wide.matches) open(shown[0]);
document.documentElement.dataset.ready = "";
