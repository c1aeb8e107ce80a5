/* Serik: asks the browser for a passkey and sends its answer with the form of the page. No words here. */
(() => {
  "use strict";
  const box = document.querySelector("[data-passkey]"), api = window.PublicKeyCredential;
  if (!box || !api || !api.parseRequestOptionsFromJSON) return;
  const form = box.querySelector("form"), fresh = box.hasAttribute("data-passkey-new");
  document.querySelector("[data-passkey-needs]").hidden = true;
  box.hidden = false;
  form.addEventListener("submit", async e => {
    if (form.elements.answer.value) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    const ask = JSON.parse(box.dataset.passkey);
    try {
      const got = fresh
        ? await navigator.credentials.create({ publicKey: api.parseCreationOptionsFromJSON(ask) })
        : await navigator.credentials.get({ publicKey: api.parseRequestOptionsFromJSON(ask) });
      form.elements.answer.value = JSON.stringify(got.toJSON());
    } catch {
      form.elements.answer.value = "-"; // refused or timed out: the server says so in words
    }
    form.requestSubmit();
  });
})();
