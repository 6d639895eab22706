// The review desk: a picture can be enlarged, moved and turned, which changes
// nothing of it, and every decision has a key.
import { $, $$, onSettle } from "./page.js";
import { bind } from "./keys.js";
import { press } from "./queue.js";

const views = new WeakMap(); // how each picture is looked at

const looking = (glass) => {
  if (!views.has(glass)) views.set(glass, { scale: 1, turn: 0, x: 0, y: 0 });
  return views.get(glass);
};

function draw(glass) {
  const view = looking(glass), picture = $("img", glass);
  if (view.scale === 1) view.x = view.y = 0;
  // A picture that lies on its side has to fit as well.
  const fit = view.turn % 180 ? Math.min(1, glass.clientHeight / picture.offsetWidth, glass.clientWidth / picture.offsetHeight) : 1;
  picture.style.transform = `translate(${view.x}px, ${view.y}px) rotate(${view.turn}deg) scale(${view.scale * fit})`;
  glass.classList.toggle("near", view.scale > 1);
}

function zoom(glass, by, at) {
  const view = looking(glass), before = view.scale;
  view.scale = Math.min(8, Math.max(1, before * by));
  if (at) {
    const box = glass.getBoundingClientRect(), dx = at.clientX - box.left - box.width / 2, dy = at.clientY - box.top - box.height / 2;
    view.x = dx - (dx - view.x) * (view.scale / before);
    view.y = dy - (dy - view.y) * (view.scale / before);
  }
  draw(glass);
}

function turn(glass) {
  looking(glass).turn = (looking(glass).turn + 90) % 360;
  draw(glass);
}

function whole(glass) {
  Object.assign(looking(glass), { scale: 1, x: 0, y: 0 });
  draw(glass);
}

const glasses = () => $$(".glass:has(img)");
const first = () => glasses()[0];

document.addEventListener("wheel", (e) => {
  const glass = e.target.closest?.(".glass:has(img)");
  if (!glass) return;
  e.preventDefault();
  zoom(glass, Math.exp(-e.deltaY / 300), e);
}, { passive: false });

document.addEventListener("click", (e) => {
  const tool = e.target.closest("[data-lens]"), glass = tool && $(".glass", tool.closest(".lens"));
  if (!glass || !$("img", glass)) return;
  if (tool.dataset.lens === "turn") turn(glass);
  else zoom(glass, tool.dataset.lens === "in" ? 1.5 : 1 / 1.5);
});

document.addEventListener("dblclick", (e) => {
  const glass = e.target.closest(".glass:has(img)");
  if (!glass) return;
  if (looking(glass).scale > 1) whole(glass);
  else zoom(glass, 2.5, e);
});

// One finger moves, two enlarge.
const fingers = new Map();
let spread;

document.addEventListener("pointerdown", (e) => {
  const glass = e.target.closest?.(".glass:has(img)");
  if (!glass) return;
  fingers.set(e.pointerId, { glass, x: e.clientX, y: e.clientY });
  glass.setPointerCapture(e.pointerId);
});

document.addEventListener("pointermove", (e) => {
  const finger = fingers.get(e.pointerId);
  if (!finger) return;
  const view = looking(finger.glass), others = [...fingers.entries()].filter(([id, f]) => id !== e.pointerId && f.glass === finger.glass);
  if (others.length) {
    const [, other] = others[0], apart = Math.hypot(e.clientX - other.x, e.clientY - other.y);
    if (spread) zoom(finger.glass, apart / spread, { clientX: (e.clientX + other.x) / 2, clientY: (e.clientY + other.y) / 2 });
    spread = apart;
  } else if (view.scale > 1) {
    view.x += e.clientX - finger.x;
    view.y += e.clientY - finger.y;
    draw(finger.glass);
  }
  finger.x = e.clientX;
  finger.y = e.clientY;
});

for (const over of ["pointerup", "pointercancel"]) {
  document.addEventListener(over, (e) => {
    fingers.delete(e.pointerId);
    spread = undefined;
  });
}

if ($("[data-queue=documents]")) {
  const follow = (id) => $("#" + id)?.click();
  for (const key of ["j", "arrowright", "arrowdown"]) bind(key, () => follow("step-next"));
  for (const key of ["k", "arrowleft", "arrowup"]) bind(key, () => follow("step-back"));
  for (const key of ["+", "="]) bind(key, () => first() && zoom(first(), 1.5));
  for (const key of ["-", "_"]) bind(key, () => first() && zoom(first(), 1 / 1.5));
  bind("0", () => first() && whole(first()));
  bind("r", () => first() && turn(first()));
  for (const key of ["a", "s", "u"]) bind(key, () => press(key));
  bind("x", () => {
    press("x");
    const reasons = $(".refuse[open] .reasons");
    if (reasons) $("input", reasons).focus();
  });
  // While a reason is chosen the numbers choose it, and the return key sends.
  document.addEventListener("keydown", (e) => {
    const form = e.target.closest?.(".refuse form");
    if (!form || e.target.name === "own" || e.ctrlKey || e.metaKey || e.altKey) return;
    const reason = $(`input[data-key="${e.key}"]`, form);
    if (reason) {
      e.preventDefault();
      reason.click();
      reason.focus();
    } else if (e.key === "Enter") {
      e.preventDefault();
      $("[data-send]", form).click();
    } else if (e.key.toLowerCase() === "x") {
      e.preventDefault();
      form.closest("details").open = false;
      document.activeElement.blur();
    }
  });
  for (const key of ["1", "2", "3", "4", "5", "6"]) bind(key, () => {});
  addEventListener("resize", () => glasses().forEach(draw));
  onSettle(() => {
    const at = $(".review-queue [aria-current=true]");
    at?.scrollIntoView({ block: "nearest" });
    const here = at && new URL(at.href);
    if (here && here.search !== location.search) history.replaceState(history.state, "", here);
  });
}
