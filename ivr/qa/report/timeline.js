// The time line of a call: five lanes over one axis, drawn to scale, and the playhead. The position is kept here and not
// in the audio element, so that it also moves in a call whose sound is not in the file.

const READING_SCALE = 60; // pixels a second: as fast as Mandarin is spoken, so that words have room over their sound
const MAX_SCALE = 400;
const AFTER_END_PX = 90; // room for the name of what ends the call
const LINGERS_MS = 700; // how long the line under the lanes still shows what was but a moment
const player = { audio: new Audio(), at: 0, ms: 1, scale: READING_SCALE, turns: [], marks: [], rate: 1 };
const playing = () => !player.audio.paused && Boolean(player.audio.src);
const turnAt = (ms) => player.turns.findLastIndex((turn) => turn.began_ms <= ms + 1);

function load(call, sound) {
  player.audio.pause();
  player.audio.removeAttribute("src");
  if (sound) set(player.audio, { src: sound, preload: "auto" });
  Object.assign(player, { ms: Math.max(1, call.ms), turns: call.turns, marks: call.marks });
}

/* ---- drawing ---- */

function placed(element, from, to) {
  Object.assign(element.dataset, { from, to });
  return element;
}

function wave(peaks) {
  const heights = [...atob(peaks)].map((letter) => letter.charCodeAt(0) / 255);
  const up = heights.map((height, index) => `${index} ${(1 - height).toFixed(2)}`);
  const down = heights.map((height, index) => `${index} ${(1 + height).toFixed(2)}`).reverse();
  const drawn = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  drawn.setAttribute("viewBox", `0 0 ${Math.max(1, heights.length)} 2`);
  drawn.setAttribute("preserveAspectRatio", "none");
  path.setAttribute("d", heights.length ? `M${[...up, ...down].join("L")}Z` : "");
  drawn.append(path);
  return placed(drawn, 0, (heights.length / run.peaksPerSecond) * 1000);
}

/** A mark on its lane; `text` is what stands on it, where that is not the mark's own. */
function drawn(mark, kind, text) {
  const made = make(`div.span.${kind}`, spoken("span", text ?? mark.text));
  const when = mark.to > mark.from ? `${clock(mark.from)}–${clock(mark.to)}` : clock(mark.from);
  made.title = [when, mark.text, mark.score === undefined ? "" : mark.score.toFixed(2), mark.more].filter(Boolean).join("\n");
  return placed(made, mark.from, mark.to);
}

const lane = (name, title, ...inside) => make(`div.lane.${name}`, make("span.lane-name", title), inside);
const withScore = (mark) => (mark.score === undefined ? mark.text : `${mark.text} ${mark.score.toFixed(2)}`);

function lanes(call) {
  const of = (name) => call.marks.filter((mark) => mark.lane === name);
  const turns = call.turns.filter((turn) => turn.kind !== "begin");
  const wrong = (turn) => call.failures.some((failure) => call.turns[failure.turn] === turn);
  const truth = turns.filter((turn) => turn.kind !== "silence").map((turn) => drawn({ from: turn.began_ms, to: turn.ended_ms, text: turn.said || word[turn.kind] || "" }, wrong(turn) ? "truth.wrong" : "truth"));
  const gaps = turns.filter((turn) => turn.gap_ms > 0).map((turn) => drawn({ from: turn.ended_ms, to: turn.ended_ms + turn.gap_ms, text: word.gap }, "reply", seconds(turn.gap_ms)));
  const [mine, theirs] = call.peaks.map(wave);
  return [
    lane("caller", word.laneCaller, mine, truth, gaps),
    lane("recognised", word.laneHeard, of("heard").map((mark) => drawn(mark, mark.kind))),
    lane("spoke", word.laneHotline, theirs, of("said").map((mark) => drawn(mark, mark.kind))),
    lane("decided", word.laneDecided, of("decided").map((mark) => drawn(mark, `mark.${mark.kind}`, withScore(mark)))),
    lane("waited", word.laneWaited, of("waited").map((mark) => drawn(mark, mark.kind))),
  ];
}

function timeline(call, sound) {
  const track = set(make("div", make("div.ruler"), lanes(call), set(make("div"), { id: "playhead" })), { id: "track", tabIndex: 0 });
  const slider = { role: "slider", "aria-label": word.position, "aria-valuemin": 0, "aria-valuemax": (player.ms / 1000).toFixed(1) };
  for (const [name, value] of Object.entries(slider)) track.setAttribute(name, value);
  const timeOf = (event) => ((event.clientX - track.getBoundingClientRect().left) / player.scale) * 1000;
  track.onpointerdown = (event) => { if (event.pointerType === "mouse" && event.button === 0) track.setPointerCapture(event.pointerId); };
  track.onpointermove = (event) => { if (track.hasPointerCapture(event.pointerId)) seek(timeOf(event)); };
  track.onclick = (event) => seek(timeOf(event));
  const silent = sound ? "" : make("p.silent", call.peaks.length ? word.noSound : word.noRecording);
  return make("section.player", transport(sound), set(make("div", track), { id: "scroll" }), set(make("p"), { id: "now" }), silent);
}

