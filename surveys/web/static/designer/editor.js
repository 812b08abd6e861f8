// The middle pane: whatever is looked at, with its words in each language. What a question may say is read from its kind alone.

import { conditions } from "./conditions.js"
import { h } from "./drawing.js"
import { button, choose, iconButton, languageHeads, line, nameField, others, pair, tick } from "./fields.js"
import * as model from "./model.js"
import { kindLine, stepQuestion } from "./outline.js"
import { parts } from "./parts.js"
import { scaleEditor } from "./scales.js"
import { wholeForm } from "./whole.js"
import { say } from "./words.js"

export function editor(desk, acts) {
  const { what, found } = desk.current
  const [name, make] = { questions: ["question", questionEditor], sections: ["section", sectionEditor], scales: ["scale", scaleEditor], form: ["form", wholeForm] }[what]
  return h("div", { key: `${name}-${desk.at}`, class: name }, make(desk, acts, found))
}

const blockOf = (title, ...inside) => h("div", { class: "block" }, h("h3", {}, title), inside)

function questionEditor(desk, acts, { question, number, at }) {
  const kind = desk.kindOf(question)
  const path = ["sections", at[0], "questions", at[1]]
  const place = `questions.${question.name}`
  if (!kind) return h("p", { class: "notice" }, say("strange_kind"))
  return [
    questionHead(desk, acts, question, number),
    languageHeads(desk, (language) => desk.count(question, language)),
    pair(desk, { label: say("question"), place: `${place}.label`, path: [...path, "label"], text: question.label, lines: 2, oncommit: (code, words) => nameIt(desk, question, code, words) }),
    pair(desk, { label: say("help"), place: `${place}.hint`, path: [...path, "hint"], text: question.hint }),
    kind.needs.includes("scale") && pointsOf(desk, question),
    lists(desk, question, kind, path),
    kind.settings.filter((one) => one.kind === "words" && (!one.needs || question[one.needs])).map((one) => pair(desk, { label: one.label, place: `${place}.${one.name}`, path: [...path, one.name], text: question[one.name] })),
    options(desk, acts, question, kind, path),
    blockOf(say("who_sees"), conditions(desk, question, path)),
    h("details", { key: "more" }, h("summary", {}, say("more")), more(desk, acts, question, kind, path)),
  ]
}

function questionHead(desk, acts, question, number) {
  const words = question.label?.[desk.base] || say("no_words")
  return h("div", { class: "part-head" },
    h("div", {}, h("h2", { tabindex: -1, "data-head": true, lang: desk.base }, say("numbered", { number, label: words })),
      h("p", {}, kindLine(desk, question), ". ", say("code"), " ", h("code", {}, question.name))),
    h("div", { class: "buttons" },
      iconButton("up", say("up"), () => stepQuestion(desk, question.name, -1), { "data-act": "up" }), iconButton("down", say("down"), () => stepQuestion(desk, question.name, 1), { "data-act": "down" }),
      button(say("duplicate"), () => acts.duplicate(question.name), "quiet", { "data-act": "duplicate" }), button(say("remove"), () => acts.remove(question.name), "quiet", { "data-act": "remove" })))
}

/** A question made here takes its code from the first words it is given. */
function nameIt(desk, question, code, words) {
  if (code !== desk.base || !words || !desk.fresh.has(question.name)) return
  desk.fresh.delete(question.name)
  const name = model.nameFrom(words)
  if (name) desk.rename(question.name, model.freeName(name, model.namesOf(desk.form)), `questions.${question.name}.label.${code}`)
}

/** The points of its scale in words, and the way to change them. */
function pointsOf(desk, question) {
  const scale = desk.form.scales?.[model.scaleAt(desk.form, question.scale)]
  if (!scale) return null
  const change = button(say("change_scale", { count: model.usersOf(desk.form, scale.name).length }), () => desk.look(`scales.${scale.name}`), "plain", { "data-act": "scale" })
  return h("div", { class: "pair fixed", key: "points" }, h("div", { class: "name" }, say("points")),
    h("div", { class: "cell" }, h("span", { lang: desk.base }, pointWords(scale, desk.base)), " ", change),
    h("div", { class: "cell" }, others(desk).map((code) => h("p", { key: code, lang: code }, pointWords(scale, code)))))
}

function scaleOf(desk, acts, question, path) {
  const names = (desk.form.scales ?? []).map((one) => [one.name, one.name])
  const take = (name) => (name === "+" ? acts.addScale(question.name) : desk.put([...path, "scale"], name))
  return choose(say("scale"), question.scale ?? "", [["", say("choose")], ...names, ["+", say("add_scale")]], take, { key: "scale", "data-place": `questions.${question.name}.scale` })
}

const pointWords = (scale, language) => model.pointsOf(scale).map((point) => scale.labels?.[point]?.[language]).filter(Boolean).join(", ") || `${scale.lo}–${scale.hi}`

