// Puts the designer together: who draws what where, and what happens when something changes.

import { checks, phone } from "./checks.js"
import { settle } from "./clash.js"
import { Desk } from "./desk.js"
import { ask } from "./dialog.js"
import { draw, h } from "./drawing.js"
import { editor } from "./editor.js"
import { head } from "./head.js"
import { findInstruments, insertInstrument, library, saveInstrument } from "./library.js"
import { isSame } from "./merging.js"
import * as model from "./model.js"
import { outline } from "./outline.js"
import { Saver } from "./saving.js"
import { fetchJson, inWords } from "./server.js"
import { announce, learnLanguages, nameOfLanguage, say, tell } from "./words.js"

const page = JSON.parse(document.getElementById("data").textContent)
const at = (id) => document.getElementById(id)
const begun = await theDraft()
const desk = new Desk(begun, page.kinds, page.addresses)
desk.token = page.token = at("designer").dataset.token
learnLanguages(begun.languages)

/** The draft as the server has it; asked for again until there is a signal. */
async function theDraft() {
  try { return await fetchJson(page.addresses.draft) } catch (fault) { tell(fault.message) }
  await new Promise((again) => setTimeout(again, 4000))
  return theDraft()
}

// Drawing ----------------------------------------------------------------------------------------------------------------

let isDue = false
let hasBegun = false

desk.redraw = () => {
  if (isDue) return
  isDue = true
  requestAnimationFrame(() => { isDue = false; drawAll() })
}

function drawAll() {
  draw(at("head"), head(desk, acts))
  draw(at("outline"), [outline(desk, acts), library(desk, desk.found, acts)])
  draw(at("editor"), editor(desk, acts))
  draw(at("phone-head"), phone(desk))
  draw(at("checks"), checks(desk))
  focusWanted()
}

/** Put the focus where somebody was sent: a field, else its question's head. */
function focusWanted() {
  const { wanted, grip } = desk
  if (grip) { desk.grip = ""; at("outline").querySelector(`[data-grip="${CSS.escape(grip)}"]`)?.focus() }
  if (!wanted) return
  desk.wanted = null
  const inLanguage = wanted.language ? `[data-language="${CSS.escape(wanted.language)}"]` : ""
  const place = CSS.escape(wanted.place)
  const found = at("editor").querySelector(`[data-place="${place}"]${inLanguage}`) ?? at("editor").querySelector(`[data-place="${place}"]`) ??
    at("editor").querySelector(`[data-place^="${place}."]`) ?? at("editor").querySelector("[data-head]")
  const folded = found?.closest("details")
  if (folded) folded.open = true
  found?.focus()
  found?.scrollIntoView({ block: "nearest" })
}

/** At once: what is typed next belongs there. */
desk.focusOn = (place, language) => { desk.wanted = { place, language }; drawAll() }

/** Look at the cause of a problem. */
desk.go = (place, language) => {
  const [what, name, list, part] = place.split(".")
  if (part && ["choices", "rows"].includes(list) && place.split(".").length > 4) desk.opened = [what, name, list, part].join(".")
  if (language && language !== desk.base && desk.other !== "*") desk.other = language
  desk.look(["questions", "sections", "scales"].includes(what) ? `${what}.${name}` : "form", { place, language })
}

desk.looked = () => {
  history.replaceState(null, "", `#${desk.at}`)
  if (desk.current.what === "questions") {
    const { number, question } = desk.current.found
    announce(say("numbered", { number, label: question.label?.[desk.base] || say("no_words") }))
    desk.preview()
  }
  if (hasBegun && matchMedia("(max-width: 47.99rem)").matches && !desk.wanted) desk.wanted = { place: "" } // the editor stands below
}

/** Show the question that is looked at on the phone, once all is saved. */
desk.preview = () => {
  const frame = at("phone")
  const { what, name } = desk.current
  const address = `${page.addresses.preview}?${new URLSearchParams({ lang: desk.shown, ...(what === "questions" ? { at: name } : {}) })}`
  frame.title = say("preview_title")
  try { frame.contentWindow.location.replace(address) } catch { frame.src = address }
}

// Changing ---------------------------------------------------------------------------------------------------------------

desk.changed = (form) => { desk.saver.note(form); desk.redraw() }

