// Writes tests/fixtures/fedify: requests that Fedify signed at a fixed moment, with a key that is
// thrown away. Run `node vectors.js` here to make them anew; the test that reads them is
// `sig_09_what_fedify_signs_is_believed`.
import { mkdir, writeFile } from "node:fs/promises";
import { generateCryptoKeyPair, signRequest } from "@fedify/fedify";
import { Temporal } from "@js-temporal/polyfill";

const folder = new URL("../fixtures/fedify/", import.meta.url);
const currentTime = Temporal.Instant.from("2026-11-23T12:00:00Z");
const keyId = new URL("https://mill.example/c/mill#main-key");
const body = JSON.stringify({
  "@context": "https://www.w3.org/ns/activitystreams",
  id: "https://mill.example/likes/1",
  type: "Like",
  actor: "https://mill.example/c/mill",
  object: "https://ring.example/n/1",
});
const requests = {
  post: () => new Request("https://ring.example/inbox", {
    method: "POST",
    headers: { "content-type": "application/activity+json" },
    body,
  }),
  get: () => new Request("https://ring.example/c/ring/outbox?page=true"),
};

const { privateKey, publicKey } = await generateCryptoKeyPair("RSASSA-PKCS1-v1_5");
await mkdir(folder, { recursive: true });
const der = Buffer.from(await crypto.subtle.exportKey("spki", publicKey)).toString("base64");
const pem = der.match(/.{1,64}/g).join("\n");
const save = (name, text) => writeFile(new URL(name, folder), text);
await save("rsa.pem", `-----BEGIN PUBLIC KEY-----\n${pem}\n-----END PUBLIC KEY-----\n`);
for (const [family, spec] of [["rfc9421", "rfc9421"], ["draft", "draft-cavage-http-signatures-12"]]) {
  for (const [name, request] of Object.entries(requests)) {
    const signed = await signRequest(request(), privateKey, keyId, { spec, currentTime });
    const url = new URL(signed.url);
    const lines = [`${signed.method} ${url.pathname}${url.search}`];
    const headers = new Headers(signed.headers);
    if (!headers.has("host")) headers.set("host", url.host);
    for (const [header, value] of headers) lines.push(`${header}: ${value}`);
    await save(`${family}_${name}.http`, `${lines.join("\n")}\n\n${await signed.text()}`);
  }
}
