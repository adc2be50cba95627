// A committee mends a roof from the maintenance fund, from the owners' vote to the statement; an owner looks at the account on a phone.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PAPER, PHOTO, rows, Site } from "./site.js";

const OWNER = "resident-151";
const MEMBER = "resident-152";
const TOWNSHIP = "ningxiang-property";
const BODIES = `code,estate,kind,term-no,from,to,member-count,people,state,elected-on,@place
xq-01-ywh,xq-01,owners-committee,1,2023-01-01,2027-12-31,5,r-152,filed,2022-12-20,141129100201
`;
let site;

before(async () => (site = await Site.start("2024-03-01T09:00:00", { "owners-bodies": BODIES })));
after(async () => site?.stop());

/// The path of the first link to a matter with these words.
async function matterCalled(page, words) {
  return new URL(await page.getByRole("main").getByRole("link", { name: words }).first().evaluate((link) => link.href)).pathname;
}

async function text(page) {
  return page.getByRole("main").innerText();
}

let vote;
let use;
let payment;

test("the opening balances of the owners are booked by two people", async () => {
  const stock = await site.begin("county-fund-centre", "/services/stock-import/apply?about.estate=xq-01&about.pool=zh-1", "提出期初", {
    "stock-on": "2024-03-01", "stock-total": "17000.00", "stock-paper": PAPER,
    ...rows("stock-lines", [
      { "stock-unit": "xq-01-1-101", "stock-first": "6000.00", "stock-balance": "6000.00", "stock-unpaid": "0" },
      { "stock-unit": "xq-01-1-201", "stock-first": "6000.00", "stock-balance": "6000.00", "stock-unpaid": "0" },
      { "stock-unit": "xq-01-1-301", "stock-first": "5000.00", "stock-balance": "5000.00", "stock-unpaid": "0" },
    ]),
  }, "fund-stock");
  await site.act("county-fund-head", stock, "同意入账", {}, "fund-stock-booked");
});

test("the owners vote, one of them on a phone", async () => {
  vote = await site.begin(MEMBER, "/services/owners-vote/apply?about.estate=xq-01", "提出表决事项", {
    topic: "use-fund", question: "翻修屋面防水", plan: "顶层渗漏，防水层全部更换。", cost: "10000.00", "vote-scope": "whole-estate", "ballot-form": "one-by-one",
  }, "vote");
  await site.advance("2024-03-02T09:00:00");
  await site.act(MEMBER, vote, "记录征求意见和报告", { "consult-from": "2024-03-02", "consult-to": "2024-03-09", "reported-on": "2024-03-02" });
  await site.advance("2024-03-10T09:00:00");
  await site.act(MEMBER, vote, "发布会议公告", { "noticed-on": "2024-03-10", "vote-opens-on": "2024-03-25", "vote-closes-on": "2024-03-26", venue: "小区活动室" }, "vote-notice");
  await site.advance("2024-03-25T09:00:00");
  await site.act(OWNER, vote, "投票", { "own-choice": "agree" }, "vote-cast");
  for (const owner of ["xq-01-y02", "xq-01-y03", "xq-01-y04", "xq-01-y05"]) {
    const choice = owner === "xq-01-y04" ? "against" : "agree";
    await site.act(MEMBER, vote, "登记书面票", { "paper-voter": owner, "paper-choice": choice, "by-proxy": "no" });
  }
  await site.advance("2024-03-27T09:00:00");
  await site.act(TOWNSHIP, vote, "公布结果", {}, "vote-published");
  assert.match(await text(await site.page(TOWNSHIP)), /现在：决定有效/);
});

test("the committee shows its plan; the township reviews, checks on site and consents", async () => {
  const about = `about.estate=xq-01&about.vote=${vote.split("/").pop()}&about.body=xq-01-ywh`;
  use = await site.begin(MEMBER, `/services/fund-use/apply?act=make-plan&${about}`, "提出使用方案", {
    work: "屋面防水翻修", "work-part": "roof", "use-purpose": "common-parts", "use-reason": "顶层渗漏", "in-warranty": "no", budget: "10000.00",
    ...rows("scope", [{ "scope-of": "xq-01-1-101" }, { "scope-of": "xq-01-1-201" }, { "scope-of": "xq-01-1-301" }]),
    ...rows("offers", [{ "offer-from": "样例防水工程队", "offer-amount": "10000.00", "offer-paper": PAPER }]),
    contractor: "样例防水工程队",
  }, "fund-plan");
  await site.advance("2024-04-08T09:00:00");
  await site.act(MEMBER, use, "报乡镇审核", {}, "fund-submit");
  await site.act(TOWNSHIP, use, "材料齐全");
  await site.act(TOWNSHIP, use, "同意列支", {
    "checked-on": "2024-04-08", checkers: "甲、乙", "checker-count": "2", "site-photos": PHOTO, "need-confirmed": "yes", quantities: "防水层120平方米",
  }, "fund-consent");
  await site.act(MEMBER, use, "向中心申请列支");
});

