// The right pane: the real form on a phone, and everything that is wrong or worth a thought, each leading to its cause.

import { h, icon } from "./drawing.js"
import * as model from "./model.js"
import { nameOfLanguage, say } from "./words.js"

const SHOWN_AT_ONCE = 12

export function phone(desk) {
  return [
    h("div", { class: "side" }, h("h2", {}, say("on_the_phone")),
      h("div", { class: "tongue", role: "group", "aria-label": say("preview_language") }, desk.languages.map((code) =>
        h("button", { key: code, type: "button", lang: code, title: nameOfLanguage(code), "aria-label": nameOfLanguage(code), "aria-pressed": String(desk.shown === code), onclick: () => { desk.shown = code; desk.preview(); desk.redraw() } }, code.toUpperCase())))),
  ]
}

/** Problems first, then warnings; `isAll` shows more than the first dozen. */
export function checks(desk) {
  const blocking = desk.state.problems.filter((one) => one.blocks)
  const warnings = desk.state.problems.filter((one) => !one.blocks)
  const all = [...blocking, ...warnings]
  const shown = desk.allChecks ? all : all.slice(0, SHOWN_AT_ONCE)
  return [
    h("h2", {}, say("before_publishing")),
    h("p", { class: "hint", "data-count": true }, blocking.length ? say("problems_count", { count: blocking.length }) : say("nothing_blocks"), " ", warnings.length > 0 && say("warnings_count", { count: warnings.length })),
    h("ul", { class: "checks" },
      shown.map((one, at) => check(desk, one, at)),
      (desk.state.estimate || desk.state.minutes > 0) && h("li", { key: "time", class: "good" }, icon("good"), h("span", {}, desk.state.estimate || say("minutes_about", { count: desk.state.minutes })))),
    all.length > shown.length && h("button", { type: "button", class: "plain", onclick: () => { desk.allChecks = true; desk.redraw() } }, say("all_checks", { count: all.length })),
  ]
}

function check(desk, problem, at) {
  return h("li", { key: `${problem.place}-${problem.language ?? ""}-${at}`, class: problem.blocks ? "bad" : "care" }, icon(problem.blocks ? "bad" : "care"),
    h("span", {}, h("b", {}, say(problem.blocks ? "problem" : "warning")), " ", problem.fault, " ", problem.remedy, " ",
      h("a", { href: `#${problem.place}`, onclick: (event) => { event.preventDefault(); desk.go(problem.place, problem.language) } }, placeInWords(desk, problem.place))))
}

/** Where a problem is, in words: "Question 4, Field visit". */
function placeInWords(desk, place) {
  const [what, name, part, value] = place.split(":")[0].split(".")
  const found = what === "questions" ? model.questionOf(desk.form, name) : null
  if (!found) return say({ sections: "in_sections", scales: "in_scales" }[what] ?? "in_form", { name })
  const inside = { hint: () => say("help"), message: () => say("message"), show_if: () => say("condition") }[part]?.() ??
    (Array.isArray(found.question[part]) && found.question[part].find((one) => one.value === value)?.label?.[desk.base])
  return [say("in_question", { number: found.number }), inside].filter(Boolean).join(", ")
}
