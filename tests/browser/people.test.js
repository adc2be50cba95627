// The sample county with its story, a Wednesday morning: what those come for who have no journey of their own yet. Each comes in by a page
// that everybody finds, and does what they came for.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PAPER, rows, Site } from "./site.js";

const PHONE = { width: 390, height: 800 };
const PC = { width: 1280, height: 900 };
let site;

before(async () => (site = await Site.start("2024-04-10T09:00:00", {}, { story: true })));
after(async () => site?.stop());

const main = (page) => page.getByRole("main");
const text = (page) => main(page).innerText();
const link = (page, name, exact = true) => main(page).getByRole("link", { name, exact }).first();
const button = (page, name) => main(page).getByRole("button", { name, exact: true });
const heading = (page, name) => page.getByRole("heading", { name }).first().waitFor();

async function visit(who, path) {
  const page = await site.page(who);
  await page.goto(site.base + path);
  return page;
}

/// Opens what lies on somebody's desk under such a name, and returns its address.
async function open(who, name) {
  const page = await visit(who, "/desk");
  await main(page).getByRole("rowheader").getByRole("link", { name }).first().click();
  await page.waitForURL(/\/matters\//);
  return new URL(page.url()).pathname;
}

/// The one paper of such a name that somebody has.
async function paperOf(who, name) {
  const page = await visit(who, "/track");
  await main(page).getByRole("rowheader").getByRole("link", { name }).first().click();
  await link(page, name, false).click();
  await page.waitForURL(/\/documents\//);
  return page;
}

test("a county head needs a minute on a phone: four numbers, and what is late with whom", async () => {
  const page = await site.page("county-head");
  await page.setViewportSize(PHONE);
  await page.goto(`${site.base}/desk`);
  await link(page, "中阳县").click();
  await heading(page, "中阳县");
  const overview = await text(page);
  for (const number of [/正在办理/, /已逾期/, /临近到期/]) assert.match(overview, number);
  assert.match(overview, /在谁手里/);
  await page.goto(`${site.base}/reports/supervision/supervision-lead`);
  // Rows below the screen are not laid out yet, and so have no `innerText`.
  const sheet = await main(page).textContent();
  for (const part of [/督办四个数/, /按期办结排名/, /逾期清单[\s\S]*河道阻水树障清理/]) assert.match(sheet, part);
  await page.setViewportSize(PC);
});

test("the supervision office sees who promised what, by when, and who is late, and goes to the matter", async () => {
  const page = await visit("county-inspect-office", "/reports/supervision/supervision-open");
  const row = main(page).getByRole("row", { name: /河道阻水树障清理/ });
  assert.match(await row.innerText(), /水利局[\s\S]*2024[年-]0?4[月-]0?2[\s\S]*红灯/);
  await row.getByRole("link").first().click();
  await page.waitForURL(/\/matters\//);
  assert.match(await text(page), /已逾期/);
});

test("what is asked to be corrected is corrected on the phone", async () => {
  const village = "ningxiang-v1-head";
  const matter = await open(village, /余山莲的宅基地/);
  await site.act(village, matter, "通过并报乡镇", {
    "papers-item": "pass", "plan-item": "pass", plan: /^柳坪村村庄规划/, "style-item": "pass", "neighbours-item": "pass", "one-plot-item": "pass",
    "village-opinion": "agree", "village-head-signature": "yes",
  });
  const asked = rows("correction-items", [{ item: "房屋图纸", requirement: "图上没有标层高，请补一份" }]);
  await site.act("ningxiang-window", matter, "一次性告知补正", { ...asked, "dispatch-method": "platform" });
  const page = await site.page("resident-015");
  await page.setViewportSize(PHONE);
  await page.goto(`${site.base}/track`);
  assert.match(await text(page), /补正/);
  const answer = rows("answers", [{ item: "房屋图纸", answer: "已经补上", papers: PAPER }]);
  await site.act("resident-015", matter, "提交补正材料", { ...answer, "applicant-signature": "yes", "promisor-signature": "yes" });
  assert.doesNotMatch(await text(page), /待农户补正/);
  await page.setViewportSize(PC);
});

/// Goes on with Tab until what is wanted has the focus.
async function tabTo(page, wanted) {
  for (let pressed = 0; pressed < 300; pressed += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`Tab does not lead to ${await wanted.innerText()} on ${page.url()}`);
}

async function choose(page, wanted, key) {
  await tabTo(page, wanted);
  const ring = await wanted.evaluate((element) => getComputedStyle(element).outlineStyle);
  assert.notEqual(ring, "none", "what has the focus does not show it");
  await page.keyboard.press(key);
}

test("the window accepts two at once, with the keyboard alone", async () => {
  const page = await visit("ningxiang-window", "/desk");
  await choose(page, link(page, /· 乡镇核对材料/), "Enter");
  await choose(page, link(page, "成批办理"), "Enter");
  await choose(page, page.getByLabel(/^受理/), "Space");
  for (const name of [/^葛丽礼/, /^陶林平/]) await choose(page, page.getByLabel(name), "Space");
  await choose(page, button(page, "下一步"), "Enter");
  await choose(page, page.getByLabel("是", { exact: true }), "Space");
  await choose(page, button(page, "下一步：逐件核对"), "Enter");
  await choose(page, button(page, "确认办理 2 件"), "Enter");
  await heading(page, /办好 2 件/);
});

test("the township approves, and the bureau receives the filing of it", async () => {
  const government = "ningxiang-government";
  const approved = await open(government, /邹志香的宅基地/);
  await site.act(government, approved, "批准", { "township-decision": "approve", "township-signature": "yes" });
  const filing = await open("ningxiang-window", /邹志香的审批备案（县农业农村局）/);
  await site.act("ningxiang-window", filing, "发送备案");
  await site.act("county-agriculture", await open("county-agriculture", /邹志香的审批备案/), "签收");
  assert.match(await text(await site.page("county-agriculture")), /已签收/);
});

test("a document is signed, numbered and printed; the editor publishes it; a reader finds it, quotes it and takes it along", async () => {
  const name = /做好抗旱保苗工作/;
  const matter = await open("county-head", name);
  await site.act("county-head", matter, "签发", { "signer-signature": "yes" });
  await site.act("county-numbering", matter, "编号");
  await site.act("county-office", matter, "印发");
  await site.act("county-gazette-editor", matter, "网上公开");
  const reader = await visit("", "/");
  await reader.getByRole("searchbox").first().fill("抗旱保苗");
  await reader.keyboard.press("Enter");
  await main(reader).getByRole("link", { name }).first().click();
  await heading(reader, name);
  assert.match(await reader.locator("#citation").inputValue(), /抗旱保苗.*〔2024〕/s);
  const formats = main(reader).getByRole("heading", { name: "其他格式" }).locator("xpath=following-sibling::*[1]").getByRole("link");
  const kinds = [];
  for (const address of await formats.evaluateAll((all) => all.map((one) => one.href))) {
    const answer = await reader.request.get(address);
    assert.equal(answer.status(), 200, address);
    kinds.push(answer.headers()["content-type"].split(";")[0]);
  }
  for (const kind of ["application/pdf", "application/json"]) assert.ok(kinds.includes(kind), `${kind} of ${kinds}`);
  assert.ok(kinds.some((kind) => kind.endsWith("xml")), `no XML of ${kinds}`);
});

test("anybody verifies a paper, and a changed one is told from it", async () => {
  const page = await paperOf("resident-012", /批准书/);
  const paper = await (await page.request.get(`${page.url()}.pdf`)).body();
  const code = await page.locator('a[href^="/verify/"]').innerText();
  const anybody = await visit("", "/verify");
  await anybody.fill('[name="code"]', code.toLowerCase());
  await button(anybody, "核验").click();
  await heading(anybody, /真实/);
  const handIn = async (buffer) => {
    await anybody.goto(`${site.base}/verify`);
    await anybody.setInputFiles('main input[type="file"]', { name: "批准书.pdf", mimeType: "application/pdf", buffer });
    await button(anybody, "核验文件").click();
    await heading(anybody, "核验结果");
    return text(anybody);
  };
  assert.match(await handIn(paper), /电子印章有效/);
  const changed = Buffer.from(paper);
  changed[100] ^= 1;
  const said = await handIn(changed);
  assert.match(said, /有不符之处，不能采信/);
  assert.doesNotMatch(said, /电子印章有效/);
});

/// Changes some words of the draft, saves and checks it.
async function rewrite(page, old, now) {
  const change = (area, [old, now]) => (area.value = area.value.replace(old, now));
  await page.locator('textarea[name="text"]').evaluate(change, [old, now]);
  await button(page, "保存并检查").click();
  await page.waitForFunction((now) => document.querySelector('textarea[name="text"]')?.defaultValue.includes(now), now);
}

/// A document that the legal office begins, to go with the text of a regulation.
const NOTICE = {
  series: "office-issue", kind: "notice", "document-title": "中阳县人民政府办公室关于调整督办核查期限的通知", "drafting-unit": "法规科",
  addressee: "各乡镇、县直各有关单位", "document-body": "督办事项的核查期限改为三个工作日。特此通知", promulgates: "no", "proposed-disclosure": "open",
};
const VERDICT = {
  "state-secret": "no", "third-party": "no", "internal-matter": "no", verdict: "open", "reviewer-signature": "yes",
};

test("a drafter changes a term, reads what is wrong and whom it touches; the text goes with a document that is signed", async () => {
  const page = await visit("county-legal", "/editor");
  await page.getByLabel("从哪一份开始").selectOption("supervision");
  await button(page, "新建").click();
  await rewrite(page, "check-term: { value: 5 working-days", "check-term: { value: 3 m²");
  await heading(page, /\d+ 处错误/);
  assert.match(await page.locator("#findings").innerText(), /GB\d{4}/);
  await rewrite(page, "check-term: { value: 3 m²", "check-term: { value: 3 working-days");
  await heading(page, "没有错误");
  const draft = page.url();
  await link(page, "修改了什么、影响谁").click();
  await heading(page, /修改/);
  assert.match(await text(page), /影响谁[\s\S]*县政府督查室[\s\S]*3 working-days/);
  const notice = await site.begin("county-legal", "/services/official-document/apply?act=create", "起草公文", NOTICE);
  await page.goto(draft);
  await button(page, "附上运行文本").first().click();
  await page.waitForURL(/attach-regulation/);
  await button(page, "附上运行文本").click();
  await page.waitForURL((url) => url.pathname === notice);
  await site.act("county-legal", notice, "送会签、送审");
  await site.act("county-disclosure", notice, "审查", VERDICT);
  await site.act("county-office-director", notice, "签发", { "signer-signature": "yes" });
  const signed = await main(await site.page("county-office-director")).textContent();
  assert.match(signed, /现在：待编号/);
  assert.match(signed, /附上运行文本/);
});

/// Somebody whose browser runs no scripts.
async function withoutScripts(who) {
  const signedIn = await site.page(who);
  const storageState = await signedIn.context().storageState();
  const context = await site.browser.newContext({ javaScriptEnabled: false, viewport: PC, locale: "zh-CN", storageState });
  context.setDefaultTimeout(60_000);
  await signedIn.context().close();
  site.people.set(who, await context.newPage());
}

test("without any script a resident complains, the company answers, the township mediates, the resident is content", async () => {
  const [resident, township, company] = ["resident-152", "ningxiang-property", "resident-191"];
  for (const who of [resident, township, company]) await withoutScripts(who);
  const complaint = await site.begin(resident, "/services/complaint/apply?act=complain", "投诉、举报", {
    subject: "c44", urgency: "normal", content: "楼道十天没有打扫", demand: "按合同每天打扫", "complained-company": /样例安居/,
  }, undefined, { "about.estate": "xq-01" });
  await site.act(township, complaint, "分派");
  await site.act(township, complaint, "受理并先行调解");
  await site.act(township, complaint, "请企业答复");
  const asked = await open(company, /楼道十天没有打扫/);
  // Also what is folded away.
  const said = await main(await site.page(company)).textContent();
  assert.match(said, /投诉人没有同意公开身份/);
  assert.doesNotMatch(said, /郝二梅/);
  await site.act(company, asked, "答复", { "answer-text": "已安排保洁，每天两次" });
  await site.act(township, complaint, "达成协议", { "result-text": "企业每天打扫两次", verified: "yes" });
  await site.act(resident, complaint, "确认", { satisfaction: "satisfied" });
  assert.match(await text(await site.page(resident)), /已办结/);
});

test("nothing is wrong with the pages that they saw", () => assert.deepEqual(site.violations, []));
