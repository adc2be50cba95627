// Every kind of page of the sample county, as everybody, a resident, officers and administrators see it. First they are walked through by
// their links: what a page weighs, what it leads to. Then the heaviest of each kind is opened in the browser: what it says on the console, what
// it looks like at both widths in both languages, and what keeps people out (axe-core), in the dark at one width and in large type at the other.
// With `PAINTS=7` it says besides when each kind paints first.

import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { kindOf, PAGES } from "./kinds.js";
import { AXE, PATIENCE, PICTURES, Site } from "./site.js";
import { STATES } from "./states.js";

/// Bytes that a page is at most, as sent: its HTML, style and scripts, before pictures.
const MOST = 60_000;
/// As many pages of a kind each of them walks to.
const OF_A_KIND = 2;
/// Of these all, in both languages, since each is as long as its text.
const WHOLE = ["/gazette/{regulation}"];
/// Pages that are opened at once.
const LANES = 3;
/// As often each kind of page is opened to see when it paints first. Only a program that is optimised, on cores that do nothing else, tells.
const PAINTS = Number(process.env.PAINTS ?? 0);
/// Pages that are opened by each of them, since they say most that is their own.
const EACH = ["/", "/desk", "/track"];
const RULES = { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] };
/// What else there is to find on the same page in another guise and at the other width.
const GUISES = {
  dark: { runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block", "target-size"] } },
  large: { runOnly: { type: "rule", values: ["target-size", "scrollable-region-focusable", "meta-viewport"] } },
};
/// Where the walk begins, besides what a form has made.
const STARTS = ["/", "/gazette", "/track", "/verify", "/desk", "/duties", "/reports", "/registers", "/funds", "/funds/mine", "/places", "/admin"];
const WHO = {
  everybody: "", resident: "resident-009", "owner of a flat": "resident-151", village: "ningxiang-v1-assistant", window: "ningxiang-window",
  township: "ningxiang-head", bureau: "county-natural-resources", "owner of a share": "county-emergency", "county head": "county-head",
  "county office": "county-office", editor: "county-gazette-editor", drafter: "county-legal", "fund centre": "county-fund-head",
  "system administrator": "system-admin", "security administrator": "security-admin", "audit administrator": "audit-admin",
};
const FOLDER = join(PICTURES, "pages");

let site;
const visitors = new Map();
/// What was found on the walk: a visitor's page with its kind and weight.
const found = [];
const faults = new Set();

before(async () => {
  site = await Site.start("2024-04-10T09:00:00", {}, { story: true });
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
});
after(() => site?.stop());

/// Does the same for all, some at a time.
async function together(all, doing) {
  const rest = [...all];
  const lane = async () => {
    while (rest.length > 0) await doing(rest.shift());
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/// Somebody signed in, with a window in each language.
async function enter(name) {
  const page = await site.page(WHO[name]);
  const state = await page.context().storageState();
  const windows = {};
  for (const [lang, locale] of [["zh", "zh-CN"], ["en", "en-GB"]]) {
    windows[lang] = await site.browser.newContext({ storageState: state, locale, reducedMotion: "reduce" });
  }
  const cookie = state.cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  visitors.set(name, { name, windows, cookie });
}

/// A page as it is sent, and how many bytes that are.
async function fetched(path, cookie, language = "zh-CN") {
  const headers = { Cookie: cookie, "Accept-Encoding": "gzip", "Accept-Language": language };
  const [answer, sent] = await new Promise((resolve, reject) => {
    const asking = request(site.base + path, { headers }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part)).on("end", () => resolve([answer, Buffer.concat(parts)])).on("error", reject);
    });
    asking.on("error", reject).end();
  });
  const packed = answer.headers["content-encoding"] === "gzip";
  const text = (packed ? await promisify(gunzip)(sent) : sent).toString();
  return { status: answer.statusCode, type: answer.headers["content-type"] ?? "", to: answer.headers.location, text, weight: sent.length };
}

const unescaped = (text) => text.replaceAll("&amp;", "&");
const named = (text, pattern) => [...text.matchAll(pattern)].map(([, name]) => unescaped(name));

/// What the style and the scripts of a page weigh; each is asked for once.
const parts = new Map();
async function weightOfParts(html) {
  const addresses = [...named(html, /<link rel="stylesheet" href="([^"]+)"/g), ...named(html, /<script[^>]* src="([^"]+)"/g)];
  for (const address of addresses) if (!parts.has(address)) parts.set(address, (await fetched(address, "")).weight);
  return addresses.reduce((sum, address) => sum + parts.get(address), 0);
}

