// Every edit waits in this queue, kept in this browser, until the server has answered it.
//
// The tab may close, the server may die, the line may drop: what was not answered is sent again with the same
// one-time key, so it is done once. What is being typed is kept too, under `typing`.
const RETRY = 3000;
const PATIENCE = 20000;

export class Queue {
  // hooks: reply(json, entry), clash(json, entry), refused(text, entry), state(name, count), versionOf(itemId)
  constructor(key, token, hooks) {
    Object.assign(this, { key, token, hooks, entries: [], typing: null, busy: false, own: new Set() });
    window.addEventListener("online", () => this.pump());
    window.addEventListener("beforeunload", (event) => {
      if (this.entries.length) event.preventDefault(), (event.returnValue = "");
    });
  }

  restore() {
    let kept;
    try {
      kept = JSON.parse(localStorage.getItem(this.key));
    } catch {
      kept = null;
    }
    if (!kept) return;
    this.entries = kept.entries || [];
    if (kept.typing) this.entries.push(kept.typing);
    for (const entry of this.entries) entry.restored = true;
    this.keep();
    this.pump();
  }

  entry(url, body, item) {
    const once = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 12)}`;
    return { url, body: { ...body, once_key: once }, item, seen: item ? this.hooks.versionOf(item) : null };
  }

  // A later value of the same field takes the place of one not yet on its way.
  add(url, body, item = null) {
    const at = this.entries.findIndex(
      (e, n) => body.field && e.url === url && e.body.field === body.field && !(n === 0 && this.busy)
    );
    const entry = this.entry(url, body, item);
    if (at >= 0) this.entries[at] = { ...entry, seen: this.entries[at].seen };
    else this.entries.push(entry);
    this.keep();
    this.pump();
  }

  type(url, body, item) {
    const seen = this.typing && this.typing.url === url && this.typing.body.field === body.field && this.typing.seen;
    this.typing = this.entry(url, body, item);
    if (seen) this.typing.seen = seen;
    this.keep();
  }

  typed() {
    this.typing = null;
    this.keep();
  }

  keep() {
    try {
      if (!this.entries.length && !this.typing) localStorage.removeItem(this.key);
      else localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), entries: this.entries, typing: this.typing }));
    } catch {
      // Storage is full or switched off: saving to the server still works.
    }
  }

  holds(item) {
    return this.entries.some((e) => e.item === item) || Boolean(this.typing && this.typing.item === item);
  }

  get idle() {
    return !this.entries.length;
  }

  async pump() {
    if (this.busy) return;
    if (!this.entries.length) return this.hooks.state("saved", 0);
    this.busy = true;
    clearTimeout(this.timer);
    const entry = this.entries[0];
    this.hooks.state("saving", this.entries.length);
    const answer = await this.send(entry);
    this.busy = false;
    if (answer.lost) {
      this.hooks.state(answer.lost, this.entries.length);
      this.timer = setTimeout(() => this.pump(), RETRY);
      return;
    }
    this.entries.shift();
    this.keep();
    if (answer.status === 200) {
      this.own.add(entry.item);
      this.hooks.reply(answer.json, entry);
    } else if (answer.status === 409) this.hooks.clash(answer.json, entry);
    else this.hooks.refused(answer.json.error, entry);
    this.pump();
  }

  // A restored edit carries the version its page showed, until an edit of ours has moved the item on.
  async send(entry) {
    const body = { ...entry.body };
    if (entry.item) body.version = entry.restored && !this.own.has(entry.item) ? entry.seen : this.hooks.versionOf(entry.item) || entry.seen;
    const stop = new AbortController();
    const clock = setTimeout(() => stop.abort(), PATIENCE);
    try {
      const response = await fetch(entry.url, {
        method: "POST", body: new URLSearchParams(body), headers: { "X-CSRFToken": this.token() },
        credentials: "same-origin", redirect: "manual", signal: stop.signal,
      });
      if (response.type === "opaqueredirect") return { lost: "signed-out" };
      if (response.status >= 500) return { lost: "lost" };
      const json = await response.json().catch(() => null);
      return json ? { status: response.status, json } : { lost: "signed-out" };
    } catch {
      return { lost: "lost" };
    } finally {
      clearTimeout(clock);
    }
  }
}
