// What the server says in a line below, and that it could not be reached.
import { $ } from "./page.js";

let quiet;

/** say shows words for some seconds. */
export function say(words, bad) {
  const el = $("#notice");
  el.textContent = words;
  el.className = bad ? "on bad" : "on";
  clearTimeout(quiet);
  quiet = setTimeout(() => { el.className = bad ? "bad" : ""; }, 6000);
}

/** answered are the events that an answer raises, by name. */
export const answered = (xhr) => JSON.parse(xhr.getResponseHeader("HX-Trigger")) ?? {};

document.addEventListener("notice", (e) => say(e.detail.words, e.detail.bad));
// An answer to what has left the page by then raises nothing, but is told.
document.addEventListener("htmx:beforeRequest", ({ detail: { requestConfig: { elt }, xhr } }) => {
  xhr.addEventListener("readystatechange", () => {
    const { notice } = xhr.readyState === XMLHttpRequest.DONE && !elt.isConnected ? answered(xhr) : {};
    if (notice) say(notice.words, notice.bad);
  });
});
document.addEventListener("htmx:responseError", (e) => {
  if (!e.detail.xhr.getResponseHeader("HX-Trigger")) say(document.body.dataset.failed, true);
});
document.addEventListener("htmx:sendError", (e) => {
  if (e.detail.requestConfig?.triggeringEvent?.type?.startsWith("sse:")) return;
  say(document.body.dataset.failed, true);
});
