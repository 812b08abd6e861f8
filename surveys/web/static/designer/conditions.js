// Who sees a question, an option or a row: clauses chosen from lists, or an expression; said in words, with what it depends on.

import { h } from "./drawing.js"
import { button, iconButton } from "./fields.js"
import * as model from "./model.js"
import { fetchJson, inWords } from "./server.js"
import { announce, say } from "./words.js"

/** What is known of each condition of the question that is being looked at: by its place. */
const known = { at: "", asked: new Map() }

/** The condition of a question, at `path` in the form; with `list` and `part`, that of one of its options or rows. */
export function conditions(desk, question, path, list = "", part = null) {
  const place = `questions.${question.name}.${list && `${list}.${part.value}.`}show_if`
  if (known.at !== desk.at) Object.assign(known, { at: desk.at, asked: new Map() })
  if (!known.asked.has(place)) known.asked.set(place, { heeded: "" })
  const asked = known.asked.get(place)
  const about = { desk, question, path, list, part, place, asked, expression: (part ?? question).show_if ?? "" }
  if (asked.heeded !== about.expression && !asked.isBusy) heed(about)
  const isOpen = Boolean(about.expression || asked.clauses?.clauses.length || asked.asText)
  return [
    h("div", { class: "words", key: "when" },
      h("label", {}, say("is_shown"), " ", h("select", { "data-act": "when", "data-place": place, value: isOpen ? "if" : "always", onchange: (event) => (event.target.value === "if" ? open(about) : clear(about)) },
        h("option", { value: "always" }, say("always")), h("option", { value: "if" }, say("only_if"))))),
    isOpen && (asked.asText || asked.clauses === null ? written(about) : clauses(about)),
    (about.expression || asked.problems?.length > 0) && said(about),
  ]
}

/** The form says another condition than was known: what is half written about the old one is gone. */
function heed(about) {
  Object.assign(about.asked, { heeded: about.expression, typed: undefined })
  learn(about, { show_if: about.expression })
}

/** Ask the server what a condition says, and what it may read; then put it into the form if it was chosen here. */
async function learn(about, what, isOurs = false) {
  const { desk, question, asked: mine } = about
  const turn = mine.turn = (mine.turn ?? 0) + 1
  mine.isBusy = true
  try {
    if (!(await desk.saver.save())) return
    const answer = await fetchJson(desk.addresses.condition, desk.token, { question: question.name, ...what })
    if (mine !== known.asked.get(about.place) || turn !== mine.turn) return // something else was chosen meanwhile
    Object.assign(mine, { readable: answer.readable ?? mine.readable ?? [], said: answer.said, names: answer.names ?? [], problems: answer.problems ?? [], show_if: answer.show_if })
    if (answer.clauses !== undefined && !(isOurs && mine.problems.length)) mine.clauses = answer.clauses
    if (isOurs && !mine.problems.length) take(about, answer.show_if)
    reach(desk, question, mine)
  } catch (fault) { mine.problems = [{ fault: fault.message }] } finally { if (turn === mine.turn) mine.isBusy = false; desk.redraw() }
}

/** A condition that was chosen here goes into the form. */
function take(about, expression) {
  const path = placeOf(about)
  if (!path) return
  Object.assign(about.asked, { heeded: expression, typed: undefined })
  about.desk.put([...path, "show_if"], expression || undefined)
}

/** Where its owner stands: the question, its option or row may have moved, or be gone, while the server was asked. */
function placeOf({ desk, question, list, part }) {
  const found = model.questionOf(desk.form, question.name)
  if (!found || !part) return found && model.pathOf(found)
  const at = (found.question[list] ?? []).findIndex((one) => one.value === part.value)
  return at < 0 ? null : [...model.pathOf(found), list, at]
}

async function reach(desk, question, mine) {
  mine.reach = ""
  if (!mine.show_if || mine.problems.length) return
  try { mine.reach = (await fetchJson(`${desk.addresses.reach}?${new URLSearchParams({ question: question.name, show_if: mine.show_if })}`)).said } catch { return }
  desk.redraw()
}

async function open(about) {
  const { asked } = about
  if (!asked.readable) await learn(about, { show_if: about.expression })
  asked.clauses = { joined: "and", clauses: [{ name: "", operator: "", value: null }] }
  if (!asked.readable?.length) announce(say("nothing_before"))
  about.desk.redraw()
}

function clear({ desk, path, asked }) {
  Object.assign(asked, { clauses: undefined, asText: false, typed: undefined, problems: [], said: "", reach: "", show_if: "", heeded: "", turn: (asked.turn ?? 0) + 1, isBusy: false })
  desk.put([...path, "show_if"], undefined)
  desk.redraw()
}

// Clauses ----------------------------------------------------------------------------------------------------------------

function clauses(about) {
  const { desk, asked } = about
  if (!asked.readable || !asked.clauses) return h("p", { class: "hint" }, say("one_moment"))
  const all = asked.clauses.clauses
  return h("div", { key: "clauses" },
    all.map((clause, at) => clauseRow(about, clause, at, all)),
    asked.readable.length === 0 && h("p", { class: "hint" }, say("nothing_before")),
    h("div", { class: "buttons" },
      button(say("and_also"), () => change(about, [...all, { name: "", operator: "", value: null }]), "plain", { "data-act": "and-also" }),
      button(say("as_text"), () => { asked.asText = true; desk.redraw() })))
}