/** Make a change of order, unless it puts a question before what its condition reads: then ask. */
desk.confirmOrder = async (form, then) => {
  const before = new Set(model.wrongWay(desk.form, desk.needs).map(String))
  const wrong = model.wrongWay(form, desk.needs).filter((pair) => !before.has(String(pair)))
  if (wrong.length) {
    const words = (name) => model.questionOf(desk.form, name)?.question.label?.[desk.base] ?? name
    const body = () => h("ul", {}, wrong.map(([later, earlier]) => h("li", { key: later + earlier }, say("breaks_condition", { question: words(later), other: words(earlier) }))))
    if ((await ask(say("move_anyway_title"), body, [["move", say("move_anyway"), true], ["", say("leave_it")]]).answer) !== "move") return announce(say("not_moved"))
  }
  desk.change(form)
  return then()
}

desk.rename = (from, to, run = "") => {
  if (desk.at === `questions.${from}`) desk.at = `questions.${to}`
  if (desk.needs[from]) desk.needs[to] = desk.needs[from]
  desk.change(model.renameQuestion(desk.form, from, to), run)
}

/** A person judges a translation: "confirm" that it is still right, or "review" it. */
desk.judge = async (place, language, verb) => {
  if (!(await desk.saver.save())) return tell(say("save_first"))
  try {
    const state = await fetchJson(page.addresses.texts, page.token, { revision: desk.saver.revision, place, language, do: verb })
    desk.saver.revision = state.revision
    desk.heed(state)
    desk.redraw()
    return announce(say("kept"))
  } catch (fault) { return tell(fault.message) }
}

/** Take a form that the server made from ours, as one step that can be undone. */
desk.adopt = (state) => {
  const before = desk.form
  desk.heed(state)
  desk.history.change(desk.heard)
  desk.saver.rebase(state.revision, desk.form)
  desk.look(model.firstDifference(before, desk.form))
  desk.preview()
}

// Saving -----------------------------------------------------------------------------------------------------------------

desk.saver = new Saver({
  address: page.addresses.draft, token: page.token, revision: begun.revision, form: desk.form,
  told: () => desk.redraw(),
  saved: async (state, sent) => {
    desk.heed(state)
    if (!isSame(sent, state.document)) await catchUp(state, sent)
    desk.preview()
    desk.redraw()
  },
  clashed: (theirs) => { desk.theirs = theirs; acts.settle() },
  refused: (problems) => tell([say("state_refused"), ...problems.map(inWords)].join(" ")),
})

/** The server put somebody else's edits beside ours: take them in, below what was written meanwhile. */
async function catchUp(state, sent) {
  const form = desk.form === sent ? desk.heard : await settle(desk, sent, desk.form, state)
  if (!form) return
  desk.history.start(form)
  desk.saver.rebase(state.revision, desk.heard, form)
  tell(say("merged", { name: state.saved_by || say("somebody") }))
}

/** What an earlier visit could not save goes below what was saved since. */
async function takeUp() {
  const left = desk.saver.left()
  if (!left) return
  if (isSame(left.form, desk.form)) return desk.saver.forget()
  const form = await settle(desk, left.base, left.form, begun)
  if (!form) return
  desk.history.change(form)
  desk.saver.note(form)
  desk.redraw()
  tell(say("taken_up"))
}

// What buttons do --------------------------------------------------------------------------------------------------------

let searching

