// Passkeys: what the browser and its authenticator say goes into the hidden fields of a form, which is then sent as any other: at once, or by
// its own button where it is about something else.
// Without this file, or where the browser knows no passkeys, these forms stay hidden; the other ways to sign in do not need it.
"use strict";

const encode = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
const decode = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const credentials = (ids) => ids.map((id) => ({ type: "public-key", id: decode(id) }));

async function make(asked, form) {
  const { response } = await navigator.credentials.create({ publicKey: {
    challenge: decode(asked.challenge),
    rp: asked.rp,
    user: { id: decode(asked.user), name: form.dataset.login, displayName: form.dataset.name },
    pubKeyCredParams: asked.kinds.map((alg) => ({ type: "public-key", alg })),
    excludeCredentials: credentials(asked.known),
    authenticatorSelection: { residentKey: "preferred", userVerification: "preferred" },
    attestation: "none",
    timeout: asked.timeout,
  } });
  return { client: response.clientDataJSON, data: response.getAuthenticatorData() };
}

async function answer(asked) {
  const { rawId, response } = await navigator.credentials.get({ publicKey: {
    challenge: decode(asked.challenge),
    rpId: asked.rp.id,
    allowCredentials: credentials(asked.known),
    userVerification: asked.verification,
    timeout: asked.timeout,
  } });
  const { clientDataJSON: client, authenticatorData: data, signature, userHandle } = response;
  return { credential: rawId, client, data, signature, user: userHandle ?? new ArrayBuffer(0) };
}

async function ask(part) {
  if (part.dataset.asked) return JSON.parse(part.dataset.asked);
  const asked = await fetch(part.dataset.ask, { headers: { Accept: "application/json" } });
  if (!asked.ok) throw new Error(`${asked.status}`);
  return asked.json();
}

async function run(part, go) {
  const failed = part.querySelector("[data-failed]");
  failed.hidden = true;
  try {
    await go(part, await ask(part));
  } catch (problem) {
    // The reader closed the browser's window, the device did not answer in time, or the network did not.
    console.info(problem);
    failed.hidden = false;
  }
}

async function send(form, asked) {
  const said = await (form.dataset.passkey === "make" ? make(asked, form) : answer(asked));
  for (const [name, buffer] of Object.entries(said)) form.elements[name].value = encode(buffer);
  form.submit();
}

// A form about something else takes the answer along when its own button sends it.
async function prove(part, asked) {
  const said = await answer(asked);
  part.querySelectorAll("input[type=hidden]").forEach((field) => { field.value = encode(said[field.name.slice(1)]); });
  part.querySelector("[data-answered]").hidden = false;
}

if (window.PublicKeyCredential && AuthenticatorAttestationResponse.prototype.getAuthenticatorData) {
  document.querySelectorAll("[data-no-passkey]").forEach((note) => { note.hidden = true; });
  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    form.hidden = false;
    form.querySelector("button[type=submit]").addEventListener("click", (event) => {
      event.preventDefault();
      run(form, send);
    });
  });
  document.querySelectorAll("[data-prove]").forEach((part) => {
    part.hidden = false;
    part.querySelector("button[type=button]").addEventListener("click", () => run(part, prove));
  });
}
