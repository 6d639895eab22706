// The document: how to find things in it, and what is done after every change.

export const $ = (selector, within = document) => within.querySelector(selector);
export const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

/** fold closes what was opened, and gives back the focus that was in it. */
export function fold(open) {
  const focused = open.contains(document.activeElement);
  open.open = false;
  if (focused) $("summary", open)?.focus();
}

const settlers = [];

/** onSettle has f called after every change of the page, and once at the start. */
export const onSettle = (f) => settlers.push(f);

/** settle tells everybody that the page has changed. */
export const settle = () => settlers.forEach((f) => f());
