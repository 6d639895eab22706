// What pages do beyond links and forms: they stay current without losing the
// place or what was typed, keep drafts, and answer to the keyboard. Each module
// is about one thing and says what it does when the page has settled, and to
// which keys.
import "./renew.js";
import "./stream.js";
import "./pace.js";
import "./notice.js";
import "./clock.js";
import "./list.js";
import "./bulk.js";
import "./thread.js";
import "./left.js";
import "./voice.js";
import "./composer.js";
import "./panel.js";
import "./hands.js";
import "./undo.js";
import "./canned.js";
import "./presence.js";
import "./forms.js";
import "./busy.js";
import "./keys.js";
import "./palette.js";
import "./notify.js";
import "./queue.js";
import "./review.js";
import { settle } from "./page.js";

document.documentElement.classList.add("js");
document.addEventListener("htmx:afterSettle", settle);
document.addEventListener("DOMContentLoaded", settle);
