// The simulator's own routes, under `/sim`: people, time, faults, what passes.

import { ApiError } from "./api.js";
import { setAhead } from "./time.js";

async function send(method, path, body) {
  let response;
  try {
    response = await fetch(`/sim${path}`, { method, headers: body ? { "Content-Type": "application/json" } : {},
      body: body && JSON.stringify(body) });
  } catch {
    throw new ApiError(0, null);
  }
  const text = await response.text();
  const answer = text ? JSON.parse(text) : null;
  if (!response.ok) throw new ApiError(response.status, answer);
  return answer;
}

/** Sets our clock by the simulator's, and returns its answer. */
async function told(answer) {
  const { now } = await answer;
  setAhead((typeof now === "number" ? now : Date.parse(now)) - Date.now());
}

/** A user name has small letters and digits only, and at least two of them. */
function userName(name) {
  const plain = name.normalize("NFD").toLowerCase().replace(/[^a-z0-9_.]/g, "").slice(0, 24);
  return `${plain || "person"}${plain.length < 2 ? crypto.getRandomValues(new Uint8Array(1))[0] : ""}`;
}

export const simulator = {
  /** Everybody but the bots, who act by themselves. */
  people: async () => (await send("GET", "/people")).filter(({ bot }) => !bot),
  applications: () => send("GET", "/applications"),
  createPerson: (name) => send("POST", "/people", { username: userName(name), global_name: name }),
  join: (guildID, userID) => send("PUT", `/guilds/${guildID}/members/${userID}`),
  guilds: () => send("GET", "/guilds"),
  readTime: () => told(send("GET", "/time")),
  advance: (seconds) => told(send("POST", "/time/advance", { seconds })),
  faults: () => send("GET", "/faults"),
  orderFault: (order) => send("POST", "/faults", order),
  cancelFault: (id) => send("DELETE", `/faults/${id}`),
  /** @param {(entry: Object) => void} onEntry @returns {() => void} stops listening */
  inspect(onEntry) {
    const source = new EventSource("/sim/inspector");
    source.onmessage = ({ data }) => onEntry(JSON.parse(data));
    return () => source.close();
  },
};
