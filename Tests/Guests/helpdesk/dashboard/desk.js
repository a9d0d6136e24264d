const summary = document.getElementById("summary");
const list = document.getElementById("open");

async function show() {
  const { server, open, closed } = await YourBotSDK.rpc("requests");
  document.getElementById("title").textContent = `Requests in ${server}`;
  summary.textContent = `${open.length} open, ${closed} done`;
  list.replaceChildren(...open.map(row));
  YourBotSDK.resize(document.documentElement.scrollHeight);
}

function row({ channel, subject, name }) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.textContent = "Close";
  button.addEventListener("click", () => attempt(async () => {
    await YourBotSDK.rpc("close_request", { channel });
    await show();
  }));
  item.append(`${name}: ${subject}`, button);
  return item;
}

async function attempt(work) {
  try {
    await work();
  } catch (error) {
    summary.textContent = error.message;
  }
}

YourBotSDK.ready(() => attempt(show));