function lists(desk, question, kind, path) {
  const may = (list) => ({
    flags: list === "rows" ? (kind.may_have.includes("reverse") ? ["reverse"] : []) : kind.options_may,
    words: list === "rows" && kind.may_measure ? ["construct"] : [],
  })
  return kind.needs.filter((need) => ["choices", "rows"].includes(need)).map((list) =>
    question.of_groups ? h("p", { key: list, class: "notice" }, say("from_groups")) : parts(desk, question, path, list, may(list)))
}

function options(desk, acts, question, kind, path) {
  const place = `questions.${question.name}`
  const flags = [...(kind.asks && kind.may_skip ? ["unknown", "refuse"] : []), ...kind.may_have, ...(kind.asks ? ["sensitive"] : [])]
  const rest = kind.settings.filter((one) => !["flag", "words"].includes(one.kind))
  const required = ["no", ...kind.may_require].map((answer) => [answer, say(`required_${answer}`)])
  if (!kind.asks && !kind.settings.length && !flags.length) return null
  return blockOf(say("options"),
    h("div", { class: "ticks" },
      flags.map((flag) => tick(desk, [...path, flag], say(`may_${flag}`), question[flag], `${place}.${flag}`)),
      kind.settings.filter((one) => one.kind === "flag").map((one) => tick(desk, [...path, one.name], one.label, question[one.name], `${place}.${one.name}`, one.default ?? false))),
    h("div", { class: "lines" },
      kind.needs.includes("scale") && scaleOf(desk, acts, question, path),
      required.length > 1 && choose(say("required"), question.required ?? "no", required, (value) => desk.put([...path, "required"], value === "no" ? undefined : value), { "data-place": `${place}.required` }),
      rest.map((one) => line(desk, [...path, one.name], one.label, question[one.name], `${place}.${one.name}`, one.kind, one.default)),
      kind.may_measure && line(desk, [...path, "construct"], say("construct"), question.construct, `${place}.construct`, "text")))
}

function more(desk, acts, question, kind, path) {
  const place = `questions.${question.name}`
  const kinds = [...desk.kinds.values()].map((one) => [one.kind, one.name])
  return [
    h("div", { class: "lines" },
      nameField(say("code"), question.name, place, (name) => desk.rename(question.name, name), (name) => !model.questionOf(desk.form, name)),
      choose(say("kind"), question.kind, kinds, (name) => desk.put(path, asKind(question, kind, desk.kinds.get(name))), { "data-place": `${place}.kind` })),
    h("p", { class: "hint small" }, say("code_help")),
    kind.asks && pair(desk, { label: say("message"), place: `${place}.message`, path: [...path, "message"], text: question.message }),
    pair(desk, { label: say("interviewer_note"), place: `${place}.interviewer_note`, path: [...path, "interviewer_note"], text: question.interviewer_note }),
    button(say("save_as_instrument"), () => acts.saveInstrument([question.name]), "quiet"),
  ]
}

/** The question as one of another kind: it keeps what that kind may say too. */
function asKind(question, from, to) {
  const list = ["choices", "rows"].find((one) => question[one])
  const wanted = to.needs.find((one) => ["choices", "rows"].includes(one))
  const own = [...from.settings.map((one) => one.name), ...from.may_have, "choices", "rows", "scale", "construct", "unknown", "refuse", "sensitive", "required"]
  const allowed = new Set([...to.settings.map((one) => one.name), ...to.may_have, ...to.needs, ...(to.may_measure ? ["construct"] : []), ...(to.may_skip ? ["unknown", "refuse"] : []), ...(to.asks ? ["sensitive", "required"] : [])])
  const kept = Object.fromEntries(Object.entries(question).filter(([key]) => !own.includes(key) || allowed.has(key)))
  return { ...to.new, ...kept, ...(wanted && list ? { [wanted]: question[list] } : {}), kind: to.kind, name: question.name }
}

function sectionEditor(desk, acts, section) {
  const s = model.sectionAt(desk.form, section.name)
  const place = `sections.${section.name}`
  const rename = (name) => { desk.at = `sections.${name}`; desk.put(["sections", s, "name"], name) }
  return [
    h("div", { class: "part-head" }, h("div", {}, h("h2", { tabindex: -1, "data-head": true }, say("part", { number: s + 1, title: section.title?.[desk.base] || section.name })), h("p", {}, say("questions_in", { count: (section.questions ?? []).length }))),
      h("div", { class: "buttons" }, button(say("add_question"), acts.add, "quiet"), button(say("add_section"), () => acts.addSection(section.name), "quiet"), button(say("remove"), () => acts.removeSection(section.name), "quiet"))),
    languageHeads(desk, (language) => [desk.stateOf(`${place}.title`, section.title, language) === "done" ? 1 : 0, section.title?.[desk.base] ? 1 : 0]),
    pair(desk, { label: say("title"), place: `${place}.title`, path: ["sections", s, "title"], text: section.title }),
    h("div", { class: "lines" }, nameField(say("code"), section.name, place, rename, (name) => model.sectionAt(desk.form, name) < 0)),
  ]
}
