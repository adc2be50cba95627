// An officer makes a passkey, signs in with it alone and after the password, and takes it away; without scripts the other ways stay.
// The authenticator is Chromium's virtual one.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Site } from "./site.js";

const PASSWORD = "River-Ab-975";
const LOGIN = "shi.xinqiao";
let site;
let page;
let cdp;
let recovery;

before(async () => {
  site = await Site.start("2024-03-01T09:00:00", {}, { people: ["pe-t01,石新桥,shi.xinqiao"], named: true });
  page = await site.page("");
  cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
});
after(async () => site?.stop());

async function authenticator(options) {
  const usual = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
  const added = await cdp.send("WebAuthn.addVirtualAuthenticator", { options: { ...usual, ...options } });
  return added.authenticatorId;
}

const main = () => page.getByRole("main");
const press = (name) => main().getByRole("button", { name, exact: true }).click();
const signOut = async () => {
  await page.getByRole("banner").getByRole("button", { name: "退出" }).click();
  await page.waitForURL((url) => url.pathname === "/");
};

async function typePassword(typed = PASSWORD) {
  await page.goto(`${site.base}/sign-in`);
  await page.fill("#f-name", LOGIN);
  await page.fill("#f-password", typed);
  await press("登录");
}

test("an account is made, and its owner sets a password", async () => {
  const admin = await site.page("system-admin");
  await admin.goto(`${site.base}/admin/accounts`);
  await admin.selectOption("#f-person", "pe-t01");
  await admin.fill("#f-login", LOGIN);
  await admin.getByRole("button", { name: "开户" }).click();
  const given = await admin.locator("code.secret").innerText();
  await typePassword(given);
  await page.fill("#f-current", given);
  await page.fill("#f-wished", PASSWORD);
  await page.fill("#f-again", PASSWORD);
  await press("修改密码");
  await page.waitForURL((url) => url.pathname === "/");
});

test("a passkey is made with the password", async () => {
  await authenticator();
  await page.goto(`${site.base}/account/passkeys`);
  await site.look(page, "passkeys-none");
  await page.fill("#f-label", "办公室电脑");
  await page.fill("#f-_password", PASSWORD);
  await press("下一步");
  await site.look(page, "passkeys-making");
  await press("创建通行密钥");
  await page.getByRole("heading", { name: "恢复码" }).waitFor();
  recovery = await page.locator("ol.codes code").allInnerTexts();
  assert.equal(recovery.length, 10);
  await main().getByRole("link", { name: "继续" }).click();
  assert.match(await main().innerText(), /办公室电脑[\s\S]*登录[\s\S]*还没有[\s\S]*还剩恢复码：10/);
  await main().getByText("删去", { exact: false }).first().click();
  await site.look(page, "passkeys-listed");
});

test("the passkey signs in alone", async () => {
  await signOut();
  await page.goto(`${site.base}/sign-in?back=/account/sessions`);
  await site.look(page, "sign-in-passkey");
  await press("用通行密钥登录");
  await page.waitForURL((url) => url.pathname === "/account/sessions");
  assert.match(await main().innerText(), /用通行密钥登录/);
  await site.look(page, "sessions-passkey");
});

test("after the password it is the second step", async () => {
  await signOut();
  await typePassword();
  await main().getByRole("heading", { name: "再证明一次是您本人" }).waitFor();
  await site.look(page, "second-step");
  await press("用通行密钥登录");
  await page.waitForURL((url) => url.pathname === "/");
  await page.goto(`${site.base}/account/passkeys`);
  assert.match(await main().innerText(), /2024年3月1日 09:00/);
});

test("a security key that verifies nobody is for the second step only; the passkey proves who adds it", async () => {
  await page.fill("#f-label", "安全密钥");
  await page.fill("#f-_password", PASSWORD);
  await press("下一步");
  await main().getByText("验证码不对").waitFor();
  await page.fill("#f-label", "安全密钥");
  await page.fill("#f-_password", PASSWORD);
  // Each form of the page asks for proof by itself.
  const making = main().locator("form", { has: page.locator("#f-label") });
  await making.getByRole("button", { name: "用通行密钥证明" }).click();
  await making.getByText("通行密钥已经应答").waitFor();
  await site.look(page, "passkeys-proved");
  await press("下一步");
  // Plugged in now: every virtual device answers at once, and one without a passkey for the site would have ended the proof.
  const key = await authenticator({ transport: "usb", hasResidentKey: false, hasUserVerification: false, isUserVerified: false });
  await press("创建通行密钥");
  await page.waitForURL((url) => url.pathname === "/account/passkeys");
  await main().getByText("密码之后的第二步").waitFor();
  await cdp.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: key });
});

test("a device that does not answer says so, and the password still leads in", async () => {
  await signOut();
  await cdp.send("WebAuthn.disable");
  await cdp.send("WebAuthn.enable");
  await authenticator({ isUserVerified: false });
  await page.goto(`${site.base}/sign-in`);
  await press("用通行密钥登录");
  await main().getByText("设备没有应答").waitFor();
  await site.look(page, "sign-in-no-answer");
});

test("without scripts a recovery code leads in, and the passkey is taken away", async () => {
  const context = await site.browser.newContext({ javaScriptEnabled: false, locale: "zh-CN" });
  const plain = await context.newPage();
  const button = (name) => plain.getByRole("main").getByRole("button", { name, exact: true });
  await plain.goto(`${site.base}/sign-in`);
  assert.equal(await button("用通行密钥登录").isVisible(), false);
  await plain.fill("#f-name", LOGIN);
  await plain.fill("#f-password", PASSWORD);
  await button("登录").click();
  await plain.fill("#f-code", recovery[0]);
  await button("登录").click();
  await plain.goto(`${site.base}/account/passkeys`);
  for (const left of [1, 0]) {
    await plain.locator("summary").first().click();
    assert.equal(await button("用通行密钥证明").first().isVisible(), false);
    await plain.locator("details[open] input[name=_password]").fill(PASSWORD);
    await plain.locator("details[open] input[name=_code]").fill(recovery[1 + left]);
    await plain.locator("details[open] button[type=submit]").click();
    assert.equal(await plain.locator("input[name=credential]").count(), left);
  }
  assert.doesNotMatch(await plain.getByRole("main").innerText(), /还剩恢复码/);
  await context.close();
});

test("nothing keeps people out", () => assert.deepEqual(site.violations, []));
