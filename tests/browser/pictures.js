// Makes the pictures of README and the guides anew, by doing what they say in the sample county with its story: a guide that has become
// wrong stops it. `node pictures.js [PART…]`; the parts share one county and come in this order. `BASE` (see `site.js`) saves filling it.

import assert from "node:assert/strict";
import { mkdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { fill, PAPER, PHOTO, rows, Site } from "./site.js";

const FOLDER = process.env.PICTURES ?? resolve(import.meta.dirname, "../../docs/pictures");
const LARGEST = 120_000;
const PC = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 800 };
const NOW = "2024-04-10T09:00:00";
let site;

/// What is seen at such a size, from the place on the page that matters.
async function picture(page, name, size = PC, from) {
  await page.setViewportSize(size);
  if (from) await from.evaluate((element) => scrollTo(0, element.getBoundingClientRect().top + scrollY - 24));
  const path = join(FOLDER, `${name}.jpg`);
  for (const quality of [80, 65, 50]) {
    await page.screenshot({ path, type: "jpeg", quality });
    if (statSync(path).size <= LARGEST) break;
  }
  assert.ok(statSync(path).size <= LARGEST, `${path} is too large`);
  await page.setViewportSize(PC);
}

const main = (page) => page.getByRole("main");
const link = (page, name, exact = true) => main(page).getByRole("link", { name, exact }).first();
const button = (page, name) => main(page).getByRole("button", { name, exact: true });
const heading = (page, name) => page.getByRole("heading", { name }).first().waitFor();

