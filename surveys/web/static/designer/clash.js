// Somebody else saved first: what both changed is shown side by side, and a person decides each place.

import { ask } from "./dialog.js"
import { h } from "./drawing.js"
import { decided, merge } from "./merging.js"
import * as model from "./model.js"
import { nameOfLanguage, say } from "./words.js"

/** The two edits put together: at once where they touch different places, else as decided. Null when the person wants to wait. */
export async function settle(desk, base, mine, theirs) {
  const merged = merge(base, mine, theirs.document)
  if (!merged.clashes.length) return merged.form
  const chosen = new Set(merged.clashes.keys())
  const who = theirs.saved_by || say("somebody")
  const body = () => [
    h("p", {}, say("clash_help", { name: who })),
    h("div", { class: "tall clashes" }, merged.clashes.map((clash, at) => h("fieldset", { key: at }, h("legend", {}, placeWords(desk, clash.path)),
      option(at, true, say("mine"), clash.mine, chosen, desk), option(at, false, say("theirs", { name: who }), clash.theirs, chosen, desk)))),
  ]
  const box = ask(say("clash_title", { count: merged.clashes.length }), body, [["take", say("take_these"), true], ["", say("later")]])
  return (await box.answer) === "take" ? decided(merged, chosen) : null
}

function option(at, isMine, who, value, chosen, desk) {
  return h("label", { class: "tick" },
    h("input", { type: "radio", name: `clash-${at}`, checked: chosen.has(at) === isMine, value: isMine ? "mine" : "theirs", onchange: () => (isMine ? chosen.add(at) : chosen.delete(at)) }),
    h("span", {}, h("b", {}, who), " ", valueWords(value, desk)))
}

/** Where a clash is: "Question 5, label, English". */
function placeWords(desk, path) {
  const [what, name, ...rest] = path
  if (!["questions", "parts", "scales"].includes(what)) return [say("in_form"), ...path.map((step) => stepWords(desk, null, step))].join(", ")
  const found = what === "questions" ? model.questionOf(desk.form, name) : null
  const first = found ? say("in_question", { number: found.number }) : say({ questions: "in_code", parts: "in_sections", scales: "in_scales" }[what], { name })
  return [first, ...rest.map((step) => stepWords(desk, found?.question, step))].join(", ")
}

/** What the parts that are not settings of a kind are called. */
const PARTS = {
  label: "question", hint: "help", message: "message", interviewer_note: "interviewer_note", show_if: "condition", title: "title", intro: "intro", kind: "kind", choices: "options",
  outline: "outline", required: "required", construct: "construct", scale: "scale", labels: "points", lo: "lowest", hi: "highest", step: "step",
  minutes: "minutes", source: "source", licence: "licence", languages: "languages", words: "words_for_places",
  unknown: "may_unknown", refuse: "may_refuse", sensitive: "may_sensitive", reverse: "may_reverse", shuffle: "may_shuffle", of_groups: "may_of_groups", exclusive: "may_exclusive",
}

/** One step of a place: a language, a part that every question has, a setting of its kind, or an option by its words. */
function stepWords(desk, question, step) {
  if (desk.languages.includes(step)) return nameOfLanguage(step)
  if (PARTS[step]) return say(PARTS[step])
  const part = [...(question?.choices ?? []), ...(question?.rows ?? [])].find((one) => one.value === step)
  return part?.label?.[desk.base] ?? desk.kindOf(question ?? {})?.settings.find((one) => one.name === step)?.label ?? step
}

function valueWords(value, desk) {
  if (value === undefined || value === null) return h("i", {}, say("taken_away"))
  if (typeof value === "boolean") return say(value ? "ticked" : "not_ticked")
  if (typeof value === "string") return say("quoted", { words: value })
  if (Array.isArray(value)) return value.map((one) => nameWords(desk, one)).join(", ")
  return value.label?.[desk.base] ?? value[desk.base] ?? JSON.stringify(value)
}

/** What stands in a list: a question by its words, anything else as it is. */
const nameWords = (desk, one) => (typeof one !== "string" ? JSON.stringify(one) : model.questionOf(desk.form, one)?.question.label?.[desk.base] ?? one)
