// The left pane: sections and questions in order, each with its handle; scales below; adding.

import { h, memory } from "./drawing.js"
import * as model from "./model.js"
import { handle } from "./moving.js"
import { announce, languageInWords, say } from "./words.js"

const keep = memory()

export function outline(desk, acts) {
  const questions = model.questionsOf(desk.form)
  const isShown = (one) => !desk.onlyWork || needsWork(desk, one.question)
  return [
    h("div", { class: "side" }, h("h2", {}, say("questions")), h("button", { type: "button", class: "quiet", "data-act": "add", onclick: acts.add }, say("add"))),
    h("p", { class: "hint small" }, say("move_help")),
    h("label", { class: "tick" }, h("input", { type: "checkbox", "data-act": "only-work", checked: Boolean(desk.onlyWork), onchange: (event) => { desk.onlyWork = event.target.checked; desk.redraw() } }), say("only_work")),
    entry(desk, "form", say("the_form"), null),
    h("ol", { class: "outline", "aria-label": say("outline") }, desk.form.sections.map((section, s) => part(desk, acts, section, s, questions.filter((one) => one.at[0] === s && isShown(one))))),
    desk.onlyWork && !questions.some(isShown) && h("p", { class: "hint" }, say("nothing_to_do")),
    h("h3", {}, say("scales")),
    h("ul", { class: "scales" }, (desk.form.scales ?? []).map((scale) => h("li", { key: scale.name }, entry(desk, `scales.${scale.name}`, scale.name, say("used_in", { count: model.usersOf(desk.form, scale.name).length }))))),
    h("button", { type: "button", class: "plain", onclick: acts.addScale }, say("add_scale")),
  ]
}

const needsWork = (desk, question) => desk.lacking(question).length > 0 || desk.problemsOf(`questions.${question.name}`).length > 0

function entry(desk, at, words, small) {
  return h("a", { href: `#${at}`, "data-at": at, class: "entry", "aria-current": desk.at === at ? "true" : undefined, onclick: (event) => { event.preventDefault(); desk.look(at) } }, words, small && h("small", {}, small))
}

function part(desk, acts, section, s, questions) {
  const title = say("part", { number: s + 1, title: said(section.title, desk.base) || section.name })
  return h("li", { key: `#${section.name}`, class: "part" },
    h("div", { class: `row title ${desk.at === `sections.${section.name}` ? "here" : ""}`, "data-section": section.name },
      handle({
        key: `#${section.name}`, label: say("move_section", { title }), rows: ".outline .row",
        step: (by) => moveSection(desk, s, s + by),
        drop: (row, isAfter) => moveSection(desk, s, landing(desk, row, isAfter, s)),
      }),
      entry(desk, `sections.${section.name}`, title)),
    h("ol", {}, questions.map((one) => row(desk, acts, one))))
}

/** The place that a section takes when it is dropped at a row. */
function landing(desk, row, isAfter, from) {
  const at = row.dataset.section ? model.sectionAt(desk.form, row.dataset.section) : model.questionOf(desk.form, row.dataset.question).at[0]
  const place = isAfter ? at + 1 : at
  return place > from ? place - 1 : place
}

function moveSection(desk, from, to) {
  if (!desk.form.sections[to]) return announce(say(to < 0 ? "already_first" : "already_last"))
  const form = { ...desk.form, sections: model.moved(desk.form.sections, from, to) }
  return desk.confirmOrder(form, () => announce(say("section_moved", { number: to + 1, count: form.sections.length })))
}

function row(desk, acts, { question, number }) {
  const at = `questions.${question.name}`
  const isHere = desk.at === at
  const lacking = desk.lacking(question)
  const faults = desk.problemsOf(at).filter((one) => one.blocks && !one.language).length
  return keep(question.name, [question, number, isHere, lacking.join(), faults, desk.base, desk], () => {
    const words = say("numbered", { number, label: said(question.label, desk.base) || say("no_words") })
    const about = [kindLine(desk, question), question.show_if && say("with_condition")].filter(Boolean).join(". ")
    const flags = [...lacking.map(([language, state]) => say(state === "missing" ? "lacks" : "lags", { language: languageInWords(language) })), faults > 0 && say("has_problem")].filter(Boolean)
    return h("li", { key: question.name, class: `row ${isHere ? "here" : ""}`, "data-question": question.name },
      handle({
        key: question.name, label: say("move_question", { number }), rows: ".outline .row",
        step: (by) => stepQuestion(desk, question.name, by),
        drop: (target, isAfter) => dropQuestion(desk, question.name, target, isAfter),
        remove: () => acts.remove(question.name),
      }),
      h("a", { href: `#${at}`, "data-at": at, class: "entry", "aria-current": isHere ? "true" : undefined, onclick: (event) => { event.preventDefault(); desk.look(at) } },
        words, h("small", {}, about, flags.length > 0 && h("b", {}, ` ${flags.join(". ")}`))))
  })
}

const said = (text, base) => text?.[base] ?? ""

/** What kind of question it is, and how long its lists are. */
export function kindLine(desk, question) {
  const kind = desk.kindOf(question)
  const parts = (question.choices ?? question.rows ?? []).length
  return [kind?.name ?? question.kind, parts > 0 && say(question.rows ? "of_rows" : "of_parts", { count: parts })].filter(Boolean).join(", ")
}

export function stepQuestion(desk, name, by) {
  const to = model.stepOf(desk.form, name, by)
  if (!to) return announce(say(by < 0 ? "already_first" : "already_last"))
  return moveTo(desk, name, ...to)
}

function moveTo(desk, name, s, q) {
  const form = model.moveQuestion(desk.form, name, s, q)
  const { number, section } = model.questionOf(form, name)
  const isByHandle = document.activeElement?.dataset.grip === name
  return desk.confirmOrder(form, () => {
    if (isByHandle) desk.grip = name // in another section it is drawn anew
    announce(say("question_moved", { number, count: model.questionsOf(form).length, section: said(section.title, desk.base) || section.name }))
  })
}

function dropQuestion(desk, name, row, isAfter) {
  if (row.dataset.section) {
    const s = model.sectionAt(desk.form, row.dataset.section)
    return isAfter || s === 0 ? moveTo(desk, name, s, 0) : moveTo(desk, name, s - 1, model.removeQuestion(desk.form, name).sections[s - 1].questions?.length ?? 0)
  }
  const [s, q] = model.questionOf(model.removeQuestion(desk.form, name), row.dataset.question).at
  return moveTo(desk, name, s, isAfter ? q + 1 : q)
}