const acts = {
  async add() {
    const kinds = () => h("div", { class: "palette" }, [...desk.kinds.values()].map((one) => h("button", { key: one.kind, value: one.kind, class: "quiet" }, one.name)))
    const kind = desk.kinds.get(await ask(say("which_kind"), kinds, [["", say("cancel")]]).answer)
    if (kind) addOf(kind)
  },

  duplicate(name) {
    const [form, copy] = model.duplicateQuestion(desk.form, name)
    desk.change(form)
    desk.look(`questions.${copy}`, { place: `questions.${copy}.label`, language: desk.base })
  },

  remove(name) {
    const all = model.namesOf(desk.form)
    const next = all[all.indexOf(name) + 1] ?? all[all.indexOf(name) - 1]
    const { number } = model.questionOf(desk.form, name)
    desk.change(model.removeQuestion(desk.form, name))
    desk.look(next ? `questions.${next}` : "form", { place: "" })
    tell(say("question_removed", { number }), { words: say("undo"), run: () => desk.step(true) })
  },

  addSection(after) {
    const [form, name] = model.addSection(desk.form, after)
    desk.change(form)
    desk.look(`sections.${name}`, { place: `sections.${name}.title`, language: desk.base })
  },

  removeSection(name) {
    desk.change({ ...desk.form, sections: desk.form.sections.filter((one) => one.name !== name) })
    desk.look("form", { place: "" })
    tell(say("section_removed"), { words: say("undo"), run: () => desk.step(true) })
  },

  addScale(question) {
    const name = model.freeName("scale", (desk.form.scales ?? []).map((one) => one.name))
    const form = { ...desk.form, scales: [...(desk.form.scales ?? []), { name, lo: 1, hi: 5 }] }
    const found = typeof question === "string" && model.questionOf(form, question)
    desk.change(found ? model.put(form, [...model.pathOf(found), "scale"], name) : form)
    desk.look(`scales.${name}`, { place: `scales.${name}.labels.1`, language: desk.base })
  },

  async removeLanguage(code) {
    const name = nameOfLanguage(code)
    const answer = await ask(say("remove_language", { language: name }), () => h("p", {}, say("remove_language_help", { language: name })), [["remove", say("remove"), true], ["", say("cancel")]]).answer
    if (answer !== "remove") return
    desk.change(model.withoutLanguage(desk.form, code))
    if (desk.other === code) desk.other = desk.languages[1]
    if (desk.shown === code) desk.shown = desk.base
    tell(say("language_removed", { language: name }), { words: say("undo"), run: () => desk.step(true) })
  },

  async tryIt() {
    if (!(await desk.saver.save())) return tell(say("save_first"))
    try {
      const { address, qr } = await fetchJson(page.addresses.trial, page.token, {})
      const body = () => [h("p", {}, say("try_help")), h("img", { class: "qr", alt: say("qr_of", { address }), src: asImage(qr) }), h("p", {}, h("a", { href: address, target: "_blank", rel: "noopener" }, address))]
      return ask(say("try_it"), body).answer
    } catch (fault) { return tell(fault.message) }
  },

  async settle() {
    const { saver, theirs } = desk
    const form = await settle(desk, saver.base, saver.form, theirs)
    if (!form) return
    desk.heed(theirs)
    desk.history.start(isSame(form, theirs.document) ? desk.heard : form)
    saver.rebase(theirs.revision, desk.heard, desk.form)
    desk.redraw()
    tell(say("merged", { name: theirs.saved_by || say("somebody") }))
  },

  async search(query) {
    try { desk.found = await findInstruments(desk, query) } catch (fault) { desk.found = []; if (query) tell(fault.message) }
    desk.redraw()
  },

  searchSoon(query) { clearTimeout(searching); searching = setTimeout(() => acts.search(query), 300) },
  insert: (key) => insertInstrument(desk, key),
  saveInstrument: (names) => saveInstrument(desk, names),
}

/** A drawing that was made to stand in a page, as an image: it must then say what language it is written in. */
function asImage(svg) {
  const whole = svg.includes("xmlns=") ? svg : svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"')
  return `data:image/svg+xml,${encodeURIComponent(whole)}`
}

/** A new question of a kind, after the one that is looked at; its code comes of its words. */
function addOf(kind) {
  const { what, name: here } = desk.current
  const number = model.questionsOf(desk.form).length + 1
  const name = model.freeName(`question_${number}`, model.namesOf(desk.form))
  let form = desk.form
  const question = { ...kind.new, name, kind: kind.kind }
  if (kind.needs.includes("scale") && !question.scale) {
    if (!form.scales?.length) form = { ...form, scales: [{ name: "scale", lo: 1, hi: 5 }] }
    question.scale = form.scales[0].name
  }
  for (const list of ["choices", "rows"]) for (const part of question[list] ?? []) desk.fresh.add(`questions.${name}.${list}.${part.value}`)
  desk.fresh.add(name)
  desk.change(model.addQuestion(form, question, what === "questions" ? here : "", what === "sections" ? here : ""))
  desk.look(`questions.${name}`, { place: `questions.${name}.label`, language: desk.base })
  announce(say("question_added", { kind: kind.name }))
}

// Keys -------------------------------------------------------------------------------------------------------------------

addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || at("dialog").open) return
  const isOther = event.target.matches("input:not([type=checkbox]), textarea") && !event.target.dataset.place
  const key = event.key.toLowerCase()
  if (isOther || !(key === "z" || key === "y")) return
  event.preventDefault()
  desk.step(key === "z" && !event.shiftKey)
})

addEventListener("hashchange", () => /^#(questions|sections|scales|form)/.test(location.hash) && desk.go(decodeURIComponent(location.hash.slice(1))))

// Begin ------------------------------------------------------------------------------------------------------------------

document.documentElement.classList.add("with-script")
const first = /^#(questions|sections|scales|form)/.test(location.hash) ? decodeURIComponent(location.hash.slice(1)) : ""
const names = model.namesOf(desk.form)
first.split(".").length > 2 ? desk.go(first) : desk.look(first || (names.length ? `questions.${names[0]}` : "form"))
if (!names.length) desk.preview()
hasBegun = true
takeUp()
acts.search("")
