// One call: how it went, what was not as expected, what is otherwise than before, and its turns.

const turnName = (index) => (index === null ? word.wholeCall : index === 0 ? word.beginning : word.turnNumber(index));
const section = (kind, title, ...inside) => make(`section.${kind}`, make("h3", title), inside);
const notEmpty = ([, value]) => value !== "" && value !== undefined && value !== null;

/** Show the call of a row of the list; `at` is where in it one is, in ms. */
function drawCall(entry, at = 0) {
  const call = data(`call-${entry.number}`);
  const sound = data(`sound-${entry.number}`);
  load(call, sound);
  const back = set(make("a.back", `‹ ${word.back}`), { href: "#" });
  const title = set(spoken("h2", entry.title), { id: "call-title", tabIndex: -1 });
  const head = make("div.call-head", make(`span.verdict.${entry.verdict}`, `${GLYPHS[entry.verdict]} ${word[entry.verdict]}`), title, aboutCall(entry, call), leads(call));
  $("call").setAttribute("aria-labelledby", "call-title");
  $("call").replaceChildren(back, head, ...notices(call), ...ofWholeCall(call), timeline(call, sound), make("ol.turns", call.turns.map((turn, index) => card(call, turn, index))));
  resized();
  seek(at, false);
  $("scroll").scrollLeft = 0;
}

function aboutCall(entry, call) {
  const told = [["", entry.flow], [word.file, call.file || entry.key], [word.owner, call.owner], [word.ended, [call.ended, call.ended_by].filter(Boolean).join(", ")],
    [word.queue, call.queue], [word.summary, call.summary], [word.values, pairs(call.values)]];
  return make("p.about", told.filter(notEmpty).map(([name, value]) => make("span", name && make("i", name, " "), spoken("span", value))), call.tags.map((tag) => make("span.tag", tag)));
}

function notices(call) {
  const told = [["trouble-notice", word.trouble, call.trouble], ["notice", word.knownFailure, call.known_failure], ...call.notes.map((note) => ["notice", "", note])];
  return told.filter(([, , text]) => text).map(([kind, name, text]) => make(`p.${kind}`, name && make("b", name, " "), text));
}

/** Buttons that lead to the turns that failed or that a caller would notice to be otherwise. */
function leads(call) {
  const wrong = (turn, index) => call.failures.some((failure) => failure.turn === index) || Boolean(call.diff && call.diff.turns[index]?.noticed);
  const found = call.turns.map((turn, index) => [turn, index]).filter(([turn, index]) => wrong(turn, index));
  return found.length ? make("p.leads", found.map(([turn, index]) => {
    const failed = call.failures.some((failure) => failure.turn === index);
    const button = make(`button.quiet${failed ? ".failed" : ""}`, failed ? "✗ " : "≠ ", turnName(index), turn.said ? spoken("span", ` ${turn.said}`) : "");
    return set(button, { type: "button", onclick: () => toTurn(index) });
  })) : "";
}

/** What belongs to no turn that is there: failures of the call, its changes, turns that it no longer came to. */
function ofWholeCall(call) {
  const failures = call.failures.filter((failure) => !call.turns[failure.turn]);
  const found = failures.length ? [section("problems", word.failures, make("ul", failures.map((failure) => problem(failure, call, true))))] : [];
  const lost = call.diff ? call.diff.lost.map((turn) => [make("dt", word.lost), make("dd", show([["-", turn.said]]), make("i", ` ${turn.cause}`))]) : [];
  if (call.diff && (call.diff.call.length || lost.length)) found.push(section("changes", word.differences, make("dl.pairs", rowsOf(call.diff.call), lost)));
  return found;
}

function problem(failure, call, named) {
  const where = failure.line ? make("code", `${call.file.split("/").pop() || "case.yaml"}:${failure.line}`) : "";
  return make("li", make("div.what", named ? make("b", turnName(failure.turn), " ") : "", failure.what, " ", where),
    make("dl.pairs", make("dt", word.expected), spoken("dd", failure.expected), make("dt", word.came), spoken("dd", failure.came)));
}

