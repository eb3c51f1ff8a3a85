// @ts-check
// Shows one step at a time; without it the page shows them all. Steps are addressed as #step-3, the verdict as #verdict.
"use strict";

/**
 * A run that can be stepped through: a page has one, or one for each chapter.
 * @typedef {{ root: HTMLElement, steps: HTMLElement[], rungs: HTMLElement[], messages: HTMLElement[], current: number }} Player
 */

/**
 * @param {ParentNode} root
 * @param {string} selector
 */
const all = (root, selector) => /** @type {HTMLElement[]} */ ([...root.querySelectorAll(selector)]);

/** @type {Player[]} */
const players = all(document, ".player").map((root) => ({
  root,
  steps: all(root, ".step"),
  rungs: all(root, ".ladder a"),
  messages: all(root, ".message"),
  current: 0,
}));
let active = players[0];
const body = document.body;
const verdict = document.getElementById("verdict");
const happened = document.getElementById("happened");

/**
 * Shows a player's step.
 * @param {Player} player
 * @param {number} number
 */
function show(player, number) {
  player.current = number;
  const step = player.steps[number];
  const wanted = (step?.dataset["messages"] ?? "").split(" ");
  player.steps.forEach((one, n) => one.classList.toggle("shown", n === number));
  const lit = player.messages.filter((one) => {
    const on = wanted.includes(one.id.replace("message-", ""));
    one.classList.toggle("shown", on);
    return on;
  });
  all(player.root, ".messages").forEach((one) => one.classList.toggle("shown", lit.length > 0));
  for (const rung of player.rungs) {
    const now = `step-${rung.dataset["step"]}` === step?.id;
    rung.classList.toggle("now", now);
    if (now) rung.setAttribute("aria-current", "step");
    else rung.removeAttribute("aria-current");
  }
  follow(player);
  const place = `step ${number + 1} of ${player.steps.length}`;
  all(player.root, ".place").forEach((one) => (one.textContent = place));
  // For those who hear the page: what happens in this step, not its number alone.
  all(player.root, "[role=status]").forEach((one) => (one.textContent = `${place}: ${step?.dataset["title"] ?? ""}`));
}

/**
 * The ladder scrolls within itself, so that the page stays where it is.
 * @param {Player} player
 */
function follow(player) {
  const rung = player.rungs.filter((one) => one.classList.contains("now")).pop();
  const nav = rung?.closest("nav");
  if (!rung || !nav) return;
  const [inner, outer] = [rung.getBoundingClientRect(), nav.getBoundingClientRect()];
  const head = nav.querySelector(".peers")?.getBoundingClientRect().height ?? 0;
  if (inner.top < outer.top + head) nav.scrollTop += inner.top - outer.top - head - 8;
  if (inner.bottom > outer.bottom) nav.scrollTop += inner.bottom - outer.bottom + 8;
}

/** @param {number} number */
function go(number) {
  if (!active) return;
  const within = Math.max(0, Math.min(active.steps.length - 1, number));
  history.replaceState(null, "", `#${active.steps[within]?.id ?? ""}`);
  show(active, within);
}

/** @param {boolean} open */
function tell(open) {
  verdict?.classList.toggle("open", open);
  happened?.setAttribute("aria-expanded", String(open));
}

/** Goes where the address says. */
function addressed() {
  const id = location.hash.slice(1);
  if (id === "verdict") tell(true);
  for (const player of players) {
    const number = player.steps.findIndex((step) => step.id === id);
    if (number < 0) continue;
    active = player;
    show(player, number);
  }
  mark();
  if (body.classList.contains("projector")) scrollTo(0, 0);
}

/** Marks the player that the keys are for. */
function mark() {
  players.forEach((player) => player.root.classList.toggle("active", player === active));
}

/** What is hidden is shown; then the folds of this step open, one after the other. */
function reveal() {
  if (body.dataset["hide"]) return void delete body.dataset["hide"];
  const step = active?.steps[active.current];
  const folds = step ? /** @type {HTMLDetailsElement[]} */ (all(step, ":scope > details")) : [];
  const next = folds.find((one) => !one.open);
  if (!next) return folds.forEach((one) => (one.open = false));
  next.open = true;
  next.scrollIntoView({ block: "nearest" });
}

/** First the side that this step is not about, then the other, then none. */
function hide() {
  const own = active?.steps[active.current]?.dataset["side"];
  const order = own === "responder" ? ["initiator", "responder", ""] : ["responder", "initiator", ""];
  const next = order[(order.indexOf(body.dataset["hide"] ?? "") + 1) % order.length];
  if (next) body.dataset["hide"] = next;
  else delete body.dataset["hide"];
}

function project() {
  body.classList.toggle("projector");
  scrollTo(0, 0);
  if (active) follow(active);
}

/** Away with whatever lies over the page. */
function leave() {
  document.getElementById("whole")?.remove();
  body.classList.remove("projector", "blank");
}

/**
 * Bytes and field of one mark light up together.
 * @param {EventTarget | null} target
 * @param {boolean} on
 */
