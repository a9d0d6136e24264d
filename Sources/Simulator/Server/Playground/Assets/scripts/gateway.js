// The gateway as one person's client uses it: identify, heartbeat, resume, plain JSON.

const DISPATCH = 0, HEARTBEAT = 1, IDENTIFY = 2, VOICE_STATE = 4, RESUME = 6, RECONNECT = 7, REQUEST_MEMBERS = 8,
  INVALID_SESSION = 9, HELLO = 10, HEARTBEAT_ACK = 11;

/** Everything a person's own client would be told of. */
const INTENTS = 0b11_0011_0001_1111_1111_1111_1111;
const SETTLED_CODES = new Set([4004, 4010, 4011, 4012, 4013, 4014]);
const LONGEST_WAIT = 10_000;

export class Gateway {
  /**
   * @param {string} token
   * @param {(type: string, data: Object) => void} onEvent dispatches, in order
   * @param {(status: "connecting"|"ready"|"lost"|"refused") => void} onStatus
   */
  constructor(token, onEvent, onStatus) {
    Object.assign(this, { token, onEvent, onStatus, sequence: null, session: null, failures: 0, isOver: false });
  }

  connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const path = this.session?.path ?? "/gateway";
    this.onStatus(this.session ? "lost" : "connecting");
    this.isAcknowledged = true;
    this.socket = new WebSocket(`${scheme}://${location.host}${path}?v=10&encoding=json`);
    this.socket.onmessage = (message) => this.receive(JSON.parse(message.data));
    this.socket.onclose = (close) => this.closed(close);
  }

  close() {
    this.isOver = true;
    clearInterval(this.heart);
    clearTimeout(this.retry);
    this.socket?.close(1000);
  }

  send(op, d) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ op, d }));
  }

  /** Enters, leaves (channel null) or moves between voice channels. */
  setVoice(guildID, channelID, { mute = false, deaf = false } = {}) {
    this.send(VOICE_STATE, { guild_id: guildID, channel_id: channelID, self_mute: mute, self_deaf: deaf });
  }

  requestMembers(guildID) {
    this.send(REQUEST_MEMBERS, { guild_id: guildID, query: "", limit: 0, presences: true });
  }

  receive({ op, d, s, t }) {
    if (s != null) this.sequence = s;
    if (op === DISPATCH) this.dispatched(t, d);
    else if (op === HELLO) this.greeted(d.heartbeat_interval);
    else if (op === HEARTBEAT) this.send(HEARTBEAT, this.sequence);
    else if (op === HEARTBEAT_ACK) this.isAcknowledged = true;
    else if (op === RECONNECT) this.socket.close(4000);
    else if (op === INVALID_SESSION) {
      if (!d) this.forget();
      this.socket.close(4000);
    }
  }

  dispatched(type, data) {
    if (type === "READY") this.session = { id: data.session_id, path: pathOf(data.resume_gateway_url) };
    if (type === "READY" || type === "RESUMED") {
      this.failures = 0;
      this.onStatus("ready");
    }
    this.onEvent(type, data);
  }

  greeted(interval) {
    clearInterval(this.heart);
    this.heart = setInterval(() => {
      // No answer to the last beat: the connection is dead although nobody closed it.
      if (!this.isAcknowledged) return this.socket.close(4000);
      this.isAcknowledged = false;
      this.send(HEARTBEAT, this.sequence);
    }, interval);
    if (this.session) return this.send(RESUME, { token: this.token, session_id: this.session.id, seq: this.sequence });
    this.send(IDENTIFY, {
      token: this.token, intents: INTENTS, presence: { status: "online", afk: false, since: null, activities: [] },
      properties: { os: "browser", browser: "Guildhall Playground", device: "" },
    });
  }

  closed({ code }) {
    clearInterval(this.heart);
    if (this.isOver) return;
    if (SETTLED_CODES.has(code)) return this.onStatus("refused");
    if (code === 4007 || code === 4009 || code === 1000 || code === 1001) this.forget();
    this.onStatus("lost");
    const wait = Math.min(LONGEST_WAIT, 250 * 2 ** this.failures++) * (0.75 + Math.random() / 2);
    this.retry = setTimeout(() => this.connect(), wait);
  }

  forget() {
    this.session = null;
    this.sequence = null;
  }
}

/** The page talks to the host it came from, whatever name the simulator knows itself by. */
const pathOf = (address) => {
  try {
    return new URL(address).pathname.replace(/\/$/, "") || "/gateway";
  } catch {
    return "/gateway";
  }
};