function clauseRow(about, clause, at, all) {
  const { asked } = about
  const readable = asked.readable.find((one) => one.name === clause.name)
  const operator = readable?.operators.find((one) => one.sign === clause.operator)
  const set = (more) => change(about, all.map((one, place) => (place === at ? { ...one, ...more } : one)))
  return h("div", { class: "words", key: `clause-${at}`, role: "group", "aria-label": say("clause", { number: at + 1 }) },
    at === 1 && h("select", { "aria-label": say("joined"), value: asked.clauses.joined, "data-act": "joined", onchange: (event) => { asked.clauses = { ...asked.clauses, joined: event.target.value }; change(about, all) } }, h("option", { value: "and" }, say("and")), h("option", { value: "or" }, say("or"))),
    at > 1 && h("span", {}, say(asked.clauses.joined)),
    h("select", { "aria-label": say("question"), "data-act": `clause-${at}-name`, value: clause.name, onchange: (event) => set(started(asked, event.target.value)) },
      h("option", { value: "" }, say("choose")), asked.readable.map((one) => h("option", { key: one.name, value: one.name }, labelOf(about.desk, one)))),
    readable && h("select", { "aria-label": say("comparison"), "data-act": `clause-${at}-operator`, value: clause.operator, onchange: (event) => set({ operator: event.target.value, ...(needsValue(readable, event.target.value) ? {} : { value: null }) }) },
      readable.operators.map((one) => h("option", { key: one.sign, value: one.sign }, one.words))),
    readable && operator && operator.has_value !== false && value(about, readable, clause, at, set),
    iconButton("bin", say("remove_clause", { number: at + 1 }), () => (all.length > 1 ? change(about, model.without(all, at)) : clear(about))))
}

const needsValue = (readable, sign) => readable.operators.find((one) => one.sign === sign)?.has_value !== false

/** A clause about another question begins with its first comparison. */
function started(asked, name) {
  const readable = asked.readable.find((one) => one.name === name)
  return { name, operator: readable?.operators[0]?.sign ?? "", value: null }
}

function labelOf(desk, { name, label }) {
  const [question] = name.split("/")
  const found = model.questionOf(desk.form, question)
  return say("numbered", { number: found?.number ?? "", label: inBase(desk, label) || name })
}

const inBase = (desk, text) => (typeof text === "string" ? text : text?.[document.documentElement.lang] ?? text?.[desk.base] ?? "")

function value(about, readable, clause, at, set) {
  const name = `clause-${at}-value`
  if (!readable.options?.length) {
    const type = { number: "number", day: "date" }[readable.kind] ?? "text"
    return h("input", { type, step: "any", "aria-label": say("answer"), "data-act": name, value: clause.value ?? "", onchange: (event) => set({ value: type === "number" && event.target.value !== "" ? Number(event.target.value) : event.target.value || null }) })
  }
  const options = readable.options.map((one) => (Array.isArray(one) ? one : [one.value, one.label]))
  const words = ([key, label]) => inBase(about.desk, label) || String(key)
  return h("select", { "aria-label": say("answer"), "data-act": name, value: String(options.findIndex(([key]) => key === clause.value)), onchange: (event) => set({ value: options[event.target.value]?.[0] ?? null }) },
    h("option", { value: "-1" }, say("choose")), options.map((one, place) => h("option", { key: place, value: String(place) }, words(one))))
}

/** Take the clauses as they are; once they are complete they are the condition. */
function change(about, list) {
  const { asked } = about
  asked.clauses = { ...asked.clauses, clauses: list }
  const isComplete = list.every((one) => one.name && one.operator && (one.value !== null || !needsValue(asked.readable.find((known) => known.name === one.name), one.operator)))
  if (isComplete) learn(about, { clauses: asked.clauses }, true)
  about.desk.redraw()
}

// In words ---------------------------------------------------------------------------------------------------------------

function written(about) {
  const { desk, asked } = about
  return h("div", { key: "expression" },
    h("label", { class: "line" }, say("expression"), h("textarea", { rows: 2, spellcheck: "false", class: "code", "data-act": "expression", value: asked.typed ?? about.expression, oninput: (event) => { asked.typed = event.target.value }, onchange: (event) => learn(about, { show_if: event.target.value.trim() }, true) })),
    h("p", { class: "hint small" }, say("expression_help")),
    asked.clauses !== null && button(say("as_lists"), () => { asked.asText = false; desk.redraw() }))
}

function said({ desk, expression, place, asked }) {
  const stored = desk.state.conditions?.[place]
  const words = asked.said ?? stored?.said ?? expression
  const names = [...new Set((asked.names ?? stored?.names ?? []).map((one) => one.split("/")[0]))].map((name) => model.questionOf(desk.form, name)).filter(Boolean).sort((one, other) => one.number - other.number)
  return h("div", { class: "notice", key: "said", "data-said": true },
    words && h("p", {}, h("b", {}, say("in_words")), " ", words, " ", asked.reach),
    names.length > 0 && h("p", { class: "small" }, say("depends_on"), " ", names.map((one) => button(say("numbered", { number: one.number, label: one.question.label?.[desk.base] ?? one.question.name }), () => desk.look(`questions.${one.question.name}`), "plain", { key: one.question.name }))),
    (asked.problems ?? []).map((one, at) => h("p", { key: at, class: "error" }, inWords(one))))
}