const rowsOf = (changes) => changes.map((change) => [make("dt", word.fields[change.what] || change.what), make("dd", show(change.parts))]);

function changesOf(diff, index) {
  const turn = diff && diff.turns[index];
  if (!turn) return null;
  return section(turn.noticed ? "changes" : "changes.slight", word.differences, make("dl.pairs", rowsOf(turn.changes)), turn.cause ? make("p.cause", turn.cause) : "");
}

const fact = (kind, name, value) => (notEmpty(["", value]) ? make(`span.fact.${kind}`, name && make("i", name, " "), value) : null);

/** One turn: what the caller did, what was made of it, how long it took, what the hotline said. */
function card(call, turn, index) {
  const failures = call.failures.filter((failure) => failure.turn === index);
  const begin = set(make("button.at", make("span", "▶ "), clock(turn.began_ms)), { type: "button", title: word.playTurn });
  begin.onclick = () => { seek(turn.began_ms); if (player.audio.src && !playing()) toggle(); };
  const gap = Number.isInteger(turn.gap_ms) ? make("p.reply-gap", word.gap, " ", make("b", seconds(turn.gap_ms))) : null;
  const made = make(`li.turn${failures.length ? ".bad" : ""}`, begin, make("div.body",
    make("div.from-caller", ...saidIn(turn), make("div.facts", factsOf(turn, call.turns[index - 1])), howCome(turn)), gap,
    make("div.from-hotline", (turn.prompts || []).map((prompt) => spoken("p.bubble", prompt))),
    failures.length ? section("problems", word.failures, make("ul", failures.map((failure) => problem(failure, call, false)))) : null,
    changesOf(call.diff, index)));
  made.dataset.turn = index;
  return made;
}

function saidIn(turn) {
  if (turn.kind === "keys") return [make("p.bubble", word.pressed, " ", [...(turn.said || "")].map((key) => make("kbd", key)))];
  if (turn.kind !== "speech") return [make("p.what", word[turn.kind])];
  const said = spoken("p.bubble", turn.said || turn.heard || "…");
  if (turn.misheard) return [said, make("p.misheard", make("i", word.asHeard, " "), turn.heard ? show(turn.misheard) : word.nothingHeard)];
  return turn.said ? [said, make("p.right", `✓ ${word.heardRight}`)] : [said];
}

function factsOf(turn, before) {
  if (turn.kind === "begin") return [];
  const slots = Object.entries(turn.slots || {}).filter(([name, value]) => plain(value) !== plain((before?.slots || {})[name]));
  const cut = turn.cut ? `“${turn.cut}” ${word.after_s} ${seconds(turn.cut_at_ms || 0)}` : null;
  return [fact("intent", "", (turn.intents || []).join(" → ")), fact("", word.score, turn.score ? turn.score.toFixed(2) : null),
    fact("faint", word.runnerUp, turn.runner_up ? `${turn.runner_up} ${(turn.runner_up_score || 0).toFixed(2)}` : null),
    fact("", "", pairs(Object.fromEntries(slots))), fact("faint", word.step, turn.step), fact("faint", "", turn.question_closed ? word.closed : null), fact("cut-off", word.cut, cut)];
}

function howCome(turn) {
  const stages = Object.entries(turn.stages_ms || {}).map(([stage, ms]) => `${word.stage[stage] || stage} ${ms} ms`).join(" · ");
  const told = [[word.confidence, turn.confidence && turn.kind === "speech" ? turn.confidence.toFixed(2) : ""], [word.alternatives, (turn.alternatives || []).join(" · ")],
    [word.secondLook, turn.free_text || ""], [word.why, turn.why || ""], [word.actions, (turn.actions || []).join(" · ")], [word.stages, stages]].filter(notEmpty);
  return told.length ? make("details", make("summary", word.details), make("dl.pairs", told.map(([name, value]) => [make("dt", name), spoken("dd", value)]))) : null;
}
