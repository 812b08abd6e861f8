// Options and rows: in order, each with its words per language, and behind "more" its code and what else it may say.

import { conditions } from "./conditions.js"
import { h } from "./drawing.js"
import { button, iconButton, line, pair, tick } from "./fields.js"
import * as model from "./model.js"
import { handle } from "./moving.js"
import { announce, say, tell } from "./words.js"

/** The editor of one list of a question. `may`: what its parts may say besides their words. */
export function parts(desk, question, path, list, may) {
  const all = question[list] ?? []
  const about = { desk, question, list, path: [...path, list], may, all }
  return h("div", { class: "parts", key: list },
    all.map((part, at) => row(about, part, at)),
    h("div", { class: "pair" }, h("div", { class: "name" }), button(say(`add_${list}`), () => add(about, all.length), "quiet", { "data-act": "add-part" })))
}

function row(about, part, at) {
  const { desk, question, list, path, all } = about
  const label = say(`one_of_${list}`, { number: at + 1 })
  const place = `questions.${question.name}.${list}.${part.value}`
  const isOpen = desk.opened === place
  return pair(desk, {
    label, place, path: [...path, at, "label"], text: part.label,
    props: { "data-part": part.value, class: "part-row" },
    lead: handle({
      key: place, label: say("move_part", { part: label }), rows: "[data-part]",
      step: (by) => move(about, at, at + by),
      drop: (target, isAfter) => drop(about, at, target, isAfter),
      remove: () => remove(about, at),
    }),
    end: h("div", { class: "end" }, iconButton("more", say("more_about", { part: label }), () => { desk.opened = isOpen ? "" : place; desk.redraw() }, { "aria-expanded": String(isOpen) })),
    below: isOpen && details(about, part, at, label),
    onenter: () => add(about, at + 1),
    oncommit: (code, words) => nameIt(about, at, code, words),
  })
}

function details(about, part, at, label) {
  const { desk, question, list, path, may, all } = about
  const place = `questions.${question.name}.${list}.${part.value}`
  const rename = (value) => { desk.opened = `questions.${question.name}.${list}.${value}`; desk.fresh.delete(place); desk.put([...path, at, "value"], value) }
  return h("div", { class: "more-of" },
    h("label", { class: "line" }, say("code"), h("input", {
      type: "text", value: part.value, maxlength: 60, spellcheck: "false", "data-place": `${place}.value`,
      onchange: (event) => {
        const isFree = /^\w[\w-]*$/.test(event.target.value) && !all.some((one) => one !== part && one.value === event.target.value)
        if (isFree) rename(event.target.value)
        else { tell(say("name_taken")); event.target.value = part.value }
      },
    })),
    may.flags.map((flag) => tick(desk, [...path, at, flag], say(`may_${flag}`), part[flag], `${place}.${flag}`)),
    may.words.map((name) => line(desk, [...path, at, name], say(`may_${name}`), part[name], `${place}.${name}`, "text")),
    h("div", { class: "condition" }, conditions(desk, question, [...path, at], list, part)),
    h("div", { class: "buttons" },
      iconButton("up", say("up"), () => move(about, at, at - 1), { disabled: at === 0 }),
      iconButton("down", say("down"), () => move(about, at, at + 1), { disabled: at === all.length - 1 }),
      button(say("remove_part", { part: label }), () => remove(about, at), "quiet")))
}

function move({ desk, path, all }, from, to) {
  if (!all[to]) return announce(say(to < 0 ? "already_first" : "already_last"))
  desk.put(path, model.moved(all, from, to))
  return announce(say("part_moved", { number: to + 1, count: all.length }))
}

function drop(about, from, row, isAfter) {
  const at = about.all.findIndex((one) => one.value === row.dataset.part)
  const to = (isAfter ? at + 1 : at) - (at > from ? 1 : 0)
  if (to !== from) move(about, from, to)
}

function add({ desk, question, list, path, all }, at) {
  const stem = list === "rows" ? "row" : "option"
  const value = model.freeName(`${stem}_${all.length + 1}`, all.map((one) => one.value))
  const place = `questions.${question.name}.${list}.${value}`
  desk.fresh.add(place)
  desk.put(path, model.inserted(all, at, { value }))
  desk.focusOn(place, desk.base)
}

function remove({ desk, question, list, path, all }, at) {
  const next = all[at + 1] ?? all[at - 1]
  desk.put(path, model.without(all, at))
  tell(say("part_removed"), { words: say("undo"), run: () => desk.step(true) })
  if (next) desk.focusOn(`questions.${question.name}.${list}.${next.value}`, desk.base)
}

/** A part made here takes its code from the first words it is given. */
function nameIt({ desk, question, list, path, all }, at, code, words) {
  const place = `questions.${question.name}.${list}.${all[at].value}`
  if (code !== desk.base || !words || !desk.fresh.has(place)) return
  const value = model.nameFrom(words)
  desk.fresh.delete(place)
  if (value) desk.put([...path, at, "value"], model.freeName(value, all.map((one) => one.value)), `${place}.${code}`)
}
