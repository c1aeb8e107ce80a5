/* Serik: keeps typed text, also without a connection, stops double sending, shows a password. No words here. */
(() => {
  "use strict";
  const store = sessionStorage, doc = document;
  const all = (sel, root = doc) => [...root.querySelectorAll(sel)];
  const key = form => "keep:" + form.dataset.keep;
  const read = k => { try { return JSON.parse(store.getItem(k)) || null; } catch { return null; } };
  const write = (k, v) => { try { store.setItem(k, JSON.stringify(v)); } catch { /* full or forbidden: go without */ } };
  const kept = () => Object.keys(store).filter(k => k.startsWith("keep:"));

  // Only what a person types or chooses; never a secret, a file or a hidden value.
  const typed = form => [...form.elements].filter(e =>
    e.name && !/^(password|hidden|file|submit|button|reset|fieldset)$/.test(e.type) && !/password/.test(e.autocomplete));
  const boxed = e => e.type === "checkbox" || e.type === "radio";

  const save = form => {
    const was = read(key(form));
    write(key(form), {
      sent: was ? was.sent : false,
      values: typed(form).map(e => [e.name, e.value, boxed(e) ? e.checked : null])
    });
  };
  const bring = form => {
    const was = read(key(form));
    if (!was) return;
    let changed = false;
    const left = was.values.slice();
    for (const e of typed(form)) {
      const at = left.findIndex(v => v[0] === e.name && (!boxed(e) || v[1] === e.value));
      if (at < 0) continue;
      const [, value, on] = left.splice(at, 1)[0];
      if (boxed(e)) { if (e.checked !== on) { e.checked = on; changed = true; } }
      else if (e.value !== value) { e.value = value; changed = true; }
    }
    if (changed) all("[data-kept]", form).forEach(p => { p.hidden = false; });
    write(key(form), { sent: false, values: was.values });
  };
  const count = box => {
    const p = doc.querySelector('[data-count="' + CSS.escape(box.id) + '"]');
    if (p) p.textContent = [...box.value].length + " / " + box.maxLength;
  };

  const start = root => {
    all("form[data-keep]", root).forEach(bring);
    all("textarea[maxlength]", root).forEach(count);
    all("[data-reveal]", root).forEach(b => { b.hidden = false; });
  };

  // A page of success ends what was sent before it; a refusal or a lost session does not.
  if (doc.body.hasAttribute("data-saved")) kept().forEach(k => { if ((read(k) || {}).sent) store.removeItem(k); });
  start(doc);
  // The sign-in page says that a text waits only where this browser holds one that was sent.
  if (kept().some(k => (read(k) || {}).sent)) all("[data-waits]").forEach(p => { p.hidden = false; });
  const first = doc.querySelector("[data-focus]");
  if (first) first.focus();

  doc.addEventListener("input", e => {
    const form = e.target.form;
    if (e.target.tagName === "TEXTAREA") count(e.target);
    if (form && form.dataset.keep) save(form);
  });
  // A form goes only when the server is there: else the browser would put an
  // error of its own in place of the page. A gateway's error is no answer.
  const self = doc.currentScript.src, away = doc.querySelector("[data-away]");
  const asks = away && HTMLFormElement.prototype.requestSubmit && AbortSignal.timeout;
  const there = () => fetch(self, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(8000) }).then(r => r.status < 500, () => false);
  let sure = null;
  const ask = async (form, by) => {
    form.dataset.sent = "asking";
    away.hidden = true;
    const ok = await there();
    delete form.dataset.sent;
    away.hidden = ok;
    if (!ok) return;
    sure = form;
    form.requestSubmit(by && by.form === form ? by : null);
    sure = null;
  };

  doc.addEventListener("submit", e => {
    const form = e.target;
    if (form.dataset.sent) { e.preventDefault(); return; }
    if (asks && form !== sure && form.method === "post" && !form.matches("[hx-post]")) {
      e.preventDefault();
      ask(form, e.submitter);
      return;
    }
    if (form.hasAttribute("data-forget")) kept().forEach(k => store.removeItem(k));
    if (form.dataset.keep) { save(form); write(key(form), { ...read(key(form)), sent: true }); }
    if (form.method === "post" && !form.matches("[hx-post]")) form.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => all("form[data-sent]").forEach(f => { delete f.dataset.sent; }));

  doc.addEventListener("click", e => {
    const b = e.target.closest("[data-reveal]");
    if (b) {
      const box = doc.getElementById(b.dataset.reveal), text = b.textContent;
      box.type = box.type === "password" ? "text" : "password";
      b.textContent = b.dataset.hide;
      b.dataset.hide = text;
    }
    all("details[data-menu][open]").forEach(d => { if (!d.contains(e.target)) d.open = false; });
  });
  doc.addEventListener("keydown", e => {
    if (e.key === "Escape") all("details[data-menu][open]").forEach(d => { d.open = false; d.firstElementChild.focus(); });
  });
  doc.addEventListener("htmx:after:swap", e => start(e.target.nodeType === 1 ? e.target : doc));
})();
