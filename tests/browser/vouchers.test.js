// Two bureaus' lists of people become one roster: a clerk's sheet comes in with mistakes, is repaired, and the vouchers go out.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fill, rows, Site } from "./site.js";

const CIVIL = "county-civil-affairs";
const INDUSTRY = "county-industry";
const HEADINGS = "序号,姓名,身份证号,人员类别,所属乡镇、村";
let site;

before(async () => (site = await Site.start("2024-04-09T09:00:00")));
after(async () => site?.stop());

async function text(page) {
  return page.getByRole("main").innerText();
}

/// A sheet as people keep it.
function sheet(name, lines, headings = HEADINGS) {
  return { name, mimeType: "text/csv", buffer: Buffer.from(`\uFEFF${[headings, ...lines].join("\r\n")}\r\n`) };
}

/// Begins a roster and reads a sheet into it; the page then says what is wrong.
async function readIn(page, act, answers, file, picture) {
  await page.goto(`${site.base}/services/voucher-roster/apply?act=${act}`);
  await page.getByRole("main").getByRole("button", { name: "开始填写" }).click();
  await fill(page, answers);
  await readAgain(page, file, picture);
}

async function readAgain(page, file, picture) {
  if (await page.locator("details.from-sheet").count()) await page.locator("details.from-sheet").evaluate((one) => (one.open = true));
  await page.locator('input[name="_sheet.lines"]').setInputFiles(file);
  await page.getByRole("main").getByRole("button", { name: "读入", exact: true }).click();
  await page.locator("ul.figures").waitFor();
  if (picture) await site.look(page, picture);
}

/// Sends the draft that the page is on.
async function send(page, label, picture) {
  await page.getByRole("main").getByRole("button", { name: "保存并继续" }).click();
  await page.waitForURL((url) => url.pathname.endsWith("/review"));
  if (picture) await site.look(page, picture);
  await page.getByRole("main").getByRole("button", { name: label, exact: true }).click();
  await page.waitForURL((url) => url.pathname.endsWith("/receipt"));
  return new URL(page.url()).pathname.replace("/receipt", "");
}

/// Signed by the head, sent by the clerk, accepted by the bureau that merges the lists.
async function accept(clerk, matter, picture) {
  await site.act(`${clerk}-head`, matter, "负责人签字、盖章", { "head-signature": "yes", sealed: "yes" }, picture && `${picture}-sign`);
  await site.act(clerk, matter, "报送");
  await site.act(INDUSTRY, matter, "接收、比对入册", {}, picture && `${picture}-accept`);
}

let programme;

test("the programme is launched", async () => {
  programme = await site.begin(INDUSTRY, "/services/voucher-programme/apply", "启动发放工作", { "launch-note": "按省市部署办" }, "voucher-launch");
});

test("a sheet with mistakes comes in: each bad cell is named, nothing is filed", async () => {
  const page = await site.page(CIVIL);
  const wrong = sheet("民政局名单.csv", [
    "1,测试甲,999999194903121011,特困人员,柳坪村",
    "2,测试乙,999999195807041025,特困人员,柳坪村",
    "3,,999999196202151030,特困人员,桃园里村",
    "4,测试丁,999999197109201042,特困人员,没有这个村",
    "5,测试戊,999999196501181053,易返贫致贫人员,水泉湾村",
  ]);
  await readIn(page, "report-civil", { bureau: "civil", stage: "first", filler: "填报甲", checker: "审核甲" }, wrong, "roster-wrong");
  const said = await text(page);
  assert.match(said, /5\s*行/);
  assert.match(said, /4\s*行有问题/);
  for (const fault of [/校验码/, /姓名/, /没有这个地方/, /易返贫致贫人员由乡村振兴局报/]) assert.match(said, fault);
});

