// Forms with one switch: sent when it is pressed, shown at once, taken back with the reason when the server refuses.

const toast = (detail) => document.dispatchEvent(new CustomEvent("toast", { detail }));

for (const form of document.querySelectorAll("form[data-optimistic]")) {
  const input = form.querySelector("input[type=checkbox]");
  let known = input.checked;
  let isSending = false;

  const refusal = async (response) => {
    const body = await response.json().catch(() => null);
    return body?.error?.message ?? form.dataset.failed;
  };

  const send = async (isUndo) => {
    if (isSending) return;
    isSending = true;
    form.setAttribute("aria-busy", "true");
    const wanted = input.checked;
    let reason = form.dataset.failed;
    try {
      const response = await fetch(form.action, {
        method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "application/json" },
      });
      // Whoever was led elsewhere, such as to sign in, has changed nothing.
      reason = response.ok && !response.redirected ? null : await refusal(response);
    } catch { /* Not reached: the reason stands. */ }
    isSending = false;
    form.removeAttribute("aria-busy");
    if (reason !== null) {
      input.checked = known;
      form.dispatchEvent(new CustomEvent("refused", { bubbles: true }));
      toast({ tone: "error", text: reason });
      return;
    }
    known = wanted;
    // Pressed again in the meantime: the last word counts.
    if (input.checked !== wanted) return send(isUndo);
    const text = wanted ? form.dataset.doneOn : form.dataset.doneOff;
    if (!text || isUndo) return;
    toast({
      tone: "success", text, label: form.dataset.undoLabel,
      act: () => {
        input.checked = !wanted;
        send(true);
        input.focus();
      },
    });
  };

  input.addEventListener("change", () => send(false));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(false);
  });
}
