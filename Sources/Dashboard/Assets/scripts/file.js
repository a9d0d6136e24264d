// A file that is read into a text field, so that the form sends text.

for (const row of document.querySelectorAll("[data-file-into]")) {
  const target = document.getElementById(row.dataset.fileInto);
  const input = row.querySelector("input[type=file]");
  if (!target || !input) continue;
  row.hidden = false;
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    target.value = await file.text();
    target.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
