// Ready instruments: found, put into the form, and made of one's own questions.

import { ask } from "./dialog.js"
import { h } from "./drawing.js"
import * as model from "./model.js"
import { fetchJson } from "./server.js"
import { say, tell } from "./words.js"

/** The list in the left pane. `library` remembers what was found: {words, instruments}. */
export function library(desk, found, acts) {
  return h("div", { class: "bank" },
    h("h3", {}, say("library")),
    h("form", { role: "search", onsubmit: (event) => { event.preventDefault(); acts.search(event.target.elements.q.value) } },
      h("input", { type: "search", name: "q", "aria-label": say("search_library"), placeholder: say("search_library"), oninput: (event) => acts.searchSoon(event.target.value) })),
    h("ul", {}, (found ?? []).map((one) => h("li", { key: one.key },
      h("span", {}, words(one.title, desk), h("small", {}, about(one))),
      h("button", { type: "button", class: "quiet", "aria-label": say("insert_named", { name: words(one.title, desk) }), onclick: () => acts.insert(one.key) }, say("insert"))))),
    found?.length === 0 && h("p", { class: "hint" }, say("nothing_found")),
    h("p", { class: "hint small" }, say("library_help")))
}

const words = (text, desk) => (typeof text === "string" ? text : text?.[document.documentElement.lang] ?? text?.[desk.base] ?? Object.values(text ?? {})[0] ?? "")

function about({ questions, source }) {
  const count = Array.isArray(questions) ? questions.length : questions
  return [count !== undefined && say("questions_in", { count }), typeof source === "string" && source.slice(0, 60)].filter(Boolean).join(". ")
}

export async function findInstruments(desk, query) {
  const address = `${desk.addresses.library}?${new URLSearchParams({ q: query })}`
  return (await fetchJson(address)).instruments
}

/** Put an instrument after the question that is looked at; the server answers with the whole form. */
export async function insertInstrument(desk, key) {
  if (!(await desk.saver.save())) return tell(say("save_first"))
  const { what, name } = desk.current
  const after = what === "questions" ? name : null
  const section = what === "sections" ? name : null
  try {
    const state = await fetchJson(desk.addresses.insert, desk.token, { revision: desk.saver.revision, instrument: key, section, after })
    desk.adopt(state)
    return tell(say("inserted"), { words: say("undo"), run: () => desk.step(true) })
  } catch (fault) { return tell(fault.message) }
}

/** Make an instrument of some of the form's questions: `names` are ticked at first. */
export async function saveInstrument(desk, names) {
  const ticked = new Set(names ?? model.namesOf(desk.form))
  const all = model.questionsOf(desk.form)
  const about = { source: desk.form.source ?? "", licence: desk.form.licence ?? "", scoring: "" }
  const field = (name, tag = "input") => h("label", { class: "line" }, say(name), h(tag, { value: about[name], maxlength: 1000, "data-about": name, oninput: (event) => { about[name] = event.target.value } }))
  const title = { value: names?.length === 1 ? model.questionOf(desk.form, names[0]).question.label?.[desk.base] ?? "" : desk.form.title?.[desk.base] ?? "" }
  const body = () => [
    h("label", { class: "line" }, say("instrument_title"), h("input", { value: title.value, required: true, oninput: (event) => { title.value = event.target.value } })),
    field("source"), field("licence"), field("scoring", "textarea"), h("p", { class: "hint small" }, say("scoring_help")),
    h("fieldset", { class: "tall" }, h("legend", {}, say("its_questions")), all.map(({ question, number }) => h("label", { class: "tick", key: question.name },
      h("input", { type: "checkbox", checked: ticked.has(question.name), onchange: (event) => (event.target.checked ? ticked.add(question.name) : ticked.delete(question.name)) }), say("numbered", { number, label: question.label?.[desk.base] ?? question.name })))),
  ]
  const box = ask(say("save_as_instrument"), body, [["save", say("save"), true], ["", say("cancel")]])
  if ((await box.answer) !== "save" || !ticked.size || !(await desk.saver.save())) return
  const questions = all.map((one) => one.question.name).filter((name) => ticked.has(name))
  try {
    await fetchJson(desk.addresses.instruments, desk.token, { questions, slug: model.nameFrom(title.value, "instrument"), title: { [desk.base]: title.value }, source: about.source, licence: about.licence, scoring: about.scoring.trim() ? { [desk.base]: about.scoring } : {} })
    tell(say("instrument_saved"))
  } catch (fault) { tell(fault.message) }
}
