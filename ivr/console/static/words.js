// The interface's words, Mandarin first and English second. What the hotline says and how intents are called is the flow's own.

const WORDS = {
  zh: {
    title: "浏览器电话",
    tagline: "说话、按键或打字，都能与热线交谈",
    idle: "未接通",
    asking: "请允许使用麦克风…",
    calling: "正在接通…",
    talking: "通话中",
    ended: "通话已结束",
    handed: "已转人工",
    call: "拨打",
    hangUp: "挂断",
    keypad: "拨号键盘",
    mute: "静音",
    unmute: "取消静音",
    transcript: "对话记录",
    empty: "按“拨打”开始。对话会逐句显示在这里。",
    type: "打字代替说话…",
    typeLabel: "您想说的话",
    send: "发送",
    hints: "0–9 * # 按键 · 回车拨打 · Esc 挂断",
    you: "您",
    hotline: "热线",
    pressed: "按键",
    listening: "正在听…",
    nothing: "没有听懂",
    noInput: "没有听到声音",
    score: "得分",
    runnerUp: "其次",
    gap: "回应",
    cut: "被打断，听到",
    seconds: "秒",
    person: "现在会有人工客服接听",
    queue: "队列",
    refused: "人工暂时无法接听",
    lost: "这句话没有识别成功，请再说一遍",
    badLine: "声音质量不好，可能听不清",
    noMicrophone: "没有使用麦克风：可以打字或按键，热线的声音照常播放。",
    noSecure: "浏览器只在 https 或本机地址上提供声音：现在只能打字和按键。",
    byCaller: "您已挂断",
    byHotline: "热线已挂断",
    byFault: "线路中断了，请再拨一次",
    busy: "线路全忙，请稍后再拨",
    closed: "线路关闭：",
    buffer: "缓冲",
    gaps: "断音",
    dropped: "丢帧",
    voice: "您的声音",
    sound: "热线的声音",
    other: "English",
  },
  en: {
    title: "Browser phone",
    tagline: "Speak, press keys or type to talk with the hotline",
    idle: "Not connected",
    asking: "Please allow the microphone…",
    calling: "Calling…",
    talking: "In a call",
    ended: "Call ended",
    handed: "Handed to a person",
    call: "Call",
    hangUp: "Hang up",
    keypad: "Keypad",
    mute: "Mute",
    unmute: "Unmute",
    transcript: "Conversation",
    empty: "Press Call to begin. The conversation appears here, turn by turn.",
    type: "Type instead of speaking…",
    typeLabel: "What you would say",
    send: "Send",
    hints: "0–9 * # keys · Enter calls · Esc hangs up",
    you: "You",
    hotline: "Hotline",
    pressed: "Key",
    listening: "Listening…",
    nothing: "Not understood",
    noInput: "Nothing was heard",
    score: "score",
    runnerUp: "next",
    gap: "reply in",
    cut: "interrupted after",
    seconds: "s",
    person: "A person would take over now",
    queue: "Queue",
    refused: "No person can answer just now",
    lost: "That sentence was lost, please say it again",
    badLine: "The sound is bad and may not be understood",
    noMicrophone: "No microphone in use: type or press keys; you still hear the hotline.",
    noSecure: "Browsers give sound to https or this machine's own address only: type and press keys instead.",
    byCaller: "You hung up",
    byHotline: "The hotline hung up",
    byFault: "The line broke, please call again",
    busy: "All lines are busy, please call again later",
    closed: "Line closed: ",
    buffer: "buffer",
    gaps: "gaps",
    dropped: "dropped",
    voice: "Your voice",
    sound: "The hotline's voice",
    other: "中文",
  },
};

const KEPT = "phone-language";

/** The first of the browser's languages that we have; Mandarin if none. What was chosen here before comes first. */
function preferred() {
  const wanted = [localStorage.getItem(KEPT), ...navigator.languages].map((tag) => tag?.slice(0, 2));
  return wanted.find((tag) => tag in WORDS) ?? "zh";
}

let language = preferred();

/** The word for `key` in the language that is on. */
export const word = (key) => WORDS[language][key];

/** Puts the words into every element under `root` that names one: data-word (its text), data-label, data-placeholder. */
export function translate(root = document) {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  document.title = word("title");
  for (const element of root.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  for (const element of root.querySelectorAll("[data-label]")) element.setAttribute("aria-label", word(element.dataset.label));
  for (const element of root.querySelectorAll("[data-placeholder]")) element.placeholder = word(element.dataset.placeholder);
}

/** Changes to the other language and remembers it. */
export function toggleLanguage() {
  language = language === "zh" ? "en" : "zh";
  localStorage.setItem(KEPT, language);
  translate();
}