test("the repaired sheet is filed, signed and merged; a person on both lists stands once", async () => {
  const page = await site.page(CIVIL);
  const right = sheet("民政局名单-改.csv", [
    "1,测试甲,９９９９９９194903121011,特困人员,柳坪村",
    "2,测试乙,999999 580704 102,特困人员,柳坪村",
    "3,测试丙,999999196202151030,特困人员,桃园里村",
    "4,测试丁,999999197109201042,特困人员,水泉湾村",
  ]);
  await readAgain(page, right, "roster-right");
  assert.match(await text(page), /0\s*行有问题/);
  await accept(CIVIL, await send(page, "民政局填报名单", "roster-review"), "roster");
  const revival = await site.page("county-revival");
  await readIn(revival, "report-revival", { bureau: "revival", stage: "first", filler: "填报乙", checker: "审核乙" }, sheet("振兴局名单.csv", [
    "1,测试丙,999999196202151030,易返贫致贫人员,桃园里村",
    "2,测试丁丁,999999197109201042,易返贫致贫人员,水泉湾村",
    "3,测试戊,999999196501181053,易返贫致贫人员,水泉湾村",
  ]));
  await accept("county-revival", await send(revival, "乡村振兴局填报名单"));
  await page.goto(`${site.base}/registers/voucher-recipients`);
  await site.look(page, "voucher-recipients");
  const listed = await text(page);
  assert.match(listed, /XF2024-001-3/);
  assert.doesNotMatch(listed, /XF2024-002-1/, "a person on both lists stands twice");
  assert.match(listed, /姓名不符、搁置/);
});

test("the channels are chosen, the money comes in, the batch goes out", async () => {
  const page = await site.page(CIVIL);
  await site.advance("2024-04-10T09:00:00");
  const headings = `${HEADINGS},困难群众联系方式,困难群众银行卡号,发放使用方式,能用云闪付,能用借记卡,帮扶单位,帮扶责任人,帮扶责任人联系方式,乡镇包片干部,包片干部联系方式,乡镇包村干部,包村干部联系方式`;
  const people = "民政局,帮扶甲,19900000011,包片甲,19900000021,包村甲,19900000031";
  await readIn(page, "report-civil", { bureau: "civil", stage: "channels", filler: "填报甲", checker: "审核甲" }, sheet("定方式.csv", [
    `1,测试甲,999999194903121011,特困人员,柳坪村,19900000001,,云闪付,是,是,${people}`,
    `2,测试乙,999999195807041024,特困人员,柳坪村,19900000002,,云闪付,是,是,${people}`,
    `3,测试丙,999999196202151030,特困人员,桃园里村,19900000003,6200000000000005,建设银行借记卡,否,是,${people}`,
  ], headings), "roster-channels");
  await accept(CIVIL, await send(page, "民政局填报名单"));
  await site.act("county-finance", programme, "登记到账", {
    "from-level": "province", "money-source": "livelihood-reserve", amount: "2000.00", "arrived-on": "2024-04-10",
  }, "voucher-money");
  const batch = await site.begin(INDUSTRY, "/services/voucher-batch/apply", "编批、交渠道", { "batch-channel": "app" }, "voucher-batch");
  const channel = await site.page("unionpay");
  await channel.goto(`${site.base}/registers/voucher-app-file`);
  await site.look(channel, "voucher-app-file");
  const issued = (voucher, proof) => ({ "voucher-no": voucher, outcome: "issued", "issued-date": "2024-04-10", "proof-no": proof });
  await site.act("unionpay", batch, "报送发放结果", rows("results", [issued("XF2024-001-1", "ysf-1"), issued("XF2024-001-2", "ysf-2")]), "voucher-results");
  await site.act(INDUSTRY, batch, "这一批发完", {}, "voucher-finish");
  const way = `/services/voucher-payment/apply?about.batch=${batch.split("/").pop()}`;
  const payment = await site.begin("county-finance", way, "拟付", { "payment-amount": "2000.00", payee: "山西银联", "payment-order": "zf-1" }, "voucher-payment");
  await site.act("county-finance-head", payment, "批准拨付", {}, "voucher-payment-approved");
  const finance = await site.page("county-finance");
  await finance.goto(`${site.base}/funds/voucher-fund`);
  await site.look(finance, "voucher-fund");
  assert.match(await text(finance), /借贷平衡/);
  await site.paper(finance, `${site.base}/funds/voucher-fund/-/pdf`, "voucher-trial-balance");
});

test("the bureaus see how far it is, the public sees nothing", async () => {
  const page = await site.page(CIVIL);
  await page.goto(`${site.base}/reports/vouchers/voucher-progress`);
  await site.look(page, "voucher-progress");
  assert.match(await text(page), /宁乡镇/);
  const anybody = await site.page("");
  for (const path of ["/reports/vouchers/voucher-progress", "/registers/voucher-recipients", "/gazette/vouchers", programme]) {
    const answer = await anybody.goto(site.base + path);
    const reached = new URL(anybody.url()).pathname;
    assert.ok(answer.status() === 404 || reached === "/sign-in", `${path}: ${answer.status()} at ${reached}`);
  }
  assert.deepEqual(site.violations, []);
});