function light(target, on) {
  if (!(target instanceof Element)) return;
  const name = target.closest("[data-f]")?.getAttribute("data-f");
  if (!name) return;
  for (const one of document.querySelectorAll(`[data-f="${name}"]`)) one.classList.toggle("on", on);
}

/**
 * A click on bytes brings their field into sight, and the other way round; the innermost mark counts.
 * @param {Element} target
 */
function bring(target) {
  const here = target.closest("[data-f]");
  const name = here?.getAttribute("data-f");
  for (const one of document.querySelectorAll(`[data-f="${name}"]`)) {
    if (one === here) continue;
    one.closest("details")?.setAttribute("open", "");
    one.scrollIntoView({ block: "nearest" });
  }
}

/**
 * The bytes of a value, each pair of digits that the other does not have marked.
 * @param {string} hex
 * @param {string} other
 */
function bytes(hex, other) {
  const code = document.createElement("code");
  for (let at = 0; at < hex.length; at += 2) {
    const pair = hex.slice(at, at + 2);
    const differs = other !== "" && other.slice(at, at + 2) !== pair;
    const piece = differs ? document.createElement("mark") : document.createElement("span");
    piece.textContent = `${pair} `;
    code.append(piece);
  }
  return code;
}

/**
 * A value whole; in a table of both sides, both, with what differs marked.
 * @param {Element} link
 */
function whole(link) {
  const row = link.closest("tr");
  const links = row ? [...row.querySelectorAll("a.v")] : [link];
  const hexes = links.map((one) => document.querySelector(one.getAttribute("href") ?? "")?.textContent ?? "");
  document.getElementById("whole")?.remove();
  const sheet = document.createElement("section");
  sheet.id = "whole";
  sheet.setAttribute("role", "dialog");
  sheet.setAttribute("aria-label", "The value, whole");
  const name = row?.querySelector("th span")?.textContent ?? link.closest("dd")?.previousElementSibling?.textContent ?? "";
  hexes.forEach((hex, n) => {
    const side = links[n]?.closest("[data-side]")?.getAttribute("data-side") ?? "";
    const head = document.createElement("p");
    head.append(`${row ? `${name}, ${side}` : name}: ${hex.length / 2} bytes `, button("copy", (one) => copy(hex, one)));
    sheet.append(head, bytes(hex, hexes[1 - n] ?? ""));
  });
  sheet.append(button("close", () => sheet.remove()));
  body.append(sheet);
  sheet.querySelector("button")?.focus();
}

/**
 * @param {string} text
 * @param {(button: HTMLButtonElement) => void} act
 */
function button(text, act) {
  const one = document.createElement("button");
  one.textContent = text;
  one.onclick = () => act(one);
  return one;
}

/**
 * @param {string} text
 * @param {HTMLButtonElement} told
 */
function copy(text, told) {
  navigator.clipboard.writeText(text).then(
    () => (told.textContent = "copied"),
    () => (told.textContent = "select it below"),
  );
}

/** @type {Record<string, () => void>} */
const keys = {
  ArrowRight: () => go((active?.current ?? 0) + 1),
  ArrowLeft: () => go((active?.current ?? 0) - 1),
  PageDown: () => go((active?.current ?? 0) + 1),
  PageUp: () => go((active?.current ?? 0) - 1),
  Home: () => go(0),
  End: () => go((active?.steps.length ?? 1) - 1),
  p: project,
  r: reveal,
  h: hide,
  b: () => body.classList.toggle("blank"),
  Escape: leave,
};
/** @type {Record<string, string>} */
const buttons = { first: "Home", back: "ArrowLeft", next: "ArrowRight", last: "End" };

/** @param {MouseEvent} event */
function clicked(event) {
  const target = event.target;
  if (!(target instanceof Element)) return;
  const root = target.closest(".player");
  active = players.find((player) => player.root === root) ?? active;
  mark();
  const value = target.closest("a.v");
  if (value) {
    event.preventDefault();
    whole(value);
  }
  const step = target.closest("a[href^='#step-']")?.getAttribute("href");
  if (step) {
    event.preventDefault();
    location.hash = step;
    addressed();
  }
  const go = target.closest("[data-go]")?.getAttribute("data-go");
  if (go) keys[buttons[go] ?? ""]?.();
  bring(target);
}

body.classList.add("script");
for (const one of all(document, ".controls, #happened")) one.hidden = false;
happened?.addEventListener("click", () => tell(!verdict?.classList.contains("open")));
window.addEventListener("hashchange", addressed);
window.addEventListener("keydown", (event) => {
  const key = keys[event.key];
  // Paging is for reading, where it is not for a clicker.
  const paging = event.key.startsWith("Page") && !body.classList.contains("projector");
  if (!key || paging || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  key();
});
for (const [name, on] of /** @type {[string, boolean][]} */ ([["pointerover", true], ["pointerout", false], ["focusin", true], ["focusout", false]])) {
  document.addEventListener(name, (event) => light(event.target, on));
}
document.addEventListener("click", clicked);
players.forEach((player) => show(player, 0));
addressed();
if (location.hash === "#verdict") verdict?.scrollIntoView();
