// The conversation as a list of turns: takes the call's events and commands (ivr/dialogue) as the server sends them.
//
// Decided: a turn is written once and then only annotated, so that a screen reader hears each once; what is still being
// recognised stands outside of the live region.

import { translate, word } from "./words.js";

const turns = document.getElementById("turns");
const partial = document.getElementById("partial");
const scroll = document.getElementById("scroll");

// The last turn stays in sight, unless the reader has scrolled up: being far from the end alone proves nothing, since new
// turns arrive between our own scrolling and the event that reports it.
let following = true;
let lastTop = 0;
scroll.addEventListener("scroll", () => {
  const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 40;
  following = atEnd || (following && scroll.scrollTop >= lastTop);
  lastTop = scroll.scrollTop;
});
const grown = new ResizeObserver(() => {
  if (following) scroll.scrollTop = scroll.scrollHeight;
});
for (const element of [scroll, turns, partial]) grown.observe(element);

/** An element of `kind` with a class, and either text or the name of one of our own words. */
function make(kind, name, { text, wordKey } = {}) {
  const element = document.createElement(kind);
  element.className = name;
  if (wordKey) element.dataset.word = wordKey;
  element.textContent = wordKey ? word(wordKey) : (text ?? "");
  return element;
}

/** A small fact under a turn: our word for it, then its value. */
function fact(wordKey, value, name = "") {
  const chip = make("span", `fact ${name}`);
  if (wordKey) chip.append(make("span", "", { wordKey }), " ");
  chip.append(value);
  return chip;
}

const seconds = (ms) => {
  const value = make("span", "", { text: `${(ms / 1000).toFixed(2)} ` });
  value.append(make("span", "", { wordKey: "seconds" }));
  return value;
};

export class Transcript {
  constructor() {
    turns.replaceChildren();
    following = true;
    this.hearing("");
    this.prompts = new Map(); // prompt number -> its turn
    this.lastCaller = null; // the caller's turn that no note has explained yet
    this.speechEnded = null; // seconds into the call, until the hotline's answer begins
    document.getElementById("empty").hidden = true;
  }

  /** One message of the server; types that have no place here are left alone. */
  take(message) {
    const handler = {
      SpeechStarted: () => this.hearing("…"),
      Partial: ({ text }) => this.hearing(text || "…"),
      Heard: (heard) => this.heard(heard),
      KeyPressed: (pressed) => this.key(pressed),
      NoteTurn: (note) => this.note(note),
      Say: (say) => this.say(say),
      PromptStarted: (started) => this.promptStarted(started),
      PromptEnded: (ended) => this.promptEnded(ended),
      handed_off: (to) => this.handedOff(to),
      HandOffRefused: ({ queue, reason }) => this.notice("refused", ` (${queue}: ${reason})`),
      RecognitionSlow: () => this.hearing("…"),
      RecognitionLost: () => this.lost(),
      LineIsBad: ({ kind }) => this.notice("badLine", ` (${kind})`),
    }[message.type];
    handler?.(message);
  }

  /** The call is over: nothing is being said or heard any more. */
  end(wordKey, detail = "") {
    this.hearing("");
    for (const { item } of this.prompts.values()) item.classList.remove("waiting", "speaking");
    if (wordKey !== "handed") this.notice(wordKey, detail); // the card about the person says it already
  }

  hearing(text) {
    partial.hidden = !text;
    partial.querySelector(".said").textContent = text;
  }

  turn(who, content) {
    const item = make("li", `turn ${who === "you" ? "caller" : "hotline"}`);
    const said = make("p", "said");
    said.append(...content);
    const facts = make("div", "facts");
    item.append(make("span", "who", { wordKey: who }), said, facts);
    turns.append(item);
    return { item, said, facts };
  }

  heard({ at, text, silence_ms: silenceMs }) {
    this.hearing("");
    this.speechEnded = at - silenceMs / 1000;
    this.lastCaller = text ? this.turn("you", [text]) : null;
  }

  key({ at, key }) {
    const cap = make("kbd", "cap", { text: key });
    this.speechEnded = at;
    const before = this.lastCaller;
    if (before?.keys && before.item === turns.lastElementChild) {
      before.said.append(cap);
    } else {
      this.lastCaller = { ...this.turn("you", [make("span", "visually-hidden", { wordKey: "pressed" }), cap]), keys: true };
    }
  }

  note({ intent, score, runner_up: next, runner_up_score: nextScore, slots, why }) {
    const turn = this.lastCaller;
    if (!turn) {
      if (intent === "no_input") this.notice("noInput");
      if (intent === "no_match") this.notice("nothing");
      return;
    }
    this.lastCaller = turn.keys ? turn : null;
    turn.facts.replaceChildren();
    if (intent === "no_match") turn.facts.append(fact("nothing", "", "unsure"));
    else turn.facts.append(fact("", intent, "intent"));
    turn.facts.append(fact("score", score.toFixed(2)));
    for (const [slot, value] of Object.entries(slots)) turn.facts.append(fact("", `${slot} = ${value}`, "slot"));
    if (next) turn.facts.append(fact("runnerUp", `${next} ${nextScore.toFixed(2)}`, "faint"));
    if (why) turn.facts.title = why;
  }

  say({ prompt, text }) {
    const turn = this.turn("hotline", [text]);
    turn.item.classList.add("waiting");
    this.prompts.set(prompt, turn);
  }

  promptStarted({ at, prompt }) {
    const turn = this.prompts.get(prompt);
    if (!turn) return;
    turn.item.classList.replace("waiting", "speaking");
    if (this.speechEnded !== null) turn.facts.append(fact("gap", seconds((at - this.speechEnded) * 1000), "gap"));
    this.speechEnded = null;
  }

  promptEnded({ prompt, heard_ms: heardMs, cut }) {
    const turn = this.prompts.get(prompt);
    if (!turn) return;
    turn.item.classList.remove("waiting", "speaking");
    turn.item.classList.toggle("unheard", cut && heardMs === 0);
    if (cut && heardMs > 0) turn.facts.append(fact("cut", seconds(heardMs), "unsure"));
  }

  handedOff({ queue, summary }) {
    this.hearing("");
    const card = make("li", "person");
    card.append(make("strong", "", { wordKey: "person" }), make("p", "", { text: summary }));
    card.append(fact("queue", queue));
    turns.append(card);
  }

  lost() {
    this.hearing("");
    this.notice("lost");
  }

  notice(wordKey, detail = "") {
    const item = make("li", "notice");
    item.append(make("span", "", { wordKey }), detail);
    turns.append(item);
    translate(item);
  }
}