/// Other languages, sizes and colours of the same page, and what is elsewhere, are not walked to.
function walked(address) {
  return address.origin === site.base && !["lang", "view", "colours"].some((name) => address.searchParams.has(name));
}

/// Walks through the site as somebody, some pages of each kind.
async function walk(visitor) {
  const counts = new Map();
  const seen = new Set();
  const start = new URL(site.base);
  const queue = [...STARTS, ...(visitor.made ?? [])].map((path) => ({ address: new URL(path, start), from: null }));
  while (queue.length > 0) {
    const { address, from } = queue.shift();
    address.hash = "";
    const kind = kindOf(address.pathname);
    const enough = !WHOLE.includes(kind) && (counts.get(kind) ?? 0) >= OF_A_KIND;
    if (!PAGES.includes(kind) || enough || seen.has(address.href) || !walked(address)) continue;
    seen.add(address.href);
    const path = address.pathname + address.search;
    const page = await fetched(path, visitor.cookie);
    if (page.status >= 500) faults.add(`${path} as ${visitor.name}: ${page.status}`);
    if (page.status >= 400 && from) faults.add(`${from} as ${visitor.name} leads to ${decodeURI(path)}: ${page.status}`);
    if (page.to) queue.push({ address: new URL(page.to, address), from });
    if (page.status !== 200 || !page.type.startsWith("text/html")) continue;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    const weights = [page.weight];
    if (WHOLE.includes(kind)) weights.push((await fetched(path, visitor.cookie, "en")).weight);
    found.push({ visitor, kind, path, weight: Math.max(...weights) + (await weightOfParts(page.text)) });
    for (const link of named(page.text, /<a [^>]*href="([^"]+)"/g)) queue.push({ address: new URL(link, address), from: path });
  }
}

/// The heaviest of what was found, by a name.
function heaviest(name) {
  const best = new Map();
  for (const page of found) {
    const known = best.get(name(page));
    if (!known || known.weight < page.weight) best.set(name(page), page);
  }
  return [...best.values()];
}

/// Opens a page in a window of its reader, and hears what it says on the console.
async function open({ visitor, path }, lang, width) {
  const page = await visitor.windows[lang].newPage();
  await page.setViewportSize({ width, height: 900 });
  const wrong = (text) => faults.add(`${path} as ${visitor.name} in ${lang} at ${width}: ${text}`);
  page.on("pageerror", (problem) => wrong(problem.message));
  page.on("console", (message) => message.type() === "error" && wrong(`${message.text()} ${message.location().url}`));
  const answer = await page.goto(site.base + path, { waitUntil: "load" });
  if (answer.status() !== 200) wrong(`${answer.status()}`);
  return page;
}

/// When a page paints first, in milliseconds after it is asked for: the middle of several visits in one window.
async function firstPaint(found) {
  const page = await open(found, "zh", 390);
  const all = [];
  for (let visit = 0; visit < PAINTS; visit += 1) {
    await page.goto(site.base + found.path, { waitUntil: "load" });
    all.push(await page.evaluate(() => new Promise((resolve) => {
      new PerformanceObserver((list) => list.getEntriesByName("first-contentful-paint").forEach(({ startTime }) => resolve(startTime)))
        .observe({ type: "paint", buffered: true });
    })));
  }
  await page.close();
  return all.sort((a, b) => a - b)[all.length >> 1];
}

/// What of the page does not fit, and what axe-core finds on it, laid out whole.
async function examine(page, where, rules) {
  await page.evaluate(() => {
    const whole = new CSSStyleSheet();
    whole.replaceSync("* { content-visibility: visible !important }");
    document.adoptedStyleSheets = [whole];
  });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) faults.add(`${where}: ${wide} px too wide`);
  const { violations } = await page.evaluate((rules) => axe.run(document, rules), rules);
  for (const { id, nodes } of violations) faults.add(`${where}: ${id}: ${nodes[0].html.slice(0, 160)}`);
}

/// A kind of page in one language: pictures at both widths; examined as it is at one, in another guise at the other.
async function inspect(found, lang, usual, other, guise) {
  const name = found.kind.slice(1).replace(/[{}*]/g, "").replaceAll("/", ".") || "home";
  const where = `${found.path} as ${found.visitor.name} in ${lang}`;
  const page = await open(found, lang, usual);
  await page.evaluate(AXE);
  await picture(page, `${name}-${lang}-${usual}`);
  await examine(page, `${where} at ${usual}`, RULES);
  await page.setViewportSize({ width: other, height: 900 });
  await picture(page, `${name}-${lang}-${other}`);
  await page.evaluate((guise) => document.documentElement.classList.add(guise), guise);
  await examine(page, `${where} at ${other}, ${guise}`, GUISES[guise]);
  await page.close();
}