/// Opens a matter from the desk by its name, and returns its address.
async function open(who, name) {
  const page = await site.page(who);
  await page.goto(`${site.base}/desk`);
  await main(page).getByRole("rowheader").getByRole("link", { name }).first().click();
  await page.waitForURL(/\/matters\//);
  return new URL(page.url()).pathname;
}

/// What a household fills in that rebuilds its house on its own plot.
const HOUSEHOLD = {
  "applicant-sex": "f", "applicant-is-member": "yes",
  "current-plot-area": "160", "current-floor-area": "96", "current-title-number": "中集用〔1998〕第0004号", "current-plot-disposal": "keep",
  "kept-area": "160",
  "requested-plot-area": "160", "requested-footprint-area": "96", "requested-address": "柳坪村第一组56号", "bound-east": "水渠",
  "bound-south": "村道", "bound-west": "邻户", "bound-north": "坡地", "build-type": "rebuild-in-place", "land-class": "construction-land",
  "requested-floor-area": "180", "requested-floors": "2", "requested-height": "6.6", "neighbours-consulted": "yes",
  "application-reason": "老房漏雨，原址翻建。", grounds: ["rebuild-in-place"], "disposed-original-dwelling": "no",
  "household-register-copy": PAPER, "id-card-copy": PAPER, "drawing-source": "firm", designer: "某设计院，乙级", drawings: PAPER,
  "commitment-reason": "in-place", "promise-1": "yes", "promise-2": "yes", "build-within-months": "18", "promise-3": "yes",
  "promised-on": "2024-04-10", "applicant-signature": "yes", "promisor-signature": "yes",
};

/// 居民：自查、申请、看进度。
async function resident() {
  const anybody = await site.page("");
  await anybody.goto(site.base + "/");
  await picture(anybody, "home", PHONE);
  await anybody.goto(site.base + "/services/homestead-application");
  await link(anybody, "先自查是否符合条件").click();
  await fill(anybody, {
    "applicant-is-member": "yes", "current-plot-area": "0", "requested-plot-area": "260", "build-type": "new-site",
    "land-class": "construction-land", grounds: ["moved-in"], "former-plot": "no-plot", "neighbours-consulted": "yes",
    "disposed-original-dwelling": "no",
  });
  await button(anybody, "查一查").click();
  const answer = anybody.getByRole("heading", { name: "按您填的情况，不符合条件" });
  await answer.waitFor();
  await picture(anybody, "self-check", PHONE, answer);

  const page = await site.page("resident-009");
  await page.goto(site.base + "/services/homestead-application");
  await link(page, "开始申请").click();
  await button(page, "开始填写").click();
  await fill(page, { "applicant-sex": "m" });
  await button(page, "保存并继续").click();
  await page.getByRole("alert").waitFor();
  await picture(page, "form-with-errors", PHONE, page.getByRole("alert"));
  await page.goto(site.base + "/track");
  const matter = await site.begin("resident-009", "/services/homestead-application/apply", "提交申请", HOUSEHOLD);
  await picture(page, "receipt", PHONE);
  await link(page, "查看办理进度").click();
  await page.waitForURL(site.base + matter);
  await page.goto(site.base + "/track");
  await main(page).getByRole("link", { name: /傅宝成/ }).first().waitFor();
  await picture(page, "track", PHONE);
}

/// 村：开会、公示、审查，报乡镇；邻居对公示提出异议。
async function village() {
  const group = "ningxiang-v1-g1-head";
  await site.act(group, await open(group, /冯永仁的宅基地/), "记录会议", {
    "held-on": "2024-04-10", "held-at": "村委会会议室", entitled: "40", attended: "31", "votes-for": "29", "votes-against": "1",
    "votes-abstain": "1", chair: "组长", recorder: "记录员", result: "agree", "minutes-text": "逐户讨论，表决通过",
  });
  const displayed = await open(group, /钱石康的宅基地/);
  await site.act(group, displayed, "张贴公示");
  const anybody = await site.page("");
  await anybody.goto(site.base + "/notices");
  await heading(anybody, "正在公示");
  await picture(anybody, "notices", PHONE);
  const neighbour = await site.page("resident-002");
  await neighbour.goto(site.base + "/notices");
  const way = await link(neighbour, "提出异议").getAttribute("href");
  await site.begin("resident-002", way, "提出异议", {
    "objector-name": "赵林娃", "objector-standing": "neighbour", "objector-phone": "10000000002", "objection-content": "新房会挡住出入的路。",
  });
  const page = await site.page("ningxiang-v1-head");
  await page.goto(site.base + "/desk");
  await picture(page, "desk-village");
  const matter = await open("ningxiang-v1-head", /余山莲的宅基地/);
  await link(page, "通过并报乡镇").click();
  const answers = {
    "papers-item": "pass", "plan-item": "pass", plan: /^柳坪村村庄规划/, "style-item": "pass", "neighbours-item": "pass", "one-plot-item": "pass",
    "village-opinion": "agree", "village-head-signature": "yes",
  };
  await fill(page, answers);
  await picture(page, "review-village", PC, page.getByRole("heading", { name: "通过并报乡镇" }));
  await site.act("ningxiang-v1-head", matter, "通过并报乡镇", answers);
  await correct(matter);
}

/// 窗口一次性告知，农户补正。
async function correct(matter) {
  const asked = rows("correction-items", [{ item: "房屋图纸", requirement: "图上没有标层高，请补一份" }]);
  await site.act("ningxiang-window", matter, "一次性告知补正", { ...asked, "dispatch-method": "platform" });
  const page = await site.page("resident-015");
  await page.goto(site.base + matter);
  await picture(page, "correction", PHONE);
  const answer = rows("answers", [{ item: "房屋图纸", answer: "已经补上", papers: PAPER }]);
  await site.act("resident-015", matter, "提交补正材料", { ...answer, "applicant-signature": "yes", "promisor-signature": "yes" });
}

/// 乡镇：受理、踏勘、联审、批准，发证。
async function township() {
  const window = await site.page("ningxiang-window");
  await window.goto(site.base + "/desk");
  await link(window, /· 乡镇核对材料/).click();
  await link(window, "成批办理").click();
  await window.getByLabel(/^受理/).check();
  for (const name of [/^葛丽礼/, /^陶林平/]) await window.getByLabel(name).check();
  await button(window, "下一步").click();
  await window.getByLabel("是", { exact: true }).check();
  await button(window, "下一步：逐件核对").click();
  await heading(window, /受理/);
  await picture(window, "together");
  await button(window, "确认办理 2 件").click();
  await heading(window, /办好 2 件/);
  const planner = await site.page("ningxiang-planning");
  await planner.goto(site.base + "/desk/week");
  await picture(planner, "week");
  await visit(planner);
  const page = await site.page("ningxiang-government");
  await page.goto(site.base + "/desk");
  await picture(page, "desk-township");
  const matter = await open("ningxiang-government", /邹志香的宅基地/);
  await picture(page, "matter");
  await site.act("ningxiang-government", matter, "批准", { "township-decision": "approve", "township-signature": "yes" });
}

/// 现场没有信号：填好的留在设备上，有网以后自己补交。
async function visit(planner) {
  await open("ningxiang-planning", /金翠信的宅基地/);
  await link(planner, "记录现场踏勘").click();
  for (const list of ["参照物", "参照物", "踏勘", "踏勘", "踏勘"]) {
    await planner.getByRole("button", { name: new RegExp(`^添加.*${list}`) }).first().click();
  }
  await fill(planner, {
    "location-plan": PAPER, "plot-length": "15.00", "plot-width": "12.00", "plan-bound-east": "水渠", "plan-bound-south": "村道",
    "plan-bound-west": "邻户院墙", "plan-bound-north": "坡地", "surveyed-on": "2024-04-10", drafter: "yes", "visit-photos": PHOTO,
    "land-class-on-site": "construction-land", "basic-farmland-overlap": "0",
    ...rows("reference-distances", [
      { object: "村碑", length: "35.20", bearing: "东南" },
      { object: "电杆", length: "12.00", bearing: "正北" },
    ]),
    ...rows("survey-staff", [
      { "survey-office": "economic", "survey-name": "经济办" },
      { "survey-office": "social", "survey-name": "社会办" },
      { "survey-office": "planning", "survey-name": "规划办" },
    ]),
  });
  await planner.context().setOffline(true);
  await button(planner, "记录现场踏勘").click();
  await heading(planner, "没有交上去的有 1 件");
  await picture(planner, "offline", PHONE);
  await planner.context().setOffline(false);
  await heading(planner, "已经补交");
}

/// 核验人：拿到一份批准书，看它是不是真的、还有没有效。
async function verifier() {
  const page = await site.page("resident-027");
  await page.goto(site.base + "/track");
  await main(page).getByRole("rowheader").getByRole("link", { name: /批准书/ }).first().click();
  await main(page).getByRole("link", { name: /批准书/ }).first().click();
  await page.waitForURL(/\/documents\//);
  await picture(page, "certificate");
  const code = await page.locator('a[href^="/verify/"]').innerText();
  const anybody = await site.page("");
  await anybody.goto(site.base + "/verify");
  await picture(anybody, "verify", PHONE);
  await anybody.fill('[name="code"]', code);
  await button(anybody, "核验").click();
  await heading(anybody, "真实，现行有效");
  await picture(anybody, "verified", PHONE);
  const older = await site.page("resident-012");
  await older.goto(site.base + "/track");
  await main(older).getByRole("rowheader").getByRole("link", { name: /批准书/ }).first().click();
  await main(older).getByRole("link", { name: /批准书/ }).first().click();
  await older.waitForURL(/\/documents\//);
  const paper = await older.request.get(`${older.url()}.pdf`);
  assert.equal(paper.headers()["content-type"], "application/pdf");
  await anybody.goto(site.base + "/verify");
  await anybody.setInputFiles('main input[type="file"]', { name: "批准书.pdf", mimeType: "application/pdf", buffer: await paper.body() });
  await button(anybody, "核验文件").click();
  await heading(anybody, "核验结果");
  const result = await main(anybody).innerText();
  assert.match(result, /电子印章有效/);
  await picture(anybody, "examined", PHONE);
}

/// 公文：签发、编号、印发、网上公开。
async function gazette() {
  const name = /做好抗旱保苗工作/;
  const matter = await open("county-head", name);
  await site.act("county-head", matter, "签发", { "signer-signature": "yes" });
  await site.act("county-numbering", matter, "编号");
  await site.act("county-office", matter, "印发");
  await site.act("county-gazette-editor", matter, "网上公开");
  const anybody = await site.page("");
  await anybody.goto(site.base + "/gazette");
  await main(anybody).getByRole("link", { name }).first().click();
  await heading(anybody, name);
  await picture(anybody, "document");
}

/// 县直部门：台账、职责。
async function bureau() {
  const page = await site.page("county-natural-resources");
  await page.goto(site.base + "/desk");
  await page.goto(site.base + "/registers/plots");
  await picture(page, "register");
  await page.goto(site.base + "/duties");
  await picture(page, "duties");
}

/// 企业：看见逾期的隐患，改好，报完成。
async function organisations() {
  const firm = "resident-005";
  const page = await site.page(firm);
  await page.goto(site.base + "/desk");
  await picture(page, "desk-enterprise", PHONE);
  await site.act(firm, await open(firm, /电缆接头外露/), "整改完成", {
    "done-text": "接头更换，绝缘测试合格", "done-files": PHOTO, "funds-spent": "8000",
  });
}

/// A sheet as people keep it.
const sheet = (name, lines) => ({ name, mimeType: "text/csv", buffer: Buffer.from(`\uFEFF${lines.join("\r\n")}\r\n`) });

/// Reads a sheet into the list of the form that is open, and takes a picture of what the page says of it.
async function readIn(page, list, file, name) {
  for (const folded of await page.locator("details.from-sheet").all()) await folded.evaluate((one) => (one.open = true));
  await page.locator(`input[name="_sheet.${list}"]`).setInputFiles(file);
  await button(page, "读入").click();
  await page.locator("ul.figures").waitFor();
  await picture(page, name, PC, page.locator("ul.figures"));
}

/// 维修资金中心：导入银行流水。
async function fundCentre() {
  const page = await site.page("county-fund-accountant");
  await page.goto(`${site.base}/services/bank-day/apply?act=import-file&about.pool=zh-1`);
  await button(page, "开始填写").click();
  await fill(page, { "file-from": "2024-04-09", "file-to": "2024-04-09", "closing-demand": "13970.27", "closing-term": "0" });
  await readIn(page, "lines", sheet("流水.csv", ["流水号,类型,入账日,金额,附言编号", "20240409001,收款,2024-04-09,1000.00,"]), "bank-file");
  await button(page, "保存并继续").click();
  await button(page, "导入流水").click();
  await page.waitForURL((url) => url.pathname.endsWith("/receipt"));
}

/// 名单：自己的表读进来，有问题的逐格指出。
async function rosters() {
  const page = await site.page("county-civil-affairs");
  await page.goto(`${site.base}/services/voucher-roster/apply?act=report-civil`);
  await button(page, "开始填写").click();
  await fill(page, { bureau: "civil", stage: "first", filler: "填报甲", checker: "审核甲" });
  await readIn(page, "lines", sheet("民政局名单.csv", [
    "序号,姓名,身份证号,人员类别,所属乡镇、村", "1,测试甲,999999194903121011,特困人员,柳坪村", "2,测试乙,999999195807041025,特困人员,柳坪村",
    "3,,999999196202151030,特困人员,桃园里村", "4,测试丁,999999197109201042,特困人员,没有这个村",
  ]), "roster-wrong");
  assert.match(await main(page).innerText(), /3\s*行有问题/);
}

/// 安全检查员：一处一件立隐患，检查完。
async function safety() {
  const inspector = "county-emergency";
  const page = await site.page(inspector);
  await page.goto(`${site.base}/desk?procedure=safety-inspection&step=inspecting`);
  await main(page).getByRole("rowheader").getByRole("link").first().click();
  await page.waitForURL(/\/matters\//);
  const matter = new URL(page.url()).pathname;
  await picture(page, "inspection");
  await site.act(inspector, matter, "立隐患", { "found-place": "液氨储罐区", "found-text": "一处法兰渗漏", "found-photos": PHOTO });
  await site.act(inspector, matter, "检查完", { "inspection-text": "查了储罐、泄漏报警、值班记录", "inspection-files": PAPER, "hazards-found": "1" });
}

/// 乡镇的老台账：照原样上传，对应栏目。
async function ledger() {
  const page = await site.page("ningxiang-window");
  await page.goto(`${site.base}/registers/households`);
  await link(page, "从 Excel 导入").click();
  await page.setInputFiles('main input[type="file"]', sheet("户名册.csv", [
    "柳坪村户口登记册,,,,", "序号,户编,户主姓名,户主身份证,电话,住址", "1,h301,测试甲,999999194903121011,19900000001,柳坪村第一组",
    "2,h302,测试丙,999999196202151030,19900000003,柳坪村第一组", "合计,2,,,,",
  ]));
  await button(page, "上传并核对").click();
  await heading(page, "对应栏目");
  await picture(page, "columns");
}

/// 县领导：谁逾期了，在谁手里；督办一页纸。
async function head() {
  const page = await site.page("county-head");
  await page.goto(site.base + "/desk");
  await link(page, "中阳县").click();
  await heading(page, "中阳县");
  await picture(page, "county", PHONE);
  await page.goto(site.base + "/reports");
  await link(page, /县领导一页纸/, false).click();
  await heading(page, "县领导一页纸");
  await picture(page, "lead", PHONE);
}

/// Changes some words of the draft, saves and checks it.
async function rewrite(page, old, now) {
  const text = page.locator('textarea[name="text"]');
  const change = (area, [old, now]) => {
    if (!area.value.includes(old)) throw new Error(`the draft does not say ${old}`);
    area.value = area.value.replace(old, now);
  };
  await text.evaluate(change, [old, now]);
  await button(page, "保存并检查").click();
  await page.waitForFunction((now) => document.querySelector('textarea[name="text"]')?.defaultValue.includes(now), now);
}

/// 起草人：从现行规定起草，看检查结果。
async function drafter() {
  const page = await site.page("county-legal");
  await page.goto(site.base + "/editor");
  await page.getByLabel("从哪一份开始").selectOption("supervision");
  await button(page, "新建").click();
  await rewrite(page, "check-term: { value: 5 working-days", "check-term: { value: 3 m²");
  await heading(page, /\d+ 处错误/);
  await picture(page, "findings", PC, page.locator("#findings"));
  await rewrite(page, "check-term: { value: 3 m²", "check-term: { value: 3 working-days");
  await heading(page, "没有错误");
  await link(page, "修改了什么、影响谁").click();
  await heading(page, /修改/);
  await picture(page, "changes");
}

/// 三员：账户、登录着的人、登录记录。
async function administrators() {
  const system = await site.page("system-admin");
  await system.goto(site.base + "/admin/accounts?q=ningxiang-safety");
  await button(system, /^停用/).click();
  await button(system, "确认停用").click();
  await heading(system, /已停用/);
  await button(system, /^启用/).click();
  const security = await site.page("security-admin");
  await security.goto(site.base + "/admin/sessions");
  await heading(security, "登录着的人");
  await picture(security, "sessions");
  const audit = await site.page("audit-admin");
  await audit.goto(site.base + "/admin/looks");
  await heading(audit, /查阅个人信息/);
  await picture(audit, "looks");
}

const PARTS = {
  resident, village, township, verifier, gazette, bureau, organisations, fundCentre, rosters, safety, ledger, head, drafter, administrators,
};

const wanted = process.argv.slice(2);
mkdirSync(FOLDER, { recursive: true });
site = await Site.start(NOW, {}, { story: true });
try {
  for (const [name, part] of Object.entries(PARTS)) if (wanted.length === 0 || wanted.includes(name)) await part();
  assert.deepEqual(site.violations, []);
} finally {
  await site.stop();
}
