// Comfort only: every page works without this file.
"use strict";

// The error summary gets the focus, so that screen readers start there.
const summary = document.querySelector("[data-errors]");
if (summary) summary.focus();

// One click sends a form once; the server would also ignore the second.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  if (form.method.toLowerCase() !== "post" || form.target) return;
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 8000);
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

// A field that others depend on asks the server which fields are now needed, and only their visibility changes.
document.querySelectorAll("form[data-asked]").forEach((form) => {
  let asking;
  const refresh = async () => {
    asking?.abort();
    asking = new AbortController();
    const sent = new FormData(form);
    for (const [name, value] of [...sent]) if (value instanceof File) sent.delete(name);
    const body = new URLSearchParams(sent);
    try {
      const answer = await fetch(form.dataset.asked, { method: "POST", body, signal: asking.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const asked = new Set((await answer.json()).asked);
      form.querySelectorAll("[data-when]").forEach((field) => { field.hidden = !asked.has(field.dataset.when); });
    } catch {
      // Overtaken by a later change, or there is no network: the fields stay as they are, and the server looks at all of them anyway.
    }
  };
  form.addEventListener("change", refresh);
  refresh();
});

// In a table, arrows (or J and K) go from row to row, and Enter opens as everywhere. Only where the focus is in the table, so that no key
// typed elsewhere does anything.
document.querySelectorAll("table.stack").forEach((table) => {
  table.parentElement.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (!by || event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input, select, textarea, button, summary")) return;
    const rows = [...table.tBodies[0].rows].filter((row) => row.querySelector("a"));
    const here = rows.findIndex((row) => row.contains(event.target));
    const next = rows[here < 0 && by < 0 ? rows.length - 1 : here + by];
    if (!next) return;
    event.preventDefault();
    next.querySelector("a").focus();
  });
});

// Filters that are select boxes apply at once.
document.querySelectorAll("form[data-auto] select").forEach((box) => box.addEventListener("change", () => box.form.requestSubmit()));

// Print and copy buttons exist only where they work.
document.querySelectorAll("[data-copy]").forEach((button) => {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", () => navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value));
});

// The citation names the clause that the address leads to.
const citation = document.querySelector("[data-citation]");
if (citation) {
  const cite = () => {
    const clause = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const cited = clause?.dataset.cited ?? "";
    citation.value = citation.dataset.citation + cited + " " + citation.dataset.address + (cited ? location.hash : "");
  };
  addEventListener("hashchange", cite);
  cite();
}
document.querySelectorAll("[data-print]").forEach((button) => { button.hidden = false; button.addEventListener("click", () => print()); });

// Coordinates can be taken out of a GeoJSON file: its text goes into the field, where it can be seen before it is sent.
document.querySelectorAll("[data-plot-file]").forEach((line) => {
  line.querySelector("input").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    const field = document.getElementById(event.target.dataset.fills);
    if (!file || file.size > 200000) return;
    field.value = await file.text();
    // It stands in the field now, where it can be changed: sent along, the file would win.
    event.target.value = "";
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
});

// What has been typed of a plot is drawn at once, or what is wrong with it is said.
document.querySelectorAll("[data-plot]").forEach((field) => {
  const plan = field.parentElement.querySelector("[data-plan]");
  field.addEventListener("change", async () => {
    const body = new URLSearchParams({ _token: field.form.elements._token.value, plot: field.value });
    const answer = await fetch("/plots/plan", { method: "POST", body });
    if (answer.ok) plan.innerHTML = await answer.text();
  });
});

// The editor of regulations: findings while one writes, and the line that a finding speaks of.
const source = document.querySelector("form[data-check] textarea[name=text]");
if (source) {
  const form = source.form;
  const findings = document.getElementById("findings");
  let waiting, checking;
  // Numbers beside the lines: for the eye only, a reader of screens hears the line on which it stands below the text.
  const numbers = document.createElement("pre");
  numbers.className = "numbers";
  numbers.setAttribute("aria-hidden", "true");
  source.before(numbers);
  source.parentElement.classList.add("numbered");
  const place = form.querySelector("[data-place]");
  const count = () => {
    const last = source.value.split("\n").length;
    if (numbers.dataset.last !== String(last)) {
      numbers.dataset.last = last;
      numbers.textContent = Array.from({ length: last }, (_, index) => index + 1).join("\n");
    }
  };
  const here = () => (place.textContent = place.dataset.place.replace("#", source.value.slice(0, source.selectionStart).split("\n").length));
  // What names a line leads to it, also by keyboard.
  const leading = () => findings.querySelectorAll("span[data-line]").forEach((span) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "to-line";
    button.dataset.line = span.dataset.line;
    button.textContent = span.textContent;
    span.replaceWith(button);
  });
  source.addEventListener("scroll", () => (numbers.scrollTop = source.scrollTop));
  document.addEventListener("selectionchange", () => { if (document.activeElement === source) here(); });
  source.addEventListener("input", count);
  count();
  here();
  leading();
  const check = async () => {
    checking?.abort();
    checking = new AbortController();
    try {
      const answer = await fetch(form.dataset.check, { method: "POST", body: new URLSearchParams(new FormData(form)), signal: checking.signal });
      if (answer.ok) findings.innerHTML = await answer.text();
      leading();
    } catch (problem) {
      if (problem.name !== "AbortError") throw problem;
    }
  };
  source.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(check, 900);
    form.dataset.changed = "yes";
  });
  form.addEventListener("submit", () => delete form.dataset.changed);
  addEventListener("beforeunload", (event) => { if (form.dataset.changed) event.preventDefault(); });
  findings.addEventListener("click", (event) => {
    const line = Number(event.target.closest("[data-line]")?.dataset.line);
    if (!line) return;
    const lines = source.value.split("\n");
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    source.focus();
    source.setSelectionRange(start, start + lines[line - 1].length);
    source.scrollTop = (source.scrollHeight / lines.length) * Math.max(0, line - 5);
    here();
  });
}
