// Site visits where there is no network: what was filled in, photographs included, stays on this device and is sent when the network is back.
// The form's key makes the server do it once, however often it comes. Whoever else signs in on the device neither sees nor sends it.

const PERSON = document.body.dataset.person;
const EN = document.documentElement.lang === "en";
const say = (zh, en) => (EN ? en : zh);
/// How long the site may take to answer before it counts as out of reach, in milliseconds.
const PATIENCE = 5000;

/// One request to the store of this device.
async function kept(mode, ask) {
  const db = await new Promise((resolve, reject) => {
    const opening = indexedDB.open("gongbao", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("acts", { keyPath: "key" });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  try {
    return await new Promise((resolve, reject) => {
      const transaction = db.transaction("acts", mode);
      const asked = ask(transaction.objectStore("acts"));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    db.close();
  }
}

const own = async () => (await kept("readonly", (acts) => acts.getAll())).filter((act) => act.person === PERSON);
const drop = (key) => kept("readwrite", (acts) => acts.delete(key));

async function reachable() {
  try {
    return (await fetch("/assets/favicon.svg", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(PATIENCE) })).ok;
  } catch {
    return false;
  }
}

// The banner -------------------------------------------------------------------------------------------------------------

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function banner(tone, heading, ...lines) {
  document.querySelector("[data-kept]")?.remove();
  const shown = element("div", { className: `banner ${tone} no-print` }, element("h2", { textContent: heading }), ...lines);
  shown.dataset.kept = "";
  shown.setAttribute("role", "status");
  document.querySelector("main > .frame").prepend(shown);
}

function line(act) {
  const title = act.answered ? say("（要再核对）", " (to be checked)") : "";
  const name = element("a", { href: act.matter, textContent: `${act.title}：${act.label}${title}` });
  const send = element("button", { type: "button", className: "button secondary", textContent: say("现在补交", "Send now"), onclick: () => present(act) });
  const give = element("button", { type: "button", className: "link-button", textContent: say("放弃", "Drop"), onclick: () => giveUp(act) });
  return element("li", {}, name, " ", send, " ", give);
}

async function giveUp(act) {
  if (!confirm(say("放弃后，填写的内容和照片就没有了。", "What was filled in and the photographs will be gone."))) return;
  await drop(act.key);
  await show();
}

async function show(done = []) {
  const waiting = await own();
  const sent = done.map((act) => element("p", {}, element("a", { href: act.matter, textContent: `${act.title}：${act.label}` })));
  if (waiting.length > 0) {
    const about = say(
      "填写的内容和照片存在这台设备上，联网后自动补交；补交以前请不要清除浏览器数据。时间以补交为准。",
      "It stays on this device and is sent when the network is back; do not clear the browser's data before. The time of sending counts.",
    );
    const heading = say(`没有交上去的有 ${waiting.length} 件`, `${waiting.length} not sent yet`);
    banner("care", heading, element("p", { textContent: about }), element("ul", { className: "plain" }, ...waiting.map(line)), ...sent);
  } else if (done.length > 0) {
    banner("good", say("已经补交", "Sent"), ...sent);
  } else {
    document.querySelector("[data-kept]")?.remove();
  }
}

// Keeping and sending ----------------------------------------------------------------------------------------------------

async function keep(form, submitter) {
  const fields = [...new FormData(form, submitter)].filter(([name]) => name !== "_token");
  await kept("readwrite", (acts) => acts.put({
    key: form.elements._key.value,
    person: PERSON,
    address: form.getAttribute("action"),
    matter: form.dataset.matter,
    title: form.dataset.title,
    label: form.dataset.label,
    fields,
    answered: false,
  }));
}

/// What the server answers to it. The token is the one of who is signed in now.
async function send(act) {
  const page = await fetch(act.matter, { headers: { Accept: "text/html" } });
  const token = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("input[name=_token]")?.value;
  const body = new FormData();
  act.fields.forEach(([name, value]) => body.append(name, value));
  body.append("_token", token ?? "");
  return fetch(act.address, { method: "POST", body });
}

const isDone = (act, answer) => answer.redirected && new URL(answer.url).pathname === act.matter;

/// Sends one and shows what the server says to it: the matter, or the form once more with everything in it.
async function present(act) {
  try {
    const answer = await send(act);
    if (isDone(act, answer)) {
      await drop(act.key);
      location.assign(act.matter);
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    // The page carries on what was typed; on another one, such as the one that asks to sign in, nothing is given up.
    if (answer.status < 500 && page.querySelector(`form[action="${act.address}"]`)) await drop(act.key);
    history.pushState(null, "", act.address);
    document.documentElement.replaceWith(document.adoptNode(page.documentElement));
    scrollTo(0, 0);
  } catch {
    await show();
  }
}

/// Sends what waits, without asking anything: what the server wants to be checked is marked and waits on.
async function sendAll() {
  const done = [];
  for (const act of (await own()).filter((act) => !act.answered)) {
    const answer = await send(act);
    if (isDone(act, answer)) {
      await drop(act.key);
      done.push(act);
    } else if (answer.status < 500) {
      await kept("readwrite", (acts) => acts.put({ ...act, answered: true }));
    }
  }
  await show(done);
}

let sending;
async function tryAll() {
  if (sending || (await own()).length === 0) return;
  sending = (await reachable()) ? sendAll() : show();
  await sending.catch(() => show()).finally(() => (sending = undefined));
}

if (PERSON && "indexedDB" in window) {
  addEventListener("submit", async (event) => {
    const { target: form, submitter } = event;
    // A named button asks for something else than the act, such as one more row.
    if (form.dataset.matter === undefined || form.dataset.reached || submitter?.name) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (await reachable()) {
      form.dataset.reached = "yes";
      form.requestSubmit(submitter);
      delete form.dataset.reached;
      return;
    }
    await keep(form, submitter);
    await show();
    scrollTo(0, 0);
  }, { capture: true });
  addEventListener("online", tryAll);
  tryAll();
}