test("the centre allocates, and not a fen is lost", async () => {
  await site.act("county-fund-centre", use, "准予列支", {}, "fund-listing");
  const page = await site.page("county-fund-head");
  await page.goto(`${site.base}/funds/maintenance`);
  await site.look(page, "fund");
  assert.match(await text(page), /10,000\.00/);
  await page.getByRole("main").getByRole("link", { name: /2102/ }).click();
  await site.look(page, "fund-account");
  assert.match(await text(page), /3,316\.54/);
  assert.match(await text(page), /3,848\.55/);
});

test("a payment passes through two pairs of eyes and is booked by the bank's file", async () => {
  await site.act(MEMBER, use, "登记施工合同", {
    "contract-party": "样例防水工程队", "contract-account": "6200000000009999", "contract-amount": "10000.00",
    "works-from": "2024-04-08", "works-to": "2024-06-08", "contract-paper": PAPER,
  }, "fund-contract");
  await site.act(MEMBER, use, "申请拨付", {
    "claim-stage": "start", progress: "30", "progress-proof": PAPER, "progress-photos": PHOTO, "claim-amount": "3000.00",
    payee: "样例防水工程队", "payee-account": "6200000000009999",
  }, "fund-claim");
  assert.doesNotMatch(await text(await site.page(MEMBER)), /PM-E-424/, "what is frozen for the use counts as there");
  const cashier = await site.page("county-fund-cashier");
  await cashier.goto(`${site.base}/desk`);
  await site.look(cashier, "desk-cashier");
  payment = await matterCalled(cashier, /屋面防水翻修拨付/);
  await site.act("county-fund-cashier", payment, "制单", {}, "fund-order");
  await cashier.goto(site.base + payment);
  assert.equal(await cashier.getByRole("main").getByRole("link", { name: "放行", exact: true }).count(), 0, "whoever made the order releases it");
  await site.act("county-fund-approver", payment, "放行", {}, "fund-release");
  const number = /WJ-BF-2024-\d+/.exec(await text(await site.page("county-fund-approver")))[0];
  await site.begin("county-fund-accountant", "/services/bank-day/apply?about.pool=zh-1", "导入流水", {
    "file-from": "2024-03-01", "file-to": "2024-04-08", "closing-demand": "14000.00", "closing-term": "0",
    ...rows("lines", [{ serial: "20240408001", kind: "payment", "value-on": "2024-04-08", amount: "3000.00", reference: number }]),
  }, "bank-day");
  await cashier.goto(site.base + payment);
  assert.match(await text(cashier), /已付/);
  await site.look(cashier, "fund-paid");
});

test("the books balance, on pages and on paper", async () => {
  const page = await site.page("county-fund-head");
  await page.goto(`${site.base}/funds/maintenance`);
  await site.look(page, "fund-after");
  assert.match(await text(page), /14,000\.00/);
  assert.match(await text(page), /借贷平衡/);
  await site.paper(page, `${site.base}/funds/maintenance/-/pdf`, "fund-trial-balance");
  await site.paper(page, `${site.base}/funds/maintenance/frozen/-/pdf`, "fund-sub-accounts");
});

test("an owner sees the account on a phone", async () => {
  const page = await site.page(OWNER);
  await page.goto(`${site.base}/funds/mine`);
  await site.look(page, "fund-mine");
  assert.match(await text(page), /1号楼101/);
  await page.getByRole("main").getByRole("link", { name: /1号楼101/ }).first().click();
  await site.look(page, "fund-statement");
  assert.match(await text(page), /期初余额/);
  const paper = await page.getByRole("main").getByRole("link", { name: "PDF" }).evaluate((link) => link.href);
  await site.paper(page, paper, "fund-statement");
  const neighbour = await site.page("resident-153");
  const answer = await neighbour.goto(page.url());
  assert.equal(answer.status(), 404, "a neighbour reads it too");
});

test("nobody is kept out, and nothing is too wide", () => {
  assert.deepEqual(site.violations, []);
});
