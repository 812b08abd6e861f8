// What is on the table: the form, what the server last said of it, and what is being looked at. Everybody draws from here.

import * as model from "./model.js"
import { say, tell } from "./words.js"

export class Desk {
  constructor(state, kinds, addresses) {
    Object.assign(this, { state, addresses, kinds: new Map(kinds.map((one) => [one.kind, one])) })
    this.history = new model.History(complete(state.document))
    this.at = "form"
    this.other = this.languages[1]
    this.shown = this.base
    this.fresh = new Set() // names made by us, until there are words to make them from
    this.heed(state)
  }

  get form() { return this.history.form }
  get languages() { return this.form.languages }
  get base() { return this.form.languages[0] }
  kindOf(question) { return this.kinds.get(question.kind) }

  /** Take what the server says of the form: states of texts, problems, conditions. */
  heed(state) {
    this.state = state
    this.heard = complete(state.document)
    this.marks = new Map(state.texts.map((one) => [`${one.place}|${one.language}`, one]))
    this.needs = {}
    for (const [place, { names = [] }] of Object.entries(state.conditions ?? {})) {
      const name = place.split(".")[1]
      this.needs[name] = [...(this.needs[name] ?? []), ...names.map((one) => one.split("/")[0])]
    }
    for (const { question } of model.questionsOf(this.heard)) // nobody rates the own group: its rows read who answers
      if (question.of_groups && this.kindOf(question)?.needs.includes("rows")) this.needs[question.name] = [...(this.needs[question.name] ?? []), "group"]
  }

  /** A person's edit. Those of one `run` are one step of undo. */
  change(form, run = "") {
    if (form === this.form) return
    this.history.change(form, run)
    this.changed(form)
  }

  put(path, value, run = "", keep = false) { this.change(model.put(this.form, path, value, keep), run) }

  step(isBack) {
    const before = this.form
    if (!(isBack ? this.history.undo() : this.history.redo())) return tell(say(isBack ? "nothing_to_undo" : "nothing_to_redo"))
    this.at = model.firstDifference(before, this.form)
    this.changed(this.form)
    return tell(say(isBack ? "undone" : "redone"))
  }

  /** Another document in place of ours, with nothing before it to come back. */
  replace(form) {
    this.history.start(complete(form))
    this.redraw()
  }

  /** Look at another part: "questions.x", "sections.x", "scales.x" or "form". */
  look(at, focus = null) {
    this.history.endRun()
    this.at = at
    this.wanted = focus
    this.looked()
    focus ? this.focusOn(focus.place, focus.language) : this.redraw()
  }

  /** What is looked at, or its nearest neighbour if it is gone. */
  get current() {
    const [what, name] = this.at.split(".")
    const found = { questions: () => model.questionOf(this.form, name), sections: () => this.form.sections[model.sectionAt(this.form, name)], scales: () => this.form.scales?.[model.scaleAt(this.form, name)] }[what]?.()
    return found ? { what, name, found } : { what: "form", name: "", found: this.form }
  }

  /** How a text stands in a language: missing, stale, identical, done or reviewed; "" where there is nothing to say. */
  stateOf(place, text, language) {
    if (language === this.base || !text?.[this.base]) return ""
    if (!text[language]) return "missing"
    const known = this.marks.get(`${place}|${language}`)
    return known && known.state !== "missing" ? known.state : "done"
  }

  /** [done, all] texts of a question in a language. */
  count(question, language) {
    const texts = model.textsOf(question, this.kindOf(question))
    const done = texts.filter((one) => !["missing", "stale"].includes(this.stateOf(one.place, one.text, language)))
    return [done.length, texts.length]
  }

  /** Languages in which a question has texts to write or to look at again: [[language, "missing" or "stale"]]. */
  lacking(question) {
    const texts = model.textsOf(question, this.kindOf(question))
    const worst = (language) => { const states = texts.map((one) => this.stateOf(one.place, one.text, language)); return ["missing", "stale"].find((state) => states.includes(state)) }
    return this.languages.slice(1).map((language) => [language, worst(language)]).filter(([, state]) => state)
  }

  problemsOf(at) { return this.state.problems.filter((one) => one.place === at || one.place.startsWith(`${at}.`)) }
}

const complete = (form) => ({ ...form, sections: form.sections ?? [] })