/// A picture of the page's first screens: the longest are the texts of regulations.
async function picture(page, name) {
  const { width } = page.viewportSize();
  const height = await page.evaluate(() => Math.min(document.documentElement.scrollHeight, 2000));
  await page.screenshot({ path: join(FOLDER, `${name}.jpg`), type: "jpeg", quality: 60, fullPage: true, timeout: PATIENCE, clip: { x: 0, y: 0, width, height } });
}

function settled() {
  const all = [...faults].sort();
  faults.clear();
  assert.deepEqual(all, []);
}

test("people sign in, and make the pages that only a form leads to", { timeout: 300_000 }, async () => {
  for (const name of Object.keys(WHO)) await enter(name);
  await together(Object.entries(STATES), async ([name, make]) => {
    visitors.get(name).made = await make(site, await site.page(WHO[name]));
  });
  assert.deepEqual(site.violations, []);
});

test("no page is too heavy, none breaks, and none leads to what its reader may not see", { timeout: 300_000 }, async () => {
  await together(visitors.values(), walk);
  for (const page of found) if (page.weight > MOST) faults.add(`${decodeURI(page.path)} as ${page.visitor.name}: ${page.weight} bytes`);
  for (const { kind, weight } of heaviest((page) => page.kind).sort((a, b) => b.weight - a.weight).slice(0, 10)) console.log(`${weight} bytes ${kind}`);
  console.log(`${found.length} pages of ${new Set(found.map((page) => page.kind)).size} kinds`);
  settled();
});

test("a link to a clause far down in a long text lands on it", { timeout: 300_000 }, async () => {
  const page = await open({ visitor: visitors.get("everybody"), path: "/gazette/homestead#hs-a8.2.2.a" }, "zh", 390);
  await page.waitForFunction(() => Math.abs(document.querySelector(":target").getBoundingClientRect().top - 32) < 8);
  await page.close();
});

test("the rows of a long text stand on pages, each once, and the text leads to each", async () => {
  const rows = (text, pattern) => named(text, pattern).map(Number);
  const text = (await fetched("/gazette/homestead", "")).text;
  const [wanted, found] = [rows(text, /definitions\?from=\d+#rows-(\d+)"/g), []];
  for (let path = "/gazette/homestead/definitions"; path; ) {
    const page = (await fetched(path, "")).text;
    found.push(...rows(page, /<div class="defined" id="rows-(\d+)"/g));
    [path] = named(page, /rel="next" href="([^"]+)"/g);
  }
  assert.ok(wanted.length > 100);
  assert.deepEqual(found, wanted);
  const one = (await fetched(`/gazette/homestead/definitions?from=${wanted[50]}`, "")).text;
  assert.equal(rows(one, /<div class="defined" id="rows-(\d+)"/g)[0], wanted[50]);
});

test("every kind of page is reached", () => {
  const reached = new Set(found.map((page) => page.kind));
  assert.deepEqual(PAGES.filter((kind) => !reached.has(kind)), []);
});

test("nobody is kept out of any kind of page, in either language, and nothing is wrong on the console", { timeout: 1_800_000 }, async () => {
  await together(heaviest((page) => page.kind), async (found) => {
    await inspect(found, "zh", 390, 1280, "dark");
    await inspect(found, "en", 1280, 390, "large");
  });
  const own = heaviest((page) => `${page.visitor.name} ${page.kind}`).filter((page) => EACH.includes(page.kind));
  await together(own, async (found) => (await open(found, "zh", 390)).close());
  settled();
});

test("when each kind of page paints first", { timeout: 1_800_000, skip: PAINTS === 0 && "a bench: PAINTS=7 opens each kind seven times" }, async () => {
  const drawn = [];
  for (const page of heaviest((page) => page.kind)) drawn.push({ ms: await firstPaint(page), ...page });
  drawn.sort((a, b) => b.ms - a.ms);
  console.log(`first paint of ${drawn.length} kinds of pages: median ${drawn[drawn.length >> 1].ms.toFixed(0)} ms, ${drawn.filter(({ ms }) => ms >= 100).length} over 100 ms`);
  for (const { ms, path, visitor } of drawn.slice(0, 20)) console.log(`${ms.toFixed(0)} ms ${decodeURI(path)} as ${visitor.name}`);
  settled();
});
