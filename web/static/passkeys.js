// Passkeys, the one thing here that needs a script: it shows what is hidden without it, fetches a
// challenge, asks the device, and sends the form with the answer.
"use strict";

const bytes = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};

const text = (buffer) => {
  if (!buffer) return undefined;
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};

const listed = (keys = []) => keys.map((key) => ({ ...key, id: bytes(key.id) }));

/** What a device is asked, from the JSON of the server. */
const read = (options) => ({
  ...options,
  challenge: bytes(options.challenge),
  ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
  ...(options.excludeCredentials && { excludeCredentials: listed(options.excludeCredentials) }),
  ...(options.allowCredentials && { allowCredentials: listed(options.allowCredentials) }),
});

/** What a device answered, as JSON. */
const written = ({ id, rawId, type, response }) =>
  JSON.stringify({
    id,
    rawId: text(rawId),
    type,
    extensions: {},
    response: {
      clientDataJSON: text(response.clientDataJSON),
      attestationObject: text(response.attestationObject),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      userHandle: text(response.userHandle),
    },
  });

const ask = async (form) => {
  const body = new URLSearchParams(new FormData(form));
  const answer = await fetch(`${form.action}/challenge`, { method: "POST", body });
  if (!answer.ok) throw new Error(String(answer.status));
  const { challenge, options } = await answer.json();
  const verb = form.dataset.passkey;
  const credential = await navigator.credentials[verb]({ publicKey: read(options) });
  form.elements.challenge.value = challenge;
  form.elements.answer.value = written(credential);
};

const begin = (form) => {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const failed = form.querySelector("[data-failed]");
    failed.hidden = true;
    try {
      await ask(form);
      form.submit();
    } catch {
      failed.hidden = false;
    }
  });
};

if (window.PublicKeyCredential) {
  for (const hidden of document.querySelectorAll("[data-passkeys]")) hidden.hidden = false;
  for (const form of document.querySelectorAll("form[data-passkey]")) begin(form);
}
