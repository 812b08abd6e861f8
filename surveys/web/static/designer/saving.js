// Keeps the draft: a moment after each change on the server, until then in this browser.

const PAUSE_MS = 600
const AGAIN_MS = 8000
/** Browsers send at most this much while a page closes. */
const LARGEST_FAREWELL = 60000

/**
 * States: saved, waiting, saving, offline (kept here), clash (somebody else saved first), shut (signed out), refused (cannot be read).
 * told(state), saved(answer, form as sent), clashed(theirs), refused(problems) are the page's answers to them.
 */
export class Saver {
  constructor({ address, token, revision, form, told, saved, clashed, refused }) {
    Object.assign(this, { address, token, revision, told, saved, clashed, refused })
    this.key = `tupuy:draft:${address}`
    this.state = "saved"
    this.base = this.form = form
    addEventListener("online", () => this.isBehind() && this.save())
    addEventListener("pagehide", () => this.farewell())
    addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.farewell())
    addEventListener("beforeunload", (event) => { if (this.isBehind()) { this.keep(); event.preventDefault() } })
  }

  isBehind() { return this.form !== this.base || this.sending !== undefined }

  /** The form changed: save it in a moment. */
  note(form) {
    this.form = form
    if (this.state === "clash") return this.keep()
    if (this.state !== "offline" && this.state !== "shut") this.become("waiting")
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.save(), PAUSE_MS)
  }

  /** Begin again from what the server has. */
  rebase(revision, base, form = base) {
    clearTimeout(this.timer)
    Object.assign(this, { revision, base, form })
    if (form === base) this.done()
    else { this.state = "waiting"; this.note(form) }
  }

  /** Save now what is not saved; resolves to whether all of it is. */
  async save() {
    clearTimeout(this.timer)
    if (this.sending) { await this.sending; return this.form === this.base || this.save() }
    if (this.state === "clash") return false
    if (this.form === this.base) return this.done()
    this.sending = this.send(this.form)
    const isDone = await this.sending
    this.sending = undefined
    return isDone && (this.form === this.base ? this.done() : this.save())
  }

  done() {
    this.forget()
    this.become("saved")
    return true
  }

  async send(form) {
    this.become("saving")
    let answer, said
    try {
      answer = await fetch(this.address, this.request(form))
      said = await answer.json().catch(() => ({}))
    } catch { return this.later("offline") }
    if (answer.ok) {
      this.base = form
      this.revision = said.revision
      this.saved(said, form)
      return true
    }
    if (answer.status === 409) { this.keep(); this.become("clash"); this.clashed(said.theirs) }
    else if (answer.status === 422) { this.keep(); this.become("refused"); this.refused(said.problems ?? []) }
    else if (answer.status === 403 || answer.status === 400) this.later("shut")
    else this.later("offline")
    return false
  }

  request(form, more = {}) {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.token }
    return { method: "POST", headers, body: JSON.stringify({ revision: this.revision, document: form }), ...more }
  }

  later(state) {
    this.keep()
    this.become(state)
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.save(), AGAIN_MS)
    return false
  }

  become(state) {
    if (state !== this.state) { this.state = state; this.told(state) }
  }

  /** The page closes: send what is left without waiting, and keep a copy in case it does not arrive. */
  farewell() {
    if (this.form === this.base || this.state === "clash") return
    this.keep()
    const { form } = this
    const request = this.request(form, { keepalive: true })
    if (!this.sending && request.body.length < LARGEST_FAREWELL) fetch(this.address, request).then((answer) => this.arrived(answer, form), () => {})
  }

  /** The page is still there after all: it goes on from what it sent. */
  async arrived(answer, form) {
    if (!answer.ok) return
    const said = await answer.json()
    if (said.revision < this.revision || this.sending) return
    Object.assign(this, { base: form, revision: said.revision })
    if (this.form === form) this.done()
    this.saved(said, form)
  }

  keep() {
    try { localStorage.setItem(this.key, JSON.stringify({ revision: this.revision, base: this.base, form: this.form })) } catch { /* no room: the page still holds it */ }
  }

  forget() {
    try { localStorage.removeItem(this.key) } catch { /* nothing was kept */ }
  }

  /** What an earlier visit could not save: {base, form}, or null. */
  left() {
    try { return JSON.parse(localStorage.getItem(this.key)) } catch { return null }
  }
}
