// Starts the site on a copy of the sample county, with its story or without, on an empty data folder, with a standing clock; drives it
// with Chromium; takes pictures at phone and desktop widths and looks for what keeps people out (axe-core).

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";

const ROOT = resolve(import.meta.dirname, "../..");
const BINARY = process.env.GONGBAO ?? join(ROOT, "target/debug/gongbao");
/// Chromium without a browser around it takes a quarter less processor time than the whole one.
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell";
export const PICTURES = process.env.PICTURES ?? join(ROOT, "target/browser-pictures");
export const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];
const WIDTHS = [390, 1280];
/// As long a page may take on a machine that does other things too, in milliseconds.
export const PATIENCE = 90_000;
/// The county as it is filled, made by `base.js` before the journeys, with its story and without; without it each journey fills its own.
const BASE = process.env.BASE;
/// The counties that `BASE` holds, and where their clocks stand: filled before any journey begins, and with its story.
const BASES = { plain: "2022-01-01T08:00:00", told: "2024-04-10T09:00:00" };

/// A small PDF to upload.
export const PAPER = { name: "材料.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4\n%%EOF\n") };
/// A picture of one pixel.
export const PHOTO = {
  name: "现场.png",
  mimeType: "image/png",
  buffer: Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64"),
};

/// The running site with one browser in it.
export class Site {
  /// With `registers`, first rows of registers by name, as the county's files hold them. Further `people` are lines of the county's list;
  /// a `named` site is reached by a name, as passkeys need it; `options` go to `serve`, made from the site's address. With `story`, what
  /// has happened in the sample county has happened, and filling it takes a minute or two unless `BASE` holds it so.
  static async start(now, registers = {}, { people = [], named = false, story = false, options = () => [] } = {}) {
    if (!existsSync(BINARY)) throw new Error(`${BINARY} is missing: cargo build -p gongbao`);
    const site = new Site();
    site.folder = mkdtempSync(join(tmpdir(), "gongbao-browser-"));
    const own = Object.entries(registers);
    const base = story ? "told" : "plain";
    if (BASE && own.length === 0) cpSync(join(BASE, base, "data"), join(site.folder, "data"), { recursive: true });
    layOut(site.folder, story);
    for (const [name, rows] of own) writeFileSync(join(site.folder, "home/county/registers", `${name}.csv`), rows);
    // Whoever is on the list when a county is filled gets a sample account: those who shall have none come later.
    if (people.length > 0 && !BASE) await fillCounty(site.folder, base);
    if (people.length > 0) appendFileSync(join(site.folder, "home/county/people.csv"), `${people.join("\n")}\n`);
    if (named) {
      const port = await freePort();
      site.base = `http://localhost:${port}`;
      const address = ["--listen", `127.0.0.1:${port}`, "--public-url", site.base];
      site.process = serving(site.folder, now, [...address, ...options(site)]);
      await announced(site.process);
    } else {
      site.process = serving(site.folder, now);
      site.base = await announced(site.process);
    }
    site.browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    site.violations = [];
    site.people = new Map();
    mkdirSync(PICTURES, { recursive: true });
    return site;
  }

