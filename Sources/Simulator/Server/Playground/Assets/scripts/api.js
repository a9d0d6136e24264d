// Discord's REST API as one person uses it: a token, JSON or files, waits when told to, errors people can read.

import { t, hasString } from "./strings.js";

const BASE = "/api/v10";
const WAITS_AT_MOST = 3;

/** A refusal of the API. `message` is fit to be shown. */
export class ApiError extends Error {
  constructor(status, body) {
    super(describe(status, body));
    this.status = status;
    this.code = body?.code ?? 0;
    this.fields = fieldErrors(body?.errors);
  }
}

function describe(status, body) {
  const key = `error.${body?.code}`;
  if (hasString(key)) return t(key, { code: body.code });
  const fields = fieldErrors(body?.errors);
  if (fields.length) return fields.map(({ path, message }) => `${path}: ${message}`).join(" · ");
  if (body?.message) return body.code ? t("error.said", { message: body.message, code: body.code }) : body.message;
  return t(status >= 500 ? "error.server" : status ? "error.refused" : "error.unreachable", { status });
}

/** Discord nests errors like the body was; this lays them flat. */
function fieldErrors(errors, path = []) {
  if (!errors || typeof errors !== "object") return [];
  const own = (errors._errors ?? []).map(({ message }) => ({ path: path.join(" › "), message }));
  const below = Object.entries(errors).filter(([key]) => key !== "_errors");
  return own.concat(below.flatMap(([key, value]) => fieldErrors(value, [...path, key])));
}

const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

function bodyOf(body, files) {
  if (!files?.length) return body === undefined ? {} : { body: JSON.stringify(body), type: "application/json" };
  const form = new FormData();
  form.append("payload_json", JSON.stringify(body ?? {}));
  files.forEach((file, index) => form.append(`files[${index}]`, file, file.name));
  return { body: form };
}

/** A client of the API that speaks for one person. */
export class Api {
  constructor(token) {
    this.token = token;
  }

  async send(method, path, { body, files, reason, query } = {}) {
    const search = query ? `?${new URLSearchParams(query)}` : "";
    const content = bodyOf(body, files);
    const headers = { Authorization: this.token };
    if (content.type) headers["Content-Type"] = content.type;
    if (reason) headers["X-Audit-Log-Reason"] = encodeURIComponent(reason);
    for (let wait = 0; ; wait++) {
      let response;
      try {
        response = await fetch(BASE + path + search, { method, headers, body: content.body });
      } catch {
        throw new ApiError(0, null);
      }
      const answer = await read(response);
      if (response.status === 429 && wait < WAITS_AT_MOST) {
        await pause(Math.min(answer?.retry_after ?? 1, 10));
        continue;
      }
      if (!response.ok) throw new ApiError(response.status, answer);
      return answer;
    }
  }

  get(path, query) { return this.send("GET", path, { query }); }
  post(path, body, options) { return this.send("POST", path, { body, ...options }); }
  put(path, body, options) { return this.send("PUT", path, { body, ...options }); }
  patch(path, body, options) { return this.send("PATCH", path, { body, ...options }); }
  delete(path, options) { return this.send("DELETE", path, options); }
}

async function read(response) {
  const text = await response.text();
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch {
    return { message: text.slice(0, 200) };
  }
}