function transport(sound) {
  const button = (id, text, title, act) => label(set(make("button.quiet", text), { id, type: "button", onclick: act }), title);
  const rates = [0.75, 1, 1.5, 2].map((value) => set(make("option", `${value}×`), { value, selected: value === player.rate }));
  const rate = label(set(make("select", rates), { id: "rate" }), word.rate);
  rate.onchange = () => { player.rate = player.audio.playbackRate = Number(rate.value); };
  const position = make("span.clock", set(make("b"), { id: "clock" }), ` / ${clock(player.ms)}`);
  return make("div.controls", set(button("play", "▶", word.play, toggle), { disabled: !sound }), position, rate, make("span.space"),
    button("zoom-out", "−", word.zoomOut, () => zoom(1 / 1.5)), button("fit", "↔", word.fit, fit), button("zoom-in", "+", word.zoomIn, () => zoom(1.5)));
}

/** Put everything where it belongs at the present scale; where marks would overlap, the later goes a row lower. */
function lay() {
  const track = $("track");
  const rowsTaken = { decided: [], waited: [] };
  const whole = (player.ms / 1000) * player.scale + AFTER_END_PX;
  const share = (px) => `${(px / whole) * 100}%`; // of the track, so that a print can be narrower
  track.style.width = `${whole}px`;
  for (const element of track.querySelectorAll("[data-from]")) {
    const left = (element.dataset.from / 1000) * player.scale;
    const width = ((element.dataset.to - element.dataset.from) / 1000) * player.scale;
    const mark = element.classList.contains("mark");
    element.style.left = share(left);
    if (!mark) element.style.width = share(Math.max(width, 2));
    element.classList.toggle("narrow", width < 34);
    const taken = rowsTaken[element.parentNode.classList[1]];
    if (taken) element.style.setProperty("--row", rowFor(taken, left, mark ? element.offsetWidth + 4 : Math.max(width, 3) + 1));
  }
  for (const [name, taken] of Object.entries(rowsTaken)) track.style.setProperty(`--${name}-rows`, Math.max(1, taken.length));
  const step = [1, 2, 5, 10, 30, 60, 300].find((each) => each * player.scale >= 56) || 600;
  const ticks = Array.from({ length: Math.floor(player.ms / 1000 / step) + 1 }, (_, index) => index * step);
  track.querySelector(".ruler").replaceChildren(...ticks.map((at) => {
    const tick = make("span", clock(at * 1000).split(".")[0]);
    tick.style.left = share(at * player.scale);
    return tick;
  }));
}

function rowFor(taken, left, width) {
  const free = taken.findIndex((end) => end <= left);
  const row = free < 0 ? taken.length : free;
  taken[row] = left + width;
  return row;
}

const fitting = () => ($("scroll").clientWidth - AFTER_END_PX) / (player.ms / 1000);
function zoom(by) { player.scale = Math.min(Math.max(player.scale * by, fitting()), Math.max(MAX_SCALE, fitting())); lay(); draw(true); }
const fit = () => zoom(0);
const resized = () => zoom(1);

/* ---- the playhead ---- */

/** What is said or decided at the position: a line of text that runs along with the playhead. */
function marksNow() {
  const now = player.marks.filter((mark) => mark.lane !== "waited" && mark.from <= player.at && player.at <= mark.to + (mark.to === mark.from ? LINGERS_MS : 0));
  const partial = now.findLast((mark) => mark.kind === "partial");
  return now.filter((mark) => (mark.kind === "partial" ? mark === partial : mark.kind !== "heard" || !partial));
}

function draw(follow = false) {
  const x = (player.at / 1000) * player.scale;
  const turn = turnAt(player.at);
  const now = marksNow();
  $("playhead").style.transform = `translateX(${x}px)`;
  $("clock").textContent = clock(player.at);
  for (const element of document.querySelectorAll(".turns > .turn")) element.classList.toggle("on", Number(element.dataset.turn) === turn);
  $("now").replaceChildren(...now.map((mark) => spoken(`span.${mark.lane}`, withScore(mark))));
  $("track").setAttribute("aria-valuenow", (player.at / 1000).toFixed(1));
  $("track").setAttribute("aria-valuetext", [clock(player.at), turn < 0 ? "" : turnName(turn), ...now.map((mark) => mark.text)].filter(Boolean).join(", "));
  const frame = $("scroll");
  if (follow && (x < frame.scrollLeft + 20 || x > frame.scrollLeft + frame.clientWidth - 60)) frame.scrollLeft = x - frame.clientWidth / 3;
}

function seek(ms, follow = true) {
  player.at = Math.min(Math.max(0, ms), player.ms);
  if (player.audio.src) player.audio.currentTime = player.at / 1000;
  draw(follow);
}

function toggle() {
  if (!player.audio.src) return;
  if (playing()) { player.audio.pause(); return; }
  if (player.at >= player.ms - 50) seek(0);
  player.audio.playbackRate = player.rate;
  player.audio.play().catch((fault) => { if (fault.name !== "AbortError") $("now").textContent = word.unplayable; });
}

function runAlong() {
  if (!playing()) return;
  player.at = Math.min(player.audio.currentTime * 1000, player.ms);
  draw(true);
  requestAnimationFrame(runAlong);
}

player.audio.onplay = () => { label(set($("play"), { textContent: "❚❚" }), word.pause); runAlong(); };
player.audio.onpause = () => { if ($("play")) label(set($("play"), { textContent: "▶" }), word.play); };