  /// The page of somebody who has signed in with one of the demo buttons; `""` for the public.
  async page(who) {
    if (this.people.has(who)) return this.people.get(who);
    // Pages forbid foreign scripts; the accessibility checker is one.
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 900 }, bypassCSP: true, locale: "zh-CN" });
    context.setDefaultTimeout(PATIENCE);
    const page = await context.newPage();
    page.on("pageerror", (problem) => this.violations.push(`script: ${problem.message}`));
    if (who) {
      await page.goto(`${this.base}/sign-in`);
      await page.fill("#f-name", who);
      await page.fill("#f-password", await demoPassword(page));
      await page.getByRole("main").getByRole("button", { name: "登录", exact: true }).click();
    }
    this.people.set(who, page);
    return page;
  }

  /// Pictures of the page at both widths, what does not fit into each, and what axe-core finds on a phone; what it finds at the other width
  /// `pages.test.js` looks for. With `QUICK` there are no pictures, which take most of the time.
  async look(page, name) {
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      if (!process.env.QUICK) await page.screenshot({ path: join(PICTURES, `${name}-${width}.png`), fullPage: true });
      const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (tooWide > 0) this.violations.push(`${name} at ${width}: ${tooWide} px too wide`);
      if (width !== WIDTHS[0]) continue;
      await page.evaluate(AXE);
      const found = await page.evaluate(() => axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] }));
      for (const violation of found.violations) this.violations.push(`${name} at ${width}: ${violation.id}: ${violation.nodes[0].html.slice(0, 120)}`);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  }

  /// A document on paper, kept beside the pictures.
  async paper(page, address, name) {
    const paper = await page.request.get(address);
    const bytes = await paper.body();
    if (paper.headers()["content-type"] !== "application/pdf") throw new Error(`${name}: ${paper.status()} ${bytes}`);
    if (bytes.subarray(0, 5).toString() !== "%PDF-") throw new Error(`${name} is not a PDF`);
    writeFileSync(join(PICTURES, `${name}.pdf`), bytes);
  }

  /// Opens the form of an act from the matter's page, fills it in, sends it.
  async send(who, path, label, answers, picture) {
    const page = await this.page(who);
    await page.goto(this.base + path);
    if (picture) await this.look(page, `${picture}-matter`);
    await page.getByRole("main").getByRole("link", { name: label, exact: true }).first().click();
    await fill(page, answers);
    if (picture) await this.look(page, `${picture}-form`);
    await page.getByRole("main").getByRole("button", { name: label, exact: true }).click();
    return page;
  }

  /// What the form of an act says when it is refused.
  async refused(who, path, label, answers) {
    const page = await this.send(who, path, label, answers);
    await page.getByText("没有办成").first().waitFor();
    return page.getByRole("main").innerText();
  }

  /// Does an act on a matter.
  async act(who, path, label, answers = {}, picture) {
    const page = await this.send(who, path, label, answers, picture);
    await this.confirmed(page, path, picture);
    const text = await page.getByRole("main").innerText();
    assert.equal(new URL(page.url()).pathname, path, `${who} does “${label}”: ${text.slice(0, 1500)}`);
  }

  /// Comes back to the matter; what cannot be taken back is asked once more before.
  async confirmed(page, path, picture) {
    const back = (url) => url.pathname === path;
    const button = page.getByRole("button", { name: "确认办理" });
    await Promise.race([page.waitForURL(back), button.waitFor()]).catch(() => {});
    if (!(await button.isVisible())) return;
    if (picture) await this.look(page, `${picture}-confirm`);
    await button.click();
    await page.waitForURL(back).catch(() => {});
  }

  /// Fills in the steps of a form that starts a matter, sends it and returns the matter's address; `about` is what it is chosen to be about.
  async begin(who, service, label, answers, picture, about = {}) {
    const page = await this.page(who);
    await page.goto(this.base + service);
    await fill(page, about);
    await page.getByRole("main").getByRole("button", { name: "开始填写" }).click();
    for (let step = 1; !page.url().endsWith("/review"); step += 1) {
      if (step > 20) throw new Error(`stuck at ${page.url()}: ${await page.getByRole("main").innerText()}`);
      await fill(page, answers);
      if (picture) await this.look(page, `${picture}-${step}`);
      const from = page.url();
      await page.getByRole("button", { name: "保存并继续" }).click();
      await page.waitForURL((url) => url.href !== from);
    }
    await fill(page, answers);
    await page.getByRole("main").getByRole("button", { name: label, exact: true }).click();
    await page.waitForURL((url) => url.pathname.endsWith("/receipt"));
    return new URL(page.url()).pathname.replace("/receipt", "");
  }

  /// Advances the standing clock.
  async advance(now) {
    const answer = await fetch(`${this.base}/api/v1/clock`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ now }),
    });
    if (!answer.ok) throw new Error(`clock: ${answer.status} ${await answer.text()}`);
  }

  async stop() {
    await this.browser?.close();
    this.process?.kill();
    if (this.folder) rmSync(this.folder, { recursive: true, force: true });
  }
}

