// @ts-check
// Shows one step at a time; without it the page shows them all. Steps are addressed as #step-3.
"use strict";

const steps = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".step")]);
const rungs = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".ladder a")]);
const messages = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".message")]);
let current = 0;

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element ${id}`);
  return found;
}

/**
 * The step that the address names, if it names one.
 * @returns {number}
 */
function addressed() {
  const match = /^#step-(\d+)$/.exec(location.hash);
  return match && match[1] ? Math.min(Number(match[1]), steps.length - 1) : current;
}

/** @param {number} number */
function show(number) {
  current = number;
  const wanted = (steps[number]?.dataset["messages"] ?? "").split(" ").filter((word) => word !== "");
  steps.forEach((step, n) => step.classList.toggle("shown", n === number));
  messages.forEach((message, n) => message.classList.toggle("shown", wanted.includes(String(n))));
  element("messages").classList.toggle("shown", wanted.length > 0);
  for (const rung of rungs) {
    const now = rung.dataset["step"] === String(number);
    rung.classList.toggle("now", now);
    if (now) {
      rung.setAttribute("aria-current", "step");
      rung.scrollIntoView({ block: "nearest" });
    } else {
      rung.removeAttribute("aria-current");
    }
  }
  const place = `step ${number + 1} of ${steps.length}`;
  element("place").textContent = place;
  // For those who hear the page: what happens in this step, not its number alone.
  element("said").textContent = `${place}: ${steps[number]?.dataset["title"] ?? ""}`;
}

/** @param {number} number */
function go(number) {
  const within = Math.max(0, Math.min(steps.length - 1, number));
  history.replaceState(null, "", `#step-${within}`);
  show(within);
}

/**
 * Bytes and field of one mark light up together.
 * @param {EventTarget | null} target
 * @param {boolean} on
 */
function light(target, on) {
  if (!(target instanceof Element)) return;
  const mark = target.closest("[data-f]")?.getAttribute("data-f");
  if (!mark) return;
  for (const one of document.querySelectorAll(`[data-f="${mark}"]`)) one.classList.toggle("on", on);
}

/**
 * A click on bytes brings their field into sight, and the other way round; the innermost mark counts.
 * @param {EventTarget | null} target
 */
function bring(target) {
  if (!(target instanceof Element)) return;
  const here = target.closest("[data-f]");
  const mark = here?.getAttribute("data-f");
  for (const one of document.querySelectorAll(`[data-f="${mark}"]`)) {
    if (one !== here) one.scrollIntoView({ block: "nearest" });
  }
}

/** @type {Record<string, () => void>} */
const moves = {
  ArrowRight: () => go(current + 1),
  ArrowLeft: () => go(current - 1),
  Home: () => go(0),
  End: () => go(steps.length - 1),
};

document.body.classList.add("script");
document.querySelector(".controls")?.removeAttribute("hidden");
element("first").onclick = () => go(0);
element("back").onclick = () => go(current - 1);
element("next").onclick = () => go(current + 1);
element("last").onclick = () => go(steps.length - 1);
window.addEventListener("hashchange", () => show(addressed()));
window.addEventListener("keydown", (event) => {
  const move = moves[event.key];
  if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  move();
});
for (const [name, on] of /** @type {[string, boolean][]} */ ([["pointerover", true], ["pointerout", false], ["focusin", true], ["focusout", false]])) {
  document.addEventListener(name, (event) => light(event.target, on));
}
document.addEventListener("click", (event) => bring(event.target));
show(addressed());