/// Fills the counties that journeys may start from.
export async function fillCounties(folder) {
  await Promise.all(Object.keys(BASES).map((base) => fillCounty(join(folder, base), base)));
}

async function fillCounty(folder, base) {
  layOut(folder, base === "told");
  const process = serving(folder, BASES[base]);
  const stopped = new Promise((resolve) => process.on("exit", resolve));
  await announced(process).finally(() => process.kill());
  await stopped;
}

/// The regulations and the county in `home`, as they lie in the repository, with the story or without.
function layOut(folder, story) {
  const home = join(folder, "home");
  for (const part of ["regulations", "county"]) cpSync(join(ROOT, part), join(home, part), { recursive: true });
  if (story) return;
  const stories = readdirSync(join(home, "county")).filter((name) => /^story.*\.md$/.test(name));
  for (const story of stories) rmSync(join(home, "county", story));
}

/// A port that nobody listens on.
export function freePort() {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function serving(folder, now, more = []) {
  const options = ["--home", join(folder, "home"), "serve", "--data", join(folder, "data"), "--sample", "--now", now, ...more];
  return spawn(BINARY, options, { stdio: ["ignore", "pipe", "inherit"] });
}

function announced(process) {
  return new Promise((resolve, reject) => {
    let said = "";
    process.stdout.on("data", (text) => {
      said += text;
      const address = /http:\/\/[\d.:]+/.exec(said);
      if (address) resolve(address[0]);
    });
    process.on("exit", (code) => reject(new Error(`the site ended with ${code}: ${said}`)));
  });
}

export async function demoPassword(page) {
  return page.locator('input[type="hidden"][name="password"]').first().inputValue();
}

async function labelled(select, wanted) {
  const labels = await select.locator("option").allInnerTexts();
  return labels.find((label) => wanted.test(label)) ?? labels.join(" | ");
}

/// The answers to the rows of a list: `{ "scope.1.unit": … }`.
export function rows(field, all) {
  const cells = all.map((row, index) => Object.entries(row).map(([name, value]) => [`${field}.${index + 1}.${name}`, value]));
  return Object.fromEntries(cells.flat());
}

/// Adds rows to the lists on the page until there are as many as the answers have.
async function addRows(page, answers) {
  for (const path of Object.keys(answers)) {
    const list = /^(.+)\.\d+\.[^.]+$/.exec(path)?.[1];
    const button = page.locator(`button[name="_add"][value="${list}"]`);
    for (let pressed = 0; list && pressed < 50 && (await button.count()) > 0 && (await page.locator(`[name="${path}"]`).count()) === 0; pressed += 1) {
      await button.click();
    }
  }
}

/// Ticks a box. Where a field that is asked now appears above it in that very moment, the click misses it and comes once more.
const ticked = (box) => box.check().catch(() => box.check());

/// Fills in those of the answers whose fields are on the page; `true` where any was.
export async function fill(page, answers) {
  let filled = false;
  await addRows(page, answers);
  for (const [field, answer] of Object.entries(answers)) {
    const inputs = page.locator(`[name="${field}"]`);
    if ((await inputs.count()) === 0) continue;
    const hidden = page.locator(`[data-when="${field}"]`);
    if ((await hidden.count()) > 0) await hidden.waitFor({ state: "visible" });
    const input = inputs.last();
    const tag = await input.evaluate((element) => (element.tagName === "INPUT" ? element.type : element.tagName.toLowerCase()));
    if (tag === "file") await input.setInputFiles(answer);
    else if (tag === "select") await input.selectOption(answer instanceof RegExp ? { label: await labelled(input, answer) } : answer);
    else if (tag === "radio" || tag === "checkbox") for (const value of [answer].flat()) await ticked(page.locator(`[name="${field}"][value="${value}"]`));
    else await input.fill(String(answer));
    filled = true;
  }
  return filled;
}
